import {
  behindText,
  confirmedProxies,
  proxyStateText,
} from '../../../rollout/diagnosis/proxy-words.ts'
import type { Check, ProxiesSeen, ProxySeen } from '../../../rollout/model/check.ts'
import { countText, weightsText } from '../../../rollout/model/percents.ts'
import { timeText } from '../../figures.ts'
import { shortened } from '../../shortened.ts'

/** Characters of a reason that a table or a line shows. */
const LONGEST_WHY = 500

/** A proxy as a row. `isGood`: it has the new weights; undefined: that is not known. */
export type ProxyRow = {
  pod: string
  role: ProxySeen['role']
  text: string
  isGood: boolean | undefined
  /** Milliseconds since the write until it had the new weights; undefined where it has not, or where that is not known. */
  tookMs: number | undefined
}

/** Those that need attention come first, then the slowest. */
const ORDER: readonly ProxySeen['state'][] = [
  'old',
  'absent',
  'mixed',
  'unreadable',
  'unread',
  'confirmed',
  'gone',
]

/** The proxies in the order in which people want to read of them. */
export function orderedProxies({ proxies }: Pick<ProxiesSeen, 'proxies'>): ProxySeen[] {
  return proxies.toSorted(
    (a, b) =>
      ORDER.indexOf(a.state) - ORDER.indexOf(b.state) ||
      (b.propagationMs ?? 0) - (a.propagationMs ?? 0),
  )
}

export function proxyRows({ names }: Pick<Check, 'names'>, seen: ProxiesSeen): ProxyRow[] {
  return orderedProxies(seen).map((one) => {
    const { pod, role, state, propagationMs, why } = one
    const short = why === undefined ? one : { ...one, why: shortened(why, LONGEST_WHY) }
    return {
      pod,
      role,
      text: proxyStateText(short, { names }),
      isGood: isKnown(state) ? state === 'confirmed' : undefined,
      tookMs: state === 'confirmed' ? propagationMs : undefined,
    }
  })
}

function isKnown(state: ProxySeen['state']): boolean {
  return state !== 'unreadable' && state !== 'unread' && state !== 'gone'
}

const SAMPLES_ONLY = 'So samples alone show whether these weights are in use.'
/** Counters are those of the same proxies. */
const NOTHING_SHOWS = 'So it is not known whether these weights are in use.'

/** How far the proxies are, in a sentence or two; empty where none was found and nothing is to be said of that. */
export function proxiesText(
  check: Pick<Check, 'names' | 'target' | 'counted'>,
  seen: ProxiesSeen,
): string {
  const { confirmed, total } = confirmedProxies(seen)
  const weights = weightsText(check.names, seen.wanted ?? check.target)
  switch (seen.status) {
    case 'waiting':
      return waitingText({ confirmed, total, unread: countOf(seen, 'unread') }, weights)
    case 'confirmed':
      return `${allText(total)} ${weights}.${slowestText(seen, total)}`
    case 'stale':
      return `${behindText({ ...check, proxies: seen })}.${unreadText(seen)}`
    case 'guarded':
      return `${seen.why === undefined ? 'Not every proxy could be read.' : shortened(seen.why, LONGEST_WHY)} ${check.counted === undefined ? SAMPLES_ONLY : NOTHING_SHOWS}`
  }
}

/** Of proxies that have not been read, nothing is said. */
function waitingText(
  { confirmed, total, unread }: { confirmed: number; total: number; unread: number },
  weights: string,
): string {
  const [has, is] = confirmed === 1 ? ['has', 'is'] : ['have', 'are']
  const some = `${countText(confirmed)} of ${proxiesCount(total)}`
  if (unread === 0) return `${some} ${has} ${weights}.`
  return `${some} ${is} known to have ${weights}. ${countText(unread)} ${unread === 1 ? 'has' : 'have'} not been read.`
}

function unreadText(seen: ProxiesSeen): string {
  const unread = countOf(seen, 'unreadable')
  return unread === 0 ? '' : ` ${countText(unread)} cannot be read.`
}

function countOf({ proxies }: ProxiesSeen, wanted: ProxySeen['state']): number {
  return proxies.filter(({ state }) => state === wanted).length
}

function allText(total: number): string {
  if (total === 1) return 'The only proxy has'
  return total === 2 ? 'Both proxies have' : `All ${proxiesCount(total)} have`
}

/** ` The slowest, n/gateway-c, took 412 ms.` */
function slowestText(seen: ProxiesSeen, total: number): string {
  const [slowest] = orderedProxies(seen).filter(({ state }) => state === 'confirmed')
  if (slowest?.propagationMs === undefined) return ''
  const took = `took ${timeText(slowest.propagationMs)}`
  return total === 1 ? ` It ${took}.` : ` The slowest, ${slowest.pod}, ${took}.`
}

export function proxiesCount(count: number): string {
  return `${countText(count)} ${count === 1 ? 'proxy' : 'proxies'}`
}

const MOST_NOTES = 20

/** How the proxies were found, and what is known to be missing from them. */
export function foundText({ how, notes }: Pick<ProxiesSeen, 'how' | 'notes'>): string {
  const short = notes.slice(0, MOST_NOTES).map((note) => shortened(note, LONGEST_WHY))
  return [`Found: ${shortened(how, LONGEST_WHY)}.`, ...short].join(' ')
}

import { listText } from '../../../problem/list-text.ts'
import { capitalized } from '../../../problem/sentence.ts'
import type { Drain } from '../../../rollout/model/drain.ts'
import { countText, samplesText } from '../../../rollout/model/percents.ts'
import { timeText } from '../../figures.ts'
import { proxiesCount } from './proxies-view.ts'

/** From so many connections or requests on, their number says how small a share is. */
const MANY = 100

/** Other ways to a version are not seen, so no text says that it can be removed. */
const ELSEWHERE = 'Other rules, other clusters and clients without a proxy are not seen.'

/**
 * What the proxies of a rule have in progress for destinations without weight; empty where no destination is without.
 *
 * @param confidencePercent of what is said about a share that is too small to be seen
 */
export function drainText(drain: Drain, confidencePercent: number): string {
  const { retired, proxies, stoppedBy } = drain
  if (retired.length === 0) return ''
  if (proxies.read < proxies.total || proxies.total === 0)
    return `What is in progress for ${namesOf(drain)} is not known, because ${unreadText(drain)}.`
  const stopped = stoppedBy ? ` ${capitalized(STOPPED[stoppedBy])} ${WAITED}.` : ''
  return `${openText(drain)}${stopped} ${sentText(drain, confidencePercent)} ${ELSEWHERE}`
}

const STOPPED = {
  cancelled: 'the run was cancelled',
  'run-time': 'the time limit of the run (timeout) was over',
}
const WAITED = 'while it waited for what is in progress'

function unreadText({ proxies, stoppedBy }: Drain): string {
  const read = `${countText(proxies.read)} of ${proxiesCount(proxies.total)}`
  if (stoppedBy === undefined) return `${read} could be read`
  return `${STOPPED[stoppedBy]} when ${read} ${proxies.read === 1 ? 'was' : 'were'} read`
}

/** `The 2 proxies of this rule have 3 requests in progress for v1 after 60 s.` */
function openText(drain: Drain): string {
  const { retired, proxies, inProgress, unit, tookMs, ended, stoppedBy } = drain
  const open = sumOf(inProgress, retired)
  const isOne = proxies.total === 1
  const verb = stoppedBy ? 'had' : isOne ? 'has' : 'have'
  const who = isOne ? 'only proxy' : proxiesCount(proxies.total)
  const after = ended === 'in-progress' && tookMs >= 1000 ? ` after ${timeText(tookMs)}` : ''
  const when = stoppedBy ? `${after}, when ${isOne ? 'it was' : 'they were'} read last` : after
  const left = open === 0 ? `no ${unit}s` : samplesText(open, unit)
  return `The ${who} of this rule ${verb} ${left} in progress for ${namesOf(drain)}${when}.`
}

/** What was sent to them since. */
function sentText(drain: Drain, confidencePercent: number): string {
  const { sent, retired, unit, tookMs, proxies } = drain
  const name = namesOf(drain)
  const own = sumOf(sent, retired)
  const all = sent.reduce((sum, count) => sum + count, 0)
  const span = tookMs < 1000 ? '' : ` in ${timeText(tookMs)}`
  const they = proxies.total === 1 ? 'It' : 'They'
  if (own > 0) return `${they} sent ${samplesText(own, unit)} to ${name}${span}.`
  if (all < MANY) return `${they} sent nothing new to ${name}${span}.`
  const share = (100 * Math.log(1 / (1 - confidencePercent / 100))) / all
  return `None of ${samplesText(all, unit)}${span} went to ${name}, so its share is below ${Number(share.toPrecision(2))}% at ${confidencePercent}% confidence.`
}

/** `3 requests in progress for v1, 12 s of 60 s`. */
export function drainProgress(drain: Drain): string {
  const { retired, names, inProgress, unit, tookMs, timeoutMs } = drain
  const each = retired.map(
    (index) => `${samplesText(inProgress[index] ?? 0, unit)} in progress for ${names[index] ?? ''}`,
  )
  const of = timeoutMs === undefined ? '' : ` of ${timeText(timeoutMs)}`
  return `${each.join(', ')}, ${timeText(tookMs)}${of}`
}

function namesOf({ retired, names }: Pick<Drain, 'retired' | 'names'>): string {
  return listText(retired.map((index) => names[index] ?? ''))
}

function sumOf(counts: readonly number[], indexes: readonly number[]): number {
  return indexes.reduce((sum, index) => sum + (counts[index] ?? 0), 0)
}

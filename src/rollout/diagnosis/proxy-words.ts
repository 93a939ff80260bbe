import { durationText } from '../../evidence/duration-text.ts'
import { plainList } from '../../problem/list-text.ts'
import { quoted } from '../../problem/quoted.ts'
import type { Check, ProxiesSeen, ProxySeen } from '../model/check.ts'
import { countText, weightsText } from '../model/percents.ts'
import { inSyncAdvice } from './commands.ts'
import type { Subject } from './subject.ts'

/** Proxies that a text names one by one. */
const MOST_NAMED = 4

/** Proxies that are read, and do not have all of the new weights: those whose configuration is the oldest first. */
export function behindProxies({ proxies }: Pick<ProxiesSeen, 'proxies'>): ProxySeen[] {
  const order: readonly ProxySeen['state'][] = ['old', 'absent', 'mixed']
  return order.flatMap((state) => proxies.filter((one) => one.state === state))
}

/** Proxies whose Pods are still there. */
export function runningProxies({ proxies }: Pick<ProxiesSeen, 'proxies'>): ProxySeen[] {
  return proxies.filter(({ state }) => state !== 'gone')
}

/** How many of the proxies have the new weights. */
export function confirmedProxies(seen: Pick<ProxiesSeen, 'proxies'>): {
  confirmed: number
  total: number
} {
  const running = runningProxies(seen)
  const confirmed = running.filter(({ state }) => state === 'confirmed').length
  return { confirmed, total: running.length }
}

/** `1 of 3 proxies does not have v1 50%, v2 50%`. */
export function behindText(
  { proxies, names, target }: Pick<Subject, 'names' | 'target'> & { proxies: ProxiesSeen },
  what = weightsText(names, proxies.wanted ?? target),
): string {
  const behind = behindProxies(proxies).length
  const { total } = confirmedProxies(proxies)
  if (total === 1) return `The only proxy does not have ${what}`
  if (behind === total)
    return total === 2
      ? `Neither proxy has ${what}`
      : `None of ${countText(total)} proxies has ${what}`
  return `${countText(behind)} of ${countText(total)} proxies ${behind === 1 ? 'does' : 'do'} not have ${what}`
}

/** What a proxy has, without its name: `still has v1 80%, v2 20%`, `does not have the rule`. */
export function proxyStateText(
  { state, shares, why, restarted }: ProxySeen,
  { names }: Pick<Subject, 'names'>,
): string {
  switch (state) {
    case 'confirmed':
      return restarted
        ? 'has these weights, and restarted while samples were taken'
        : 'has these weights'
    case 'old':
      return oldText(shares && weightsText(names, shares), why)
    case 'mixed':
      return 'has these weights in a part of its configuration only'
    case 'absent':
      return 'does not have the rule'
    case 'unreadable':
      return `cannot be read${why === undefined ? '' : `: ${why}`}`
    case 'unread':
      return 'has not been read'
    case 'gone':
      return 'is gone'
  }
}

function oldText(has: string | undefined, why: string | undefined): string {
  const still = has === undefined ? 'does not have the new weights' : `still has ${has}`
  return why === undefined ? still : `${still}, and rejects the new configuration: ${quoted(why)}`
}

/** Which proxies do not have the weights, and what they have. */
export function staleProxiesText(
  subject: Pick<Subject, 'names' | 'target' | 'propagationSeconds' | 'proxies'>,
): string {
  const { proxies, propagationSeconds } = subject
  if (proxies === undefined) return ''
  const over =
    propagationSeconds === undefined
      ? ''
      : `, although propagation-timeout (${durationText(propagationSeconds * 1000)}) is over`
  return `${behindText({ ...subject, proxies })}${over}.${eachText(behindProxies(proxies), subject)}`
}

/** ` n/gateway-b still has v1 100%, v2 0%. 3 more do not have these weights either. The report names them.` */
function eachText(behind: readonly ProxySeen[], { names }: Pick<Subject, 'names'>): string {
  const named = behind
    .slice(0, MOST_NAMED)
    .map((one) => ` ${one.pod} ${proxyStateText(one, { names })}.`)
  const more = behind.length - named.length
  const others =
    more === 0
      ? ''
      : ` ${countText(more)} more ${more === 1 ? 'does' : 'do'} not have these weights either. The report names ${more === 1 ? 'it' : 'them'}.`
  return `${named.join('')}${others}`
}

/** The end of a sentence about restored weights, and what the proxies have that do not have them. */
export function behindRestoreText({ names, ended, proxies }: Check): string {
  if (proxies === undefined) return 'at least one proxy does not have them.'
  const behind = behindProxies(proxies)
  const { total } = confirmedProxies(proxies)
  const which =
    total === 1 ? 'the only proxy' : `${countText(behind.length)} of ${countText(total)} proxies`
  const isOne = total === 1 || behind.length === 1
  // One that was not waited for as long as propagation-timeout may have them in a moment.
  const has =
    ended === undefined
      ? 'did not have them yet when the run ended'
      : `${isOne ? 'does' : 'do'} not have them`
  return `${which} ${has}.${eachText(behind, { names })}`
}

/** `n/gateway-a, n/gateway-b and 2 more` */
export function namedProxies(proxies: readonly ProxySeen[]): string {
  const names = proxies.slice(0, MOST_NAMED).map(({ pod }) => pod)
  const more = proxies.length - names.length
  return plainList([...names, ...(more > 0 ? [`${countText(more)} more`] : [])])
}

/** What to do about proxies that are behind: what the first one shows. */
export function staleProxiesAdvice(
  subject: Pick<Subject, 'proxies' | 'commands' | 'splitter'>,
): string {
  const { proxies, commands, splitter } = subject
  const [first] = proxies === undefined ? [] : behindProxies(proxies)
  if (first === undefined) return inSyncAdvice(subject)
  const [namespace = '', name = ''] = first.pod.split('/')
  const { status, log } = commands.ofProxy({ namespace, name })
  if (first.state === 'absent')
    return `Check that the route object ${splitter === 'mesh' ? 'applies' : 'and its Gateway apply'} to this Pod, and that ${commands.controlPlane} configures it:\n  ${status}`
  return `Check that ${commands.controlPlane} is up, that this Pod is connected to it, and that the proxy does not reject its configuration:\n  ${status}\n  ${log}\nIf neither shows a cause, restart the Pod. Its open connections end then.`
}

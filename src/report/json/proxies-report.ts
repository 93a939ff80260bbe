import type { CountsGap } from '../../evidence/proxies/counters-settings.ts'
import { confirmedProxies } from '../../rollout/diagnosis/proxy-words.ts'
import type { Check, ProxiesSeen } from '../../rollout/model/check.ts'
import type { Drain } from '../../rollout/model/drain.ts'
import { orderedProxies } from '../facts/proxies/proxies-view.ts'
import { percent } from '../figures.ts'
import { shortened } from '../shortened.ts'
import { rounded } from './rounded.ts'

/** Proxies of the last check that are listed, those that do not have the weights first. Of a step before, their number is enough. */
const MOST_PROXIES = 100
const MOST_NOTES = 20
/** Characters of a text about a proxy. */
const LONGEST = 300

/** What the proxies have of the weights of a check, as report.json has it. */
export function proxiesReport(
  { names }: Pick<Check, 'names'>,
  seen: ProxiesSeen,
  isLast: boolean,
): object {
  const ordered = orderedProxies(seen)
  const most = isLast ? MOST_PROXIES : 0
  return {
    status: seen.status,
    why: seen.why === undefined ? null : shortened(seen.why, LONGEST),
    how: shortened(seen.how, LONGEST),
    notes: seen.notes.slice(0, isLast ? MOST_NOTES : 0).map((note) => shortened(note, LONGEST)),
    ...confirmedProxies(seen),
    list: ordered
      .slice(0, most)
      .map(({ pod, role, state, propagationMs, shares, restarted, why }) => ({
        pod,
        role,
        state,
        propagationMs: propagationMs === undefined ? null : rounded(propagationMs),
        weights: shares
          ? Object.fromEntries(names.map((name, index) => [name, percent(shares[index] ?? 0)]))
          : null,
        restarted: restarted ?? false,
        why: why === undefined ? null : shortened(why, LONGEST),
      })),
    leftOut: Math.max(0, ordered.length - most),
  }
}

/** What the proxies had in progress at the end, as report.json has it. */
export function drainReport(drain: Drain): object {
  const { names, unit, retired, proxies, inProgress, sent, tookMs, timeoutMs, ended } = drain
  const { stoppedBy = null } = drain
  const byName = (counts: readonly number[]) =>
    Object.fromEntries(names.map((name, index) => [name, counts[index] ?? 0]))
  return {
    ended: ended ?? null,
    stoppedBy,
    unit,
    destinations: retired.map((index) => names[index] ?? ''),
    proxies: { read: proxies.read, total: proxies.total },
    inProgress: byName(inProgress),
    sent: byName(sent),
    tookMs: rounded(tookMs),
    timeoutMs: timeoutMs ?? null,
  }
}

/** What counters of a proxy lack, as report.json has it. */
export function gapReport(
  { proxy, fromMs, toMs, why, hosts }: CountsGap,
  clock: (ms: number) => string,
): object {
  return {
    pod: proxy,
    why,
    endpoints: hosts ?? null,
    from: clock(fromMs),
    to: clock(toMs),
    tookMs: rounded(Math.max(0, toMs - fromMs)),
  }
}

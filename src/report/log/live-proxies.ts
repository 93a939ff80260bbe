import { confirmedProxies, proxyStateText } from '../../rollout/diagnosis/proxy-words.ts'
import type { Check, ProxiesSeen } from '../../rollout/model/check.ts'
import type { Drain } from '../../rollout/model/drain.ts'
import { countText } from '../../rollout/model/percents.ts'
import { drainProgress } from '../facts/proxies/drain-text.ts'
import { orderedProxies } from '../facts/proxies/proxies-view.ts'
import { shiftedIndex } from '../facts/subject.ts'
import { textBar } from '../facts/text-bar.ts'
import { timeText } from '../figures.ts'
import type { RunRecord } from '../record.ts'
import type { LiveNow } from './live-block.ts'
import { targetText } from './shares.ts'

const BAR_WIDTH = 10
/** Proxies that are named below the line, and when: most take less than that. */
const MOST_NAMED = 5
const NAMED_AFTER_MS = 1000

/**
 * `v2 -> 20%  2 of 3 proxies  [███████░░░]  1.2 s`, and after a while a line for each of those that do not have the weights.
 *
 * @param sinceMs since the write, or since the check began
 */
export function proxiesNow(
  record: RunRecord,
  { check, now }: { check: Check; now: ProxiesSeen },
  sinceMs: number,
): LiveNow | undefined {
  if (now.status !== 'waiting') return undefined
  const { confirmed, total } = confirmedProxies(now)
  if (total === 0) return undefined
  return {
    about: targetText(check, shiftedIndex(record, check)),
    fields: [
      `${countText(confirmed)} of ${countText(total)} ${total === 1 ? 'proxy' : 'proxies'}`,
      `[${textBar((confirmed / total) * 100, BAR_WIDTH)}]`,
      timeText(sinceMs),
    ],
    below: sinceMs < NAMED_AFTER_MS ? [] : belowLines(check, now),
  }
}

function belowLines({ names }: Check, now: ProxiesSeen): string[] {
  const all = orderedProxies(now).filter(({ state }) => state !== 'confirmed' && state !== 'gone')
  const left = all.length - MOST_NAMED
  return [
    ...all.slice(0, MOST_NAMED).map((one) => `    ${one.pod}  ${proxyStateText(one, { names })}`),
    ...(left > 0 ? [`    ${countText(left)} more`] : []),
  ]
}

/** `draining  3 requests in progress for v1, 12 s of 60 s`. */
export function drainingNow(drain: Drain): LiveNow | undefined {
  if (drain.ended !== undefined || drain.retired.length === 0) return undefined
  return { about: 'draining', fields: [drainProgress(drain)] }
}

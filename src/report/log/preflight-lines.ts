import type { RunEvent } from '../../rollout/model/events.ts'
import { countText, samplesText } from '../../rollout/model/percents.ts'
import type { SampleUnit } from '../../rollout/model/sample-unit.ts'

/** `Preflight: 10 requests. Replies: 8 from v1, 2 from v2.`, and with stamps how many were a success. */
export function repliesText(
  replies: Extract<RunEvent, { kind: 'preflight-replies' }>,
  unit: SampleUnit,
  isCounted: boolean,
): string {
  const { samples, byDestination, successes, unclassified } = replies
  const what = `Preflight: ${samplesText(samples, unit)}`
  if (isCounted) {
    const counts = Object.entries(byDestination).map(([name, count]) => `${count} to ${name}`)
    return `${what}. The proxies counted, with those of users: ${counts.join(', ')}.`
  }
  if (successes !== undefined) return `${what}, ${countText(successes)} successful.`
  const others = unclassified > 0 ? `, ${unclassified} missing or not recognized` : ''
  return `${what}. Replies: ${replyCounts(byDestination)}${others}.`
}

function replyCounts(byDestination: Readonly<Record<string, number>>): string {
  return Object.entries(byDestination)
    .map(([name, count]) => `${count} from ${name}`)
    .join(', ')
}

import type { Options } from '../options/options.ts'
import { ASSUMED_CONNECTION_MS, type Cost, shortText } from '../rollout/model/cost.ts'
import type { PlannedRun } from '../rollout/model/events.ts'
import { countText, samplesText } from '../rollout/model/percents.ts'
import type { SampleUnit } from '../rollout/model/sample-unit.ts'
import { STAMP_HEADER } from '../routes/weights/stamps.ts'
import { percent, timeText } from './figures.ts'

/** What confirming a plan takes, in a sentence. */
export function costText(cost: Cost, unit: SampleUnit): string {
  const pauses = cost.pausesMs > 0 ? `, and pauses of ${timeText(cost.pausesMs)} in all` : ''
  const most = cost.short
    ? ''
    : ` (${countText(cost.connectionsMost)} at most with one attempt per step)`
  return `Confirming it takes about ${samplesText(cost.connectionsMean, unit)}${most}.${shortText(cost)} ${cost.short ? 'All of them together take' : 'That is'} ${timeText(cost.connectingMs)} if each takes ${ASSUMED_CONNECTION_MS} ms${pauses}.`
}

/** What each write does beside the weights, a sentence each. */
export function writeRemarks({ stamps, disturbs, unchanged }: PlannedRun): string[] {
  if (unchanged) return []
  return [...(stamps === true ? [STAMPS_TEXT] : []), ...(disturbs === undefined ? [] : [disturbs])]
}

const STAMPS_TEXT = `Each write also sets the response header ${STAMP_HEADER} to a new value for every destination. The run removes the header before it ends.`

/** What a verdict guarantees, in a sentence. */
export function guaranteeText(
  {
    confidencePercent,
    maxErrors,
    maxLatency,
  }: { confidencePercent: number } & Partial<Pick<Options, 'maxErrors' | 'maxLatency'>>,
  unit: SampleUnit,
): string {
  const chance = `with a chance of at most ${percent(1 - confidencePercent / 100)}%`
  const hasLimit = maxErrors !== undefined || maxLatency !== undefined
  const above = hasLimit ? ', or a version at a limit or above,' : ''
  const alike = unit === 'request' ? ' of versions with the same error rate' : ''
  const within = hasLimit ? ', all of them below their limits,' : ''
  return `At ${confidencePercent}% confidence, a split that is off by the tolerance or more${above} passes ${chance}, and the exact split${alike}${within} fails ${chance}.`
}

/** How an interval beside a verdict is to be read. */
export const INTERVAL_TEXT =
  "The interval contains the true share at the run's confidence, whatever was requested. The verdict comes from a sharper test of the requested share against its tolerance, so the interval may reach beyond the tolerance on a pass, and may contain the requested share on a fail."

import type { Check, Watch } from '../../../rollout/model/check.ts'
import { countText, samplesText } from '../../../rollout/model/percents.ts'
import type { SampleUnit } from '../../../rollout/model/sample-unit.ts'
import { timeText } from '../../figures.ts'

/** `watched for 10 min without an alarm (6,000 requests)`; empty where the weights were not watched. */
export function watchedText({ watch, unit }: Pick<Check, 'watch' | 'unit'>): string {
  if (watch === undefined) return ''
  const by = watch.samples === 0 ? '' : ` (${watchSamples(watch, unit)})`
  switch (watch.ended) {
    case 'over':
      return `watched for ${timeText(watch.tookMs)} without an alarm${by}`
    case 'alarm':
      return `alarm after ${timeText(watch.tookMs)} of the watch${by}`
    case undefined:
      return `watch cut short after ${timeText(watch.tookMs)}${by}`
  }
}

/** The same where there is room for a few words: `watched 10 min`, `alarm after 3.3 s`. */
export function watchedBriefly({ ended, tookMs }: Pick<Watch, 'ended' | 'tookMs'>): string {
  if (ended === 'over') return `watched ${timeText(tookMs)}`
  return ended === 'alarm' ? `alarm after ${timeText(tookMs)}` : 'watch cut short'
}

/** `6,000 requests`, `6,000 requests, 20 without a recognized reply`. */
export function watchSamples(
  { samples, unclassified }: Pick<Watch, 'samples' | 'unclassified'>,
  unit: SampleUnit,
): string {
  const lost = unclassified === 0 ? '' : `, ${countText(unclassified)} without a recognized reply`
  return `${samplesText(samples, unit)}${lost}`
}

/** `10 min, at 10 requests a second`. */
export function watchPlan(
  { lastsMs, samplesPerSecond }: Pick<Watch, 'lastsMs' | 'samplesPerSecond'>,
  unit: SampleUnit,
): string {
  const time = lastsMs === undefined ? '' : timeText(lastsMs)
  if (samplesPerSecond === undefined) return time
  const pace = Math.round(samplesPerSecond * 10) / 10
  return `${time}, at ${samplesText(pace, unit)} a second`
}

/** How a check ended that did not pass. */
export function failedWord({ ended, settle }: Pick<Check, 'ended' | 'settle'>): string {
  return ended ?? (settle === undefined ? 'cut short' : LIMITS_OPEN)
}

/** A settle that was cut short: the split is confirmed. */
export const LIMITS_OPEN = 'limits not decided'

/** Why an attempt ended that a health test ended: `ended by the errors of v2`. */
export function endedByHealth({ health, names }: Pick<Check, 'health' | 'names'>): string {
  const failed = health?.failed
  const what = failed?.question.kind === 'max-latency' ? 'slow replies' : 'errors'
  return `ended by the ${what}${failed === undefined ? '' : ` of ${names[failed.destination]}`}`
}

/** Whether the split of a check was confirmed, however it ended. */
export function isSplitConfirmed({ ended, settle, watch }: Check): boolean {
  if (ended === 'pass') return true
  return (settle !== undefined || watch !== undefined) && ended !== 'off-target'
}

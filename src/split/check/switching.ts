import { locateChange } from '../judge/change-point.ts'
import { SAMPLES_PER_SECOND_BEFORE_SWITCH } from '../judge/error-spending.ts'
import { UNCLASSIFIED } from '../judge/judge-attempt.ts'
import { switchDetector } from '../judge/switch-detector.ts'
import type { Sample } from '../sample.ts'
import type { CheckRules } from './check-rules.ts'
import { previousDetector } from './previous-detector.ts'

/** When the gateway switches from the previous weights to the new ones. */
export type Switching = {
  /** A sample before an attempt. */
  observe(sample: Sample & { kind: 'single' }): void
  /** A sample of an attempt. */
  note(sample: Sample): void
  endsMs(): number
  /** How many samples a second show it. */
  samplesPerSecond: number
  switchedMs(): number | undefined
}

export function startSwitching(rules: CheckRules): Switching {
  const { target, old, writtenMs = 0, propagationTimeoutMs } = rules
  if (rules.showsPrevious === true) {
    const detector = previousDetector(writtenMs, writtenMs + propagationTimeoutMs)
    return {
      ...detector,
      note: detector.observe,
      samplesPerSecond: SAMPLES_PER_SECOND_BEFORE_SWITCH,
    }
  }
  const isWritten = rules.writtenMs !== undefined
  const change = isWritten && old !== undefined ? locateChange(old, target) : undefined
  const detector = switchDetector(change, writtenMs, propagationTimeoutMs)
  return {
    observe: ({ destination, launchedMs }) =>
      detector.observe(destination ?? UNCLASSIFIED, launchedMs),
    note(sample) {
      if (sample.kind === 'single' && sample.destination !== undefined)
        change?.observe(sample.destination, sample.launchedMs)
    },
    endsMs: detector.endsMs,
    samplesPerSecond: change === undefined ? 0 : SAMPLES_PER_SECOND_BEFORE_SWITCH,
    switchedMs: () => (change?.hasSeenOld() ? change.estimateMs() : undefined),
  }
}

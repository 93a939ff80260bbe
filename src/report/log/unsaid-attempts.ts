import type { Check } from '../../rollout/model/check.ts'
import type { RunEvent } from '../../rollout/model/events.ts'
import { connectionsText } from '../../rollout/model/percents.ts'
import { sumOf } from '../../split/diagnosis/latest-split.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import { observedOf } from './event-lines.ts'
import type { LogLine } from './log-line.ts'

type AttemptEnded = Extract<RunEvent, { kind: 'attempt-ended' }>

/**
 * Attempts that got no line of their own, as they come too fast. One line for all of them precedes the next line that
 * names an attempt, so that the numbers in the log have no gap.
 */
export function unsaidAttempts(): { keep(event: AttemptEnded): void; lines(): LogLine[] } {
  let kept: ({ check: Check; from: number; to: number } & ReplyCounts) | undefined
  return {
    keep({ check, ended }) {
      const { from = ended.number } = kept ?? {}
      kept = { check, from, to: ended.number, ...sumOf(kept ? [kept, ended] : [ended]) }
    },
    lines() {
      if (kept === undefined) return []
      const { check, from, to, counts, unclassified } = kept
      kept = undefined
      const samples = counts.reduce((sum, count) => sum + count, unclassified)
      const which = from === to ? `attempt ${from}` : `attempts ${from} to ${to}`
      const observed = observedOf(check, { counts, unclassified, samples })
      return [
        {
          level: 'info',
          text: `  ${which}: ${connectionsText(samples)}, ${observed}: not confirmed`,
        },
      ]
    },
  }
}

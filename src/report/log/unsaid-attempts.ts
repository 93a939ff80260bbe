import type { Check } from '../../rollout/model/check.ts'
import type { RunEvent } from '../../rollout/model/events.ts'
import { connectionsText } from '../../rollout/model/percents.ts'
import { sumOf } from '../../split/diagnosis/latest-split.ts'
import type { Answered } from '../../split/judge/who-is-silent.ts'
import { observedOf } from './event-lines.ts'
import type { LogLine } from './log-line.ts'

type TryEnded = Extract<RunEvent, { kind: 'try-ended' }>

/**
 * Attempts that got no line of their own, as they come too fast. One line for all of them precedes the next line that
 * names an attempt, so that the numbers in the log have no gap.
 */
export function unsaidAttempts(): { keep(event: TryEnded): void; lines(): LogLine[] } {
  let kept: ({ check: Check; from: number; to: number } & Answered) | undefined
  return {
    keep({ check, ended }) {
      const { from = ended.number } = kept ?? {}
      kept = { check, from, to: ended.number, ...sumOf(kept ? [kept, ended] : [ended]) }
    },
    lines() {
      if (kept === undefined) return []
      const { check, from, to, counts, unclassified } = kept
      kept = undefined
      const draws = counts.reduce((sum, count) => sum + count, unclassified)
      const which = from === to ? `attempt ${from}` : `attempts ${from} to ${to}`
      const observed = observedOf(check, { counts, unclassified, draws })
      return [
        {
          level: 'info',
          text: `  ${which}: ${connectionsText(draws)}, ${observed}: not confirmed`,
        },
      ]
    },
  }
}

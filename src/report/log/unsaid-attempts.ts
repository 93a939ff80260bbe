import type { Check } from '../../rollout/model/check.ts'
import type { RunEvent } from '../../rollout/model/events.ts'
import { sumOf } from '../../split/diagnosis/latest-split.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import { shiftedIndex } from '../facts/subject.ts'
import type { RunRecord } from '../record.ts'
import type { LogLine } from './log-line.ts'
import { seenText } from './shares.ts'

type AttemptEnded = Extract<RunEvent, { kind: 'attempt-ended' }>

/**
 * Attempts that got no line of their own, as they come too fast. One line for all of them precedes the next line that
 * names an attempt, so that the numbers in the log have no gap.
 */
export function unsaidAttempts(record: Pick<RunRecord, 'plan'>): {
  keep(event: AttemptEnded): void
  lines(): LogLine[]
} {
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
      const which = from === to ? `Attempt ${from}` : `Attempts ${from} to ${to}`
      const seen = seenText(check, { counts, unclassified, samples }, shiftedIndex(record, check))
      return [
        {
          level: 'info',
          text: `  ${which}: ${seen}: not confirmed`,
        },
      ]
    },
  }
}

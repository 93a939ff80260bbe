import { type LatestSplit, latestSplit } from '../../split/diagnosis/latest-split.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import type { Check } from '../model/check.ts'
import { attemptsOf } from './evidence-of.ts'

/**
 * The samples of a check that count: those since the gateway last changed its split. Every text, table and report about
 * the check has them.
 *
 * @param alpha 1 - confidence, 0 < alpha < 1
 */
export function seenOf(check: Check, alpha: number): LatestSplit {
  const { diagnosis } = check
  return diagnosis
    ? { ...diagnosis.seen, attemptsBefore: diagnosis.attemptsBefore }
    : latestSplit(attemptsOf(check), alpha)
}

/** How many samples there are, those without a recognized reply included. */
export function samplesIn({ counts, unclassified }: ReplyCounts): number {
  return counts.reduce((sum, count) => sum + count, unclassified)
}

import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import type { Check } from '../model/check.ts'
import { latestSamples } from './latest-samples.ts'

/** What the last samples of a check met. */
export function repliesIn(check: Check): ReplyCounts {
  const { counts, unclassified } = latestSamples(check) ?? { counts: [], unclassified: 0 }
  return { counts, unclassified }
}

import { sumOf } from '../../split/diagnosis/latest-split.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import type { Check } from '../model/check.ts'

/** Parts of a watch that show how a gateway is at its end. */
const LAST_PARTS = 2

/** What the last samples of a check met, those of its watch included; undefined where there were none. */
export function latestSamples({
  attempts,
  settle,
  watch,
}: Pick<Check, 'attempts' | 'settle' | 'watch'>): ReplyCounts | undefined {
  const parts = [watch, settle].find((one) => (one?.samples ?? 0) > 0)?.parts
  return parts === undefined ? attempts.at(-1) : sumOf(parts.slice(-LAST_PARTS))
}

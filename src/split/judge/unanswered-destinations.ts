import { logGamma } from '../numeric/log-gamma.ts'
import { logSumExp } from '../numeric/log-sum-exp.ts'

/** Samples of one split: how many each destination answered, and how many got no recognized reply. */
export type ReplyCounts = { counts: readonly number[]; unclassified: number }

/** The probability that is required to name the destination that the missing replies belong to. */
const SURE = 0.95

/**
 * The destination that the unanswered connections went to, where they all belong to one and the counts leave little
 * doubt to which; undefined where it is too early to tell, or where losses that hit all destinations alike, as of a
 * gateway, explain the counts as well. Each destination, and that, are equally likely beforehand. What answered a little
 * earlier continues as it did, or has broken down since: these are equally likely too.
 *
 * @param shares the target share of each destination; sum 1
 * @param earlier how many connections each has answered before these
 */
export function unansweredDestination(
  { counts, unclassified }: ReplyCounts,
  shares: readonly number[],
  earlier: readonly number[] = [],
): number | undefined {
  if (unclassified === 0) return undefined
  const rate = (answered: number, before: number) =>
    logSumExp([
      logAnswers(before + answered, unclassified),
      logAnswers(before, 0) + logAnswers(answered, unclassified),
    ])
  const alone = shares.map((share, index) =>
    share <= 0
      ? Number.NEGATIVE_INFINITY
      : unclassified * Math.log(share) + rate(counts[index] ?? 0, earlier[index] ?? 0),
  )
  const isOnlyOne = shares.filter((share) => share > 0).length < 2
  const logs = isOnlyOne ? alone : [...alone, rate(total(counts), total(earlier))]
  const most = Math.max(...logs)
  const sum = logs.reduce((part, log) => part + Math.exp(log - most), 0)
  const likeliest = logs.indexOf(most)
  return 1 / sum >= SURE && likeliest < shares.length ? likeliest : undefined
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

/** ln of the likelihood of answers and their lack, averaged over all rates at which a destination may answer. */
function logAnswers(answered: number, unanswered: number): number {
  return logGamma(answered + 1) + logGamma(unanswered + 1) - logGamma(answered + unanswered + 2)
}

/**
 * Whether connections that went unanswered under the previous weights may be answered under the new ones: the missing replies
 * are more likely to belong to destinations that lose weight than to the others, and what is left to those is so little
 * that the loss is tolerated.
 *
 * @param tolerated share of connections that may go unanswered
 */
export function leavesUnanswered(
  { counts, unclassified }: ReplyCounts,
  old: readonly number[],
  target: readonly number[],
  tolerated: number,
): boolean {
  if (unclassified === 0) return false
  const losing = old.map((share, index) => (target[index] ?? 0) < share)
  const sumOf = (values: readonly number[], loses: boolean) =>
    values.reduce((sum, value, index) => (losing[index] === loses ? sum + value : sum), 0)
  const share = sumOf(old, true)
  const theirs = logOwed(share, sumOf(counts, true), unclassified)
  const others = logOwed(sumOf(old, false), sumOf(counts, false), unclassified)
  const samples = sumOf(counts, true) + sumOf(counts, false) + unclassified
  const left = ((unclassified / samples) * sumOf(target, true)) / share
  return theirs >= others && left <= tolerated
}

/**
 * ln of the likelihood that the unanswered connections all belong to a destination with this share,
 * but for a term that is the same for every destination (from the multinomial distribution).
 */
function logOwed(share: number, answered: number, unanswered: number): number {
  if (share <= 0) return Number.NEGATIVE_INFINITY
  return unanswered * Math.log(share) - logGamma(answered + unanswered + 1) + logGamma(answered + 1)
}

import type { ReplyCounts } from '../judge/unanswered-destinations.ts'
import { times } from '../numeric/likelihood-ratio.ts'
import { logSumExp } from '../numeric/log-sum-exp.ts'
import { logAverageLikelihood } from './fits.ts'

/** The connections of the attempts that show the gateway as it is now. */
export type LatestSplit = ReplyCounts & {
  /** How many attempts lie before them, made while the gateway split otherwise. */
  attemptsBefore: number
}

/**
 * Sums the latest attempts that have one split in common. Few attempts decide by a handful of connections, so the
 * words about them rest on all attempts together; yet a gateway that switches late has another split before. A change
 * between two attempts counts where "one split before it, another since" is 1/alpha times likelier, averaged over all
 * splits and all moments of change, than the best single split. With no change it ever is with a chance of at most
 * alpha. Then only the attempts since are evaluated, in the same way.
 */
export function latestSplit(attempts: readonly ReplyCounts[], alpha: number): LatestSplit {
  let from = 0
  for (;;) {
    const rest = attempts.slice(from)
    const changed = likeliestChange(rest.map(({ counts }) => counts))
    if (changed === undefined || changed.logEvidence < Math.log(1 / alpha))
      return { ...sumOf(rest), attemptsBefore: from }
    from += changed.at
  }
}

/** The sum of attempts; no destinations where there is no attempt. */
export function sumOf(attempts: readonly ReplyCounts[]): ReplyCounts {
  return {
    counts: addCounts(attempts.map(({ counts }) => counts)),
    unclassified: attempts.reduce((sum, one) => sum + one.unclassified, 0),
  }
}

function addCounts(all: readonly (readonly number[])[]): number[] {
  const [first = []] = all
  return first.map((_, index) => all.reduce((sum, counts) => sum + (counts[index] ?? 0), 0))
}

function likeliestChange(
  all: readonly (readonly number[])[],
): { at: number; logEvidence: number } | undefined {
  const single = logBestLikelihood(addCounts(all))
  const changes = all.slice(1).map((_, index) => {
    const at = index + 1
    const before = logAverageLikelihood(addCounts(all.slice(0, at)))
    const since = logAverageLikelihood(addCounts(all.slice(at)))
    return { at, log: before + since - single }
  })
  const likeliest = changes.reduce((best, one) => (one.log > best.log ? one : best), {
    at: 0,
    log: Number.NEGATIVE_INFINITY,
  })
  if (likeliest.at === 0) return undefined
  const logEvidence = logSumExp(changes.map(({ log }) => log)) - Math.log(changes.length)
  return { at: likeliest.at, logEvidence }
}

/** ln of the likelihood of connections under the shares that fit them best. */
function logBestLikelihood(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.reduce((sum, count) => sum + times(count, Math.log(count / total)), 0)
}

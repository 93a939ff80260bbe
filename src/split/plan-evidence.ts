import type { Band } from './band.ts'
import type { OfCounts } from './barrier.ts'
import { logRatio, ratioSteps } from './likelihood-ratio.ts'
import { logSumExp } from './log-sum-exp.ts'
import { offTarget, stakesOf } from './off-target.ts'

/**
 * Evidence against the target where no more than two destinations have a share.
 *
 * @param destination that whose draws are hits
 * @param other that whose draws are misses
 */
export function evidenceOfTwo(
  bands: readonly Band[],
  old: readonly number[] | undefined,
  destination: number,
  other: number,
): OfCounts {
  const evidence = offTarget(bands, old)
  const counts = bands.map(() => 0)
  return (draws, hits) => {
    counts[destination] = hits
    counts[other] = draws - hits
    return evidence.logEvidence(counts, draws)
  }
}

/**
 * The part of the evidence against the target that is staked on the edges of one destination of many:
 * less than all of it, so the fails that it shows are fewer than there are.
 *
 * @param turned hits are the draws of the others
 */
export function evidenceOfOne(
  bands: readonly Band[],
  old: readonly number[] | undefined,
  { share, low, high }: Band,
  turned: boolean,
): OfCounts {
  const edges = [ratioSteps(low, share), ratioSteps(high, share)]
  const stake = Math.log(stakesOf(old).edges / (2 * bands.length))
  return (draws, hits) => {
    const own = turned ? draws - hits : hits
    return stake + logSumExp(edges.map((edge) => logRatio(edge, own, draws - own)))
  }
}

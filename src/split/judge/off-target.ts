import { dirichletMultinomial } from '../numeric/dirichlet-multinomial.ts'
import { leastOfConvex } from '../numeric/least-of-convex.ts'
import { logQuotient, logRatio, ratioSteps, times } from '../numeric/likelihood-ratio.ts'
import { logSumExp } from '../numeric/log-sum-exp.ts'
import type { Band } from './band.ts'
import { worstCaseAllocation } from './worst-case-allocation.ts'

/**
 * Evidence against the target shares: a mixture of likelihood ratios of other explanations against exactly the target.
 * Under the target it is a martingale with mean 1, so it ever reaches 1/a with a chance of at most a. Half of the weight
 * (.4 where the previous weights are known) is on any shares at all, half (.4) on the margins of the bands, the rest (.2) on
 * the previous weights.
 *
 * All functions depend on the counts alone, not on the order of the samples.
 */
export type OffTarget = {
  /**
   * ln of the evidence where every sample is classified. `samples` is the sum of the counts. Infinity once a destination
   * was seen whose target share is 0. Counts may be fractions.
   */
  logEvidence(counts: readonly number[], samples: number): number
  /**
   * ln of the least evidence over all ways in which the unclassified samples may have gone to the destinations that have a
   * share. Where those are at most two, it is exact. Otherwise each explanation is given the allocation that serves the
   * target best, which bounds the least evidence from below, so an attempt can only fail later than it might.
   */
  leastLogEvidence(counts: readonly number[], unclassified: number): number
  /**
   * The fewest further samples with which `leastLogEvidence` may come to `level`: 0 where it is there already. It is valid
   * unless one of them goes to a destination with target share 0. One sample can raise the evidence only by so much, so
   * mostly it need not be computed after each.
   */
  samplesToReach(level: number, counts: readonly number[], unclassified: number): number
}

type MixtureWeights = { anyShares: number; margins: number; old: number }

const WEIGHTS_ALONE: MixtureWeights = { anyShares: 0.5, margins: 0.5, old: 0 }
const WEIGHTS_WITH_OLD: MixtureWeights = { anyShares: 0.4, margins: 0.4, old: 0.2 }

/** How the evidence is divided among the explanations, once the previous weights are known and before. */
export function mixtureWeights(old: readonly number[] | undefined): MixtureWeights {
  return old === undefined ? WEIGHTS_ALONE : WEIGHTS_WITH_OLD
}

/** Jeffreys' prior. */
export const PRIOR = 0.5

export function offTarget(bands: readonly Band[], old: readonly number[] | undefined): OffTarget {
  const target = bands.map(({ share }) => share)
  const weights = mixtureWeights(old)
  const logAnyShares = dirichletMultinomial(
    target,
    target.map(() => PRIOR),
  )
  const margins = bands.flatMap(({ share, low, high }, destination) =>
    [low, high].map((margin) => ({ destination, ...ratioSteps(margin, share) })),
  )
  const oldSteps =
    old === undefined ? [] : target.map((share, i) => logQuotient(old[i] ?? 0, share))
  const logWeightAny = Math.log(weights.anyShares)
  const logWeightMargin = Math.log(weights.margins / margins.length)
  const logWeightOld = Math.log(weights.old)
  const anyAt = margins.length
  const oldAt = anyAt + 1
  const terms = new Float64Array(margins.length + (old === undefined ? 1 : 2))
  const logTerms = Math.log(terms.length)
  const impossible = target.flatMap((share, i) => (share === 0 ? [i] : []))
  const possible = target.flatMap((share, i) => (share > 0 ? [i] : []))
  const [first = 0, second = first] = possible
  const leastOldStep = Math.min(...possible.map((i) => oldSteps[i] ?? 0))
  const largestStep = Math.max(
    ...possible.map((i) => -Math.log(target[i] ?? 1)),
    ...possible.map((i) => oldSteps[i] ?? 0),
    ...margins.map(({ destination, hit }) => ((target[destination] ?? 0) > 0 ? hit : 0)),
    ...margins.map(({ destination, miss }) => ((target[destination] ?? 0) < 1 ? miss : 0)),
  )
  const allocate = worstCaseAllocation(target, PRIOR)
  const filled = target.map(() => 0)

  function impossibleSeen(counts: readonly number[]): boolean {
    for (const destination of impossible) if ((counts[destination] ?? 0) > 0) return true
    return false
  }

  /** Every explanation's placed log-likelihood ratio into `terms`. */
  function weigh(counts: readonly number[], samples: number): void {
    for (let i = 0; i < anyAt; i++) {
      const margin = margins[i]
      if (margin === undefined) continue
      const hits = counts[margin.destination] ?? 0
      terms[i] = logWeightMargin + times(hits, margin.hit) + times(samples - hits, margin.miss)
    }
    terms[anyAt] = logWeightAny + logAnyShares(counts, samples)
    if (oldSteps.length > 0) {
      let sum = logWeightOld
      for (let i = 0; i < oldSteps.length; i++) sum += times(counts[i] ?? 0, oldSteps[i] ?? 0)
      terms[oldAt] = sum
    }
  }

  /** The same, each explanation with the assignment of unclassified samples that is worst for it. */
  function weighLeast(counts: readonly number[], unclassified: number, samples: number): void {
    weigh(allocate(counts, unclassified), samples)
    for (let i = 0; i < anyAt; i++) {
      const margin = margins[i]
      if (margin === undefined || target[margin.destination] === 0) continue
      const hits = counts[margin.destination] ?? 0
      terms[i] =
        logWeightMargin +
        Math.min(
          logRatio(margin, hits, samples - hits),
          logRatio(margin, hits + unclassified, samples - hits - unclassified),
        )
    }
    if (oldSteps.length > 0) {
      let sum = logWeightOld + times(unclassified, leastOldStep)
      for (let i = 0; i < oldSteps.length; i++) sum += times(counts[i] ?? 0, oldSteps[i] ?? 0)
      terms[oldAt] = sum
    }
  }

  function withFirst(counts: readonly number[], unclassified: number, given: number): number[] {
    for (let i = 0; i < filled.length; i++) filled[i] = counts[i] ?? 0
    filled[first] = (filled[first] ?? 0) + given
    filled[second] = (filled[second] ?? 0) + unclassified - given
    return filled
  }

  function leastBetweenTwo(
    counts: readonly number[],
    unclassified: number,
    samples: number,
  ): number {
    // ln of a sum of exponentials of convex functions is convex, so halving finds the least.
    return leastOfConvex(unclassified, (given) => {
      weigh(withFirst(counts, unclassified, given), samples)
      return logSumExp(terms)
    })
  }

  /** How far the sum of the terms is below `level`, at least; 0 where it may not be. */
  function roomBelow(level: number): number {
    let largest = Number.NEGATIVE_INFINITY
    for (let i = 0; i < terms.length; i++) {
      const term = terms[i] ?? 0
      if (term > largest) largest = term
    }
    return Math.max(0, level - largest - logTerms)
  }

  function samplesAcross(room: number): number {
    return Math.max(1, Math.floor(room / largestStep))
  }

  function samplesOf(counts: readonly number[], unclassified: number): number {
    let samples = unclassified
    for (let i = 0; i < counts.length; i++) samples += counts[i] ?? 0
    return samples
  }

  return {
    logEvidence(counts, samples) {
      if (impossibleSeen(counts)) return Number.POSITIVE_INFINITY
      weigh(counts, samples)
      return logSumExp(terms)
    },
    leastLogEvidence(counts, unclassified) {
      const samples = samplesOf(counts, unclassified)
      if (impossibleSeen(counts)) return Number.POSITIVE_INFINITY
      if (unclassified > 0 && possible.length === 2)
        return leastBetweenTwo(counts, unclassified, samples)
      if (unclassified === 0) weigh(counts, samples)
      else if (first === second) weigh(withFirst(counts, unclassified, unclassified), samples)
      else weighLeast(counts, unclassified, samples)
      return logSumExp(terms)
    },
    samplesToReach(level, counts, unclassified) {
      const samples = samplesOf(counts, unclassified)
      if (impossibleSeen(counts)) return 0
      const two = unclassified > 0 && possible.length === 2
      if (unclassified > 0 && possible.length > 2) weighLeast(counts, unclassified, samples)
      else {
        // Between two, any assignment will do to see that the least evidence is below the level.
        const given = two ? Math.round(unclassified * (target[first] ?? 0)) : unclassified
        weigh(withFirst(counts, unclassified, given), samples)
      }
      const room = roomBelow(level)
      if (room > 0) return samplesAcross(room)
      if (logSumExp(terms) < level) return 1
      return two && leastBetweenTwo(counts, unclassified, samples) < level ? 1 : 0
    },
  }
}

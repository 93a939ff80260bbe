import type { MarginTest } from '../judge/margin-tests.ts'
import { ratioSteps, times } from '../numeric/likelihood-ratio.ts'

/**
 * The crossing guard of a margin test for counts, whose order is not known. The change may lie within the latest counts, and
 * each of their samples is then given what serves it best, so the ratio is never larger than in the true order.
 */
export type CountsGuard = {
  observe(counts: { hits: number; misses: number; doubtful: number }): void
  logRatio(): number
}

export function countsGuard(test: MarginTest, share: number, oldShare: number): CountsGuard {
  const margin = ratioSteps(test.margin, share)
  const old = ratioSteps(oldShare, share)
  // As for unclassified samples, each story is given what serves it best.
  const doubt = { margin: Math.max(margin.hit, margin.miss), old: Math.max(old.hit, old.miss) }
  const best = { hit: Math.max(margin.hit, old.hit), miss: Math.max(margin.miss, old.miss) }
  // Both relative to the target's likelihood, as logarithms.
  let likeliestStory = 0
  let oldSoFar = 0
  return {
    observe({ hits, misses, doubtful }) {
      const by = (steps: typeof best, each: number) =>
        times(hits, steps.hit) + times(misses, steps.miss) + times(doubtful, each)
      likeliestStory = Math.max(
        likeliestStory + by(margin, doubt.margin),
        oldSoFar + by(best, Math.max(doubt.margin, doubt.old)),
      )
      oldSoFar += by(old, doubt.old)
    },
    logRatio: () => -likeliestStory,
  }
}

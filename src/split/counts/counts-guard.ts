import type { MarginTest } from '../judge/margin-tests.ts'
import { ratioSteps, times } from '../numeric/likelihood-ratio.ts'

/**
 * The crossing guard of a margin test for counts, whose order is not known. The change may lie within the latest counts, and
 * each of their samples is then given what serves it best, so the ratio is never larger than in the true order.
 */
export type CountsGuard = {
  observe(hits: number, misses: number): void
  logRatio(): number
}

export function countsGuard(test: MarginTest, share: number, oldShare: number): CountsGuard {
  const margin = ratioSteps(test.margin, share)
  const old = ratioSteps(oldShare, share)
  const best = { hit: Math.max(margin.hit, old.hit), miss: Math.max(margin.miss, old.miss) }
  // Both relative to the target's likelihood, as logarithms.
  let likeliestStory = 0
  let oldSoFar = 0
  return {
    observe(hits, misses) {
      const by = (steps: typeof best) => times(hits, steps.hit) + times(misses, steps.miss)
      likeliestStory = Math.max(likeliestStory + by(margin), oldSoFar + by(best))
      oldSoFar += by(old)
    },
    logRatio: () => -likeliestStory,
  }
}

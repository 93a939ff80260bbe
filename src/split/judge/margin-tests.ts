import { logRatio, type RatioSteps, ratioSteps } from '../numeric/likelihood-ratio.ts'
import type { Band } from './band.ts'

/**
 * Where the target is 0 or 1, its own likelihood becomes 0 with the first unclassified sample, which counts against the
 * target. So half of the weight is on a share this far from it, but well inside the band. A weight beyond the margin
 * would let lost connections count as evidence.
 */
const DISTANCE_FROM_CERTAINTY = 0.01
const PART_OF_BAND = 0.5
const LOG_HALF = Math.log(0.5)

/**
 * A sequential probability ratio test (Wald 1945) of the target share against one margin of its band. The two tests of
 * a band, with the target in the middle, are Lorden's 2-SPRT (1976).
 *
 * `logRatio(samples, hits)` is a pure function of the number of samples and of those that count as hits of the
 * destination. Against a true share at the margin or beyond, its exponential is a supermartingale with mean at most 1, so
 * it ever reaches 1/beta with a chance of at most beta (Ville's inequality). It rises with hits for a `lower` test and
 * falls with them for an `upper` one.
 */
export type MarginTest = {
  destination: number
  side: 'lower' | 'upper'
  margin: number
  logRatio(samples: number, hits: number): number
}

/**
 * The margin tests that must reject before an attempt passes: a lower and an upper one for each destination. Nothing lies
 * below a target of 0, nor above a target of 1, so those tests do not exist.
 */
export function marginTests(bands: readonly Band[]): MarginTest[] {
  return bands.flatMap(({ share, low, high }, destination) => {
    const tests: MarginTest[] = []
    if (share > 0)
      tests.push({ destination, side: 'lower', margin: low, logRatio: againstMargin(share, low) })
    if (share < 1)
      tests.push({ destination, side: 'upper', margin: high, logRatio: againstMargin(share, high) })
    return tests
  })
}

function againstMargin(share: number, margin: number): MarginTest['logRatio'] {
  const exact = ratioSteps(share, margin)
  if (share > 0 && share < 1) return (samples, hits) => logRatio(exact, hits, samples - hits)
  const aside = Math.min(DISTANCE_FROM_CERTAINTY, PART_OF_BAND * Math.abs(margin - share))
  return meanOfTwo(exact, ratioSteps(share === 0 ? aside : 1 - aside, margin))
}

function meanOfTwo(one: RatioSteps, other: RatioSteps): MarginTest['logRatio'] {
  return (samples, hits) => {
    const first = logRatio(one, hits, samples - hits)
    const second = logRatio(other, hits, samples - hits)
    const larger = Math.max(first, second)
    if (!Number.isFinite(larger)) return larger
    return LOG_HALF + larger + Math.log1p(Math.exp(Math.min(first, second) - larger))
  }
}

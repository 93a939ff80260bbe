import { logRatio, type RatioSteps, ratioSteps } from '../numeric/likelihood-ratio.ts'
import type { Band } from './band.ts'

/**
 * Where the target is 0 or 1 its own likelihood dies with the first draw that cannot be told (which
 * counts against the target), so half of it is staked on a share this far from it, but well inside the
 * band: a stake beyond the edge would take lost connections for a proof.
 */
const STAKE_BESIDE_CERTAINTY = 0.01
const STAKE_PART_OF_BAND = 0.5
const LOG_HALF = Math.log(0.5)

/**
 * One flag of the pass test: the sequential probability ratio of the target share against one edge
 * of its band (Wald 1945; two of them, one an edge, are Lorden's 2-SPRT of 1976).
 *
 * `logRatio(draws, hits)` is a pure function of how many draws there were and how many of them count
 * as hits of the destination. Against a true share at the edge or beyond, its exponential is a
 * supermartingale with mean at most 1, so it ever reaches 1/beta with a chance of at most beta
 * (Ville's inequality). It rises with hits for a `lower` flag and falls with them for an `upper` one.
 */
export type MarginTest = {
  destination: number
  side: 'lower' | 'upper'
  margin: number
  logRatio(samples: number, hits: number): number
}

/**
 * The flags that must latch before a try passes: a lower and an upper one for each destination. At a
 * target of 0 nothing lies below and at 1 nothing above, so those flags do not exist.
 */
export function marginTests(bands: readonly Band[]): MarginTest[] {
  return bands.flatMap(({ share, low, high }, destination) => {
    const flags: MarginTest[] = []
    if (share > 0)
      flags.push({ destination, side: 'lower', margin: low, logRatio: againstMargin(share, low) })
    if (share < 1)
      flags.push({ destination, side: 'upper', margin: high, logRatio: againstMargin(share, high) })
    return flags
  })
}

function againstMargin(share: number, margin: number): MarginTest['logRatio'] {
  const exact = ratioSteps(share, margin)
  if (share > 0 && share < 1) return (samples, hits) => logRatio(exact, hits, samples - hits)
  const aside = Math.min(STAKE_BESIDE_CERTAINTY, STAKE_PART_OF_BAND * Math.abs(margin - share))
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

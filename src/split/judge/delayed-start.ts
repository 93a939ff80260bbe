import { atLeast } from '../numeric/binomial.ts'
import { logRatio, type RatioSteps, ratioSteps } from '../numeric/likelihood-ratio.ts'
import type { Band } from './band.ts'
import type { MarginTest } from './margin-tests.ts'

/** When a flag latches: at the first draw, not before the `from`-th, whose log ratio reaches `level`. */
export type Rejection = { from: number; level: number }

/**
 * Part of the way to the first draw at which both flags of a band could stand latched. In exact
 * computation the mean is least between .8 and .95 of it for all bands and errors that were tried (below
 * an error of 10%), and flat there.
 */
const WAIT = 0.87

/** A first look after more draws than any check makes is not worth the sums that its level takes. */
const LATEST = 200_000

/**
 * The latch of a flag that must hold its promise at any draw: it watches from the first on, and Ville's
 * inequality asks for a ratio of 1/beta.
 */
export function rejectAnywhere(beta: number): Rejection {
  return { from: 1, level: Math.log(1 / beta) }
}

/**
 * The latch of a flag that does not look before a pass is possible, and is given back what that saves.
 *
 * A pass needs both flags of a band, and for some hundred draws no count lets both of them stand. What a
 * flag risks in that time buys next to nothing. If it looks from draw m on only, it latches wrongly with
 * a chance of
 *
 *   P(ratio >= c at m) + P(ratio < c at m and >= c later)
 *     <= P_edge(ratio_m >= c) + P_target(ratio_m < c) / c,
 *
 * the second by Ville's inequality from draw m on, as E_edge[ratio_m; ratio_m < c] is
 * P_target(ratio_m < c). Both are binomial, and the least c that keeps the sum within beta is the level:
 * never above 1/beta. The ratio rises with hits, so a share beyond the edge, or one that moves beyond it
 * from draw to draw, does no worse than one on it.
 *
 * Targets of 0 and 1 have one flag and nothing to wait for.
 */
export function delayedStart(flag: MarginTest, band: Band, beta: number): Rejection {
  const { share, low, high } = band
  if (share === 0 || share === 1) return rejectAnywhere(beta)
  const from = Math.max(1, Math.round(WAIT * samplesToHoldBoth(band, Math.log(1 / beta))))
  // Seen from the side of the misses an upper flag is a lower one.
  if (from > LATEST) return rejectAnywhere(beta)
  const level =
    flag.side === 'lower'
      ? leastLevel(share, low, from, beta)
      : leastLevel(1 - share, 1 - high, from, beta)
  return { from, level }
}

/**
 * Draws at which the line that the lower flag needs crosses the one that the upper flag needs. Of a flag
 * whose edge is impossible one hit (one miss) is enough, which is as good as none here.
 */
function samplesToHoldBoth({ share, low, high }: Band, level: number): number {
  const lower = line(ratioSteps(share, low), level)
  const upper = line(ratioSteps(1 - share, 1 - high), level)
  return (lower.start + upper.start) / (1 - lower.slope - upper.slope)
}

/** Hits that surely lift the ratio to a level: the fewest that do, and one. */
function hitsFor(steps: RatioSteps, level: number, samples: number): number {
  const { start, slope } = line(steps, level)
  return Math.max(1, Math.ceil(start + slope * samples)) + 1
}

/** A rising flag stands at the level where hits >= start + slope draws. */
function line({ hit, miss }: RatioSteps, level: number): { start: number; slope: number } {
  return { start: level / (hit - miss), slope: Number.isFinite(hit) ? -miss / (hit - miss) : 0 }
}

/** ln of the least ratio that keeps the chance of a wrong latch within beta; edge below share. */
function leastLevel(share: number, margin: number, from: number, beta: number): number {
  const steps = ratioSteps(share, margin)
  const wrongAt = (hits: number) =>
    atLeast(hits, from, margin) +
    (1 - atLeast(hits, from, share)) * Math.exp(-logRatio(steps, hits, from - hits))
  // The chance falls as the level rises. Between the ratios of two numbers of hits only the second term
  // changes, so the level follows from the fewest hits that are enough.
  let tooFew = wrongAt(Math.floor(from * margin)) > beta ? Math.floor(from * margin) : -1
  let enough = Math.min(from + 1, hitsFor(steps, Math.log(1 / beta), from))
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2)
    if (wrongAt(middle) <= beta) enough = middle
    else tooFew = middle
  }
  const spent = atLeast(enough, from, margin)
  return Math.log((1 - atLeast(enough, from, share)) / (beta - spent))
}

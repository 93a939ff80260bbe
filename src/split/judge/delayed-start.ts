import { atLeast } from '../numeric/binomial.ts'
import { logRatio, type RatioSteps, ratioSteps } from '../numeric/likelihood-ratio.ts'
import type { Band } from './band.ts'
import type { MarginTest } from './margin-tests.ts'

/** The rejection boundary of a margin test: the first sample, not before number `from`, at which the log ratio is at least `level`. */
export type Rejection = { from: number; level: number }

/**
 * Part of the way to the first sample at which both tests of a band could reject. In exact computation the mean sample
 * size is least between .8 and .95 of it for all bands and errors that were tried (below an error of 10%), and flat there.
 */
const WAIT = 0.87

/** A start after more samples than any check takes is not worth the computation of its level. */
const LATEST = 200_000

/**
 * The boundary of a test that must hold its error at any sample: it starts with the first, and Ville's inequality asks
 * for a ratio of 1/beta.
 */
export function rejectAnywhere(beta: number): Rejection {
  return { from: 1, level: Math.log(1 / beta) }
}

/**
 * The boundary of a test that starts only when a pass becomes possible, at a lower level.
 *
 * A pass needs both tests of a band, and for some hundred samples no count lets both reject. What a test risks in that
 * time gains next to nothing. If it starts at sample m, it rejects wrongly with a chance of
 *
 *   P(ratio >= c at m) + P(ratio < c at m and >= c later)
 *     <= P_margin(ratio_m >= c) + P_target(ratio_m < c) / c,
 *
 * the second by Ville's inequality from sample m on, as E_margin[ratio_m; ratio_m < c] is P_target(ratio_m < c). Both are
 * binomial, and the least c that keeps the sum within beta is the level: never above 1/beta. The ratio rises with hits, so
 * a share beyond the margin, or one that moves beyond it from sample to sample, is rejected wrongly no more often.
 *
 * Targets of 0 and 1 have one test and nothing to wait for.
 */
export function delayedStart(test: MarginTest, band: Band, beta: number): Rejection {
  const { share, low, high } = band
  if (share === 0 || share === 1) return rejectAnywhere(beta)
  const from = Math.max(1, Math.round(WAIT * samplesToHoldBoth(band, Math.log(1 / beta))))
  // Seen from the side of the misses an upper margin test is a lower one.
  if (from > LATEST) return rejectAnywhere(beta)
  const level =
    test.side === 'lower'
      ? leastLevel(share, low, from, beta)
      : leastLevel(1 - share, 1 - high, from, beta)
  return { from, level }
}

/**
 * Samples at which the line that the lower test needs crosses the one that the upper test needs. Where the margin is
 * impossible (0 or 1), one hit (one miss) is enough, which is as good as none here.
 */
function samplesToHoldBoth({ share, low, high }: Band, level: number): number {
  const lower = line(ratioSteps(share, low), level)
  const upper = line(ratioSteps(1 - share, 1 - high), level)
  return (lower.start + upper.start) / (1 - lower.slope - upper.slope)
}

/** Hits that surely bring the ratio to a level: the fewest that do, and one more. */
function hitsFor(steps: RatioSteps, level: number, samples: number): number {
  const { start, slope } = line(steps, level)
  return Math.max(1, Math.ceil(start + slope * samples)) + 1
}

/** A lower test is at the level where hits >= start + slope x samples. */
function line({ hit, miss }: RatioSteps, level: number): { start: number; slope: number } {
  return { start: level / (hit - miss), slope: Number.isFinite(hit) ? -miss / (hit - miss) : 0 }
}

/** ln of the least ratio that keeps the chance of a wrong rejection within beta; the margin is below the share. */
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

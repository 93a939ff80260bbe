import { times } from './likelihood-ratio.ts'
import { logGamma } from './log-gamma.ts'

/** A tail's terms below this part of its sum so far cannot change it any more. */
const NEGLIGIBLE = 1e-17

/**
 * Chance that at least so many of `samples` independent samples are hits, each with the chance `share`. The
 * shorter tail is summed term by term, outwards, so a small result is accurate in its own size. Relative
 * error below 1e-12 up to some 10,000 samples, 1e-8 at ten million.
 */
export function atLeast(hits: number, samples: number, share: number): number {
  if (hits <= 0) return 1
  if (hits > samples) return 0
  if (share <= 0 || share >= 1) return share <= 0 ? 0 : 1
  return hits > samples * share
    ? tailFrom(hits, samples, share)
    : 1 - tailFrom(samples - hits + 1, samples, 1 - share)
}

/** The upper tail from a number of hits above the mean on, where each term is smaller than the last. */
function tailFrom(hits: number, samples: number, share: number): number {
  if (hits > samples) return 0
  const odds = share / (1 - share)
  let term = Math.exp(
    logGamma(samples + 1) -
      logGamma(hits + 1) -
      logGamma(samples - hits + 1) +
      times(hits, Math.log(share)) +
      times(samples - hits, Math.log1p(-share)),
  )
  let sum = term
  for (let k = hits; k < samples && term > NEGLIGIBLE * sum; k++) {
    term *= (odds * (samples - k)) / (k + 1)
    sum += term
  }
  return sum
}

import { times } from './likelihood-ratio.ts'
import { logBeta } from './log-gamma.ts'

const HALVINGS = 44

/**
 * ln of the evidence of a beta mixture against a share p, the mixture centred on p with
 * `concentration` (Robbins 1970). Under p it is a martingale with mean 1.
 */
export function logMixtureEvidence(
  hits: number,
  samples: number,
  p: number,
  concentration: number,
): number {
  const misses = samples - hits
  return (
    logBeta(hits + concentration * p, misses + concentration * (1 - p)) -
    logBeta(concentration * p, concentration * (1 - p)) -
    times(hits, Math.log(p)) -
    times(misses, Math.log(1 - p))
  )
}

/** The concentration that makes the interval about narrowest after `plannedSamples` samples; at least 1. */
export function mixtureConcentration(alpha: number, plannedSamples: number): number {
  const l = Math.log(1 / alpha)
  return Math.max(1, plannedSamples / (2 * l + Math.log(1 + 2 * l)) - 1)
}

/**
 * A confidence sequence for one destination's true share: an interval that holds with a chance of at least 1 - alpha at
 * every moment at once, so it may be read whenever an attempt stops. It has the shares that the mixture does not reject at
 * 1/alpha. [0, 1] before the first sample.
 *
 * @param hits samples that reached the destination
 * @param samples samples that were classified
 * @param alpha 0 < alpha < 1
 * @param plannedSamples where the interval should be narrowest, the mean number of samples planned
 */
export function shareInterval(
  hits: number,
  samples: number,
  alpha: number,
  plannedSamples: number,
): [low: number, high: number] {
  if (samples === 0) return [0, 1]
  const concentration = mixtureConcentration(alpha, plannedSamples)
  const refuted = (p: number) =>
    logMixtureEvidence(hits, samples, p, concentration) >= Math.log(1 / alpha)
  // The observed share is never refuted: no mixture beats the likelihood at its own maximum.
  const observed = hits / samples
  return [
    hits === 0 ? 0 : lastHeld(observed, 0, refuted),
    hits === samples ? 1 : lastHeld(observed, 1, refuted),
  ]
}

function lastHeld(from: number, towards: number, refuted: (p: number) => boolean): number {
  let held = from
  let beyond = towards
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (held + beyond) / 2
    if (refuted(middle)) beyond = middle
    else held = middle
  }
  return beyond
}

import { bandsOf } from '../../src/split/judge/band.ts'
import { binomial } from './binomial.ts'
import type { Cell } from './grid.ts'

/**
 * The test that a statistics book would use: a number of connections set beforehand, then two one-sided
 * exact binomial tests, each at `error` (Schuirmann 1987, "two one-sided tests"; equivalence is shown
 * when both margins are refuted).
 */
export type FixedSize = {
  samples: number
  /** Passes with so many hits, both included. */
  accepted: { first: number; last: number }
}

export function fixedSize({ target, tolerance, error }: Cell, samples: number): FixedSize {
  const [band] = bandsOf([target, 1 - target], [tolerance, tolerance])
  const { low = 0, high = 1 } = band ?? {}
  // At a target of 0 nothing lies below and at 1 nothing above.
  const first = target === 0 ? 0 : binomial(samples, low).leastRareAbove(error)
  const last = target === 1 ? samples : binomial(samples, high).mostRareBelow(error)
  return { samples, accepted: { first, last } }
}

/** Chance that it passes where the first destination's true share is `truth`. */
export function fixedSizePasses({ samples, accepted }: FixedSize, truth: number): number {
  return binomial(samples, truth).between(accepted.first, accepted.last)
}

/** The search one by one starts so many times 1 / tolerance before where halving ends. */
const TEETH = 5

/**
 * The least number of connections with which the exact weights pass with a chance of at least `power`.
 * The chance goes up in a saw's teeth. Its peaks run about 2 / tolerance samples ahead of its troughs, so
 * halving comes near, and a search one by one starts well before that.
 */
export function leastFixedSize(cell: Cell, power: number): FixedSize {
  const enough = (samples: number) =>
    fixedSizePasses(fixedSize(cell, samples), cell.target) >= power
  let beyond = 1
  while (!enough(beyond)) beyond *= 2
  let low = beyond / 2
  let high = beyond
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (enough(middle)) high = middle
    else low = middle
  }
  let samples = Math.max(1, Math.floor(high - TEETH / cell.tolerance))
  while (!enough(samples)) samples += 1
  return fixedSize(cell, samples)
}

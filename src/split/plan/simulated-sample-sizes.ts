import { normalQuantiles } from '../numeric/normal-quantiles.ts'
import type { Population } from './population.ts'

/** Expected number from which on a count is drawn as a nearly normal one. */
const NORMAL_FROM = 8

const QUANTILES = 2048

/**
 * The places at which the attempts, one after the other, sample from a binomial are evenly spread, each so far
 * on from the last: neighbours, who have come equally far, then do not do alike by chance, which takes
 * much of the chance out of the whole ("array-RQMC", L'Ecuyer, Lecot and Tuffin 2008). One irrational
 * number for each destination.
 */
const STRIDES = [5, 2, 3, 7, 11, 13, 17, 19, 23, 29].map((n, i) =>
  i === 0 ? (Math.sqrt(5) - 1) / 2 : Math.sqrt(n) % 1,
)

/**
 * Gives every attempt of a population the samples of a step: each destination's count is binomial given those
 * of the destinations before it. Where fewer than 8 are expected it is an exact one, else it is not whole
 * and has a binomial's mean, variance and third moment.
 *
 * @param shares in rising order, each > 0, sum 1
 */
export function simulatedSampleSizes(
  shares: readonly number[],
  uniform: () => number,
): (population: Population) => void {
  const chances = shares.map((share, i) =>
    Math.min(0.5, share / shares.slice(i).reduce((sum, one) => sum + one, 0)),
  )
  const normals = normalQuantiles(QUANTILES)
  let left = new Float64Array(0)

  function few(samples: number, chance: number, none: number, at: number): number {
    const odds = chance / (1 - chance)
    let mass = none
    let rest = at - mass
    let count = 0
    while (rest > 0 && count < samples) {
      mass *= (odds * (samples - count)) / (count + 1)
      count += 1
      rest -= mass
    }
    return count
  }

  function many(samples: number, chance: number, at: number): number {
    const z = normals[Math.floor(at * QUANTILES)] ?? 0
    const mean = samples * chance
    const skew = ((1 - 2 * chance) * (z * z - 1)) / 6
    const count = mean + z * Math.sqrt(mean * (1 - chance)) + skew
    return Math.min(samples, Math.max(0, count))
  }

  function sampleOne(into: Float64Array, chance: number, stride: number, alive: number): void {
    const logMiss = Math.log1p(-chance)
    let before = 0
    let none = 1
    let at = uniform()
    for (let i = 0; i < alive; i++) {
      const samples = left[i] ?? 0
      at += stride
      if (at >= 1) at -= 1
      let count = 0
      if (samples * chance < NORMAL_FROM) {
        if (samples !== before) none = Math.exp(samples * logMiss)
        before = samples
        count = few(samples, chance, none, at)
      } else count = many(samples, chance, at)
      into[i] = count
      left[i] = samples - count
    }
  }

  return ({ most, alive, step, counts, lately }) => {
    if (left.length < most) left = new Float64Array(most)
    left.fill(step)
    for (const [i, into] of lately.entries()) {
      if (i < lately.length - 1) sampleOne(into, chances[i] ?? 0, STRIDES[i] ?? 0, alive)
      else into.set(left)
      const sums = counts[i]
      if (sums !== undefined) add(into, sums, alive)
    }
  }
}

function add(what: Float64Array, to: Float64Array, howMany: number): void {
  for (let i = 0; i < howMany; i++) to[i] = (to[i] ?? 0) + (what[i] ?? 0)
}

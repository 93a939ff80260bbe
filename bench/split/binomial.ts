import { logGamma } from '../../src/split/numeric/log-gamma.ts'

/** Chances of numbers of hits in independent samples; exact but for terms below 1e-30. */
export type Binomial = {
  /** P(first <= hits <= last). */
  between(first: number, last: number): number
  /** Least number of hits k with P(hits >= k) <= chance; one more than the samples at most. */
  leastRareAbove(chance: number): number
  /** Most hits k with P(hits <= k) <= chance; -1 at least. */
  mostRareBelow(chance: number): number
}

/** Half the width of the stretch that is computed, in standard deviations: beyond it lies less than 1e-30. */
const STANDARD_DEVIATIONS = 12
const FURTHER = 60

/** @param share chance of a hit, 0 to 1 */
export function binomial(samples: number, share: number): Binomial {
  if (share === 0 || share === 1) return certain(samples, share * samples)
  const reach = STANDARD_DEVIATIONS * Math.sqrt(samples * share * (1 - share)) + FURTHER
  const first = Math.max(0, Math.floor(samples * share - reach))
  const last = Math.min(samples, Math.ceil(samples * share + reach))
  const chances = new Float64Array(last - first + 1)
  // From the likeliest number to either side by the quotient of neighbours, which cannot underflow early.
  const middle = Math.min(last, Math.max(first, Math.floor((samples + 1) * share)))
  chances[middle - first] = chanceOf(middle, samples, share)
  const odds = share / (1 - share)
  for (let hits = middle + 1; hits <= last; hits++)
    chances[hits - first] = ((chances[hits - first - 1] ?? 0) * odds * (samples - hits + 1)) / hits
  for (let hits = middle - 1; hits >= first; hits--)
    chances[hits - first] =
      ((chances[hits - first + 1] ?? 0) * (hits + 1)) / odds / (samples - hits)
  return {
    between(from, to) {
      let sum = 0
      for (let hits = Math.max(from, first); hits <= Math.min(to, last); hits++)
        sum += chances[hits - first] ?? 0
      return sum
    },
    leastRareAbove(chance) {
      let sum = 0
      for (let hits = last; hits >= first; hits--) {
        sum += chances[hits - first] ?? 0
        if (sum > chance) return hits + 1
      }
      return first
    },
    mostRareBelow(chance) {
      let sum = 0
      for (let hits = first; hits <= last; hits++) {
        sum += chances[hits - first] ?? 0
        if (sum > chance) return hits - 1
      }
      return last
    },
  }
}

/** Where the number of hits is known. */
function certain(samples: number, hits: number): Binomial {
  return {
    between: (first, last) => (first <= hits && hits <= last ? 1 : 0),
    leastRareAbove: (chance) => (chance >= 1 ? 0 : hits + 1),
    mostRareBelow: (chance) => (chance >= 1 ? samples : hits - 1),
  }
}

function chanceOf(hits: number, samples: number, share: number): number {
  const ways = logGamma(samples + 1) - logGamma(hits + 1) - logGamma(samples - hits + 1)
  return Math.exp(ways + hits * Math.log(share) + (samples - hits) * Math.log1p(-share))
}

import { times } from './likelihood-ratio.ts'
import { logGamma } from './log-gamma.ts'

/**
 * ln of the Bayes factor of "some shares, drawn from a Dirichlet distribution with the parameters
 * `prior`" against "exactly `shares`" (Lindon and Malek 2022, "Anytime-valid inference for
 * multinomial count data"). Under `shares` its exponential is a martingale with mean 1 whatever the
 * prior. It depends on the counts alone, not on their order: a sample of x multiplies it by
 * (prior_x + count_x) / ((sum of the prior + samples) share_x).
 *
 * Infinity once a destination with share 0 was seen.
 *
 * @param prior Dirichlet parameters, > 0, one a destination
 * @returns a function of the counts and their sum (taken separately because the callers have it);
 *   counts may be fractions
 */
export function dirichletMultinomial(
  shares: readonly number[],
  prior: readonly number[],
): (counts: readonly number[], samples: number) => number {
  const priorSum = prior.reduce((sum, parameter) => sum + parameter, 0)
  const constant =
    logGamma(priorSum) - prior.reduce((sum, parameter) => sum + logGamma(parameter), 0)
  const logShares = shares.map((share) => Math.log(share))
  return (counts, samples) => {
    let sum = constant - logGamma(priorSum + samples)
    for (let destination = 0; destination < shares.length; destination++) {
      const count = counts[destination] ?? 0
      sum += logGamma((prior[destination] ?? 0) + count) - times(count, logShares[destination] ?? 0)
    }
    return sum
  }
}

import { dirichletMultinomial } from '../numeric/dirichlet-multinomial.ts'

/** Jeffreys' prior. */
const PRIOR = 0.5

/**
 * Whether connections are consistent with given shares: the mixture over all other shares does not refute them. It is
 * sharp from the first connections on, where every interval of a share is still wide.
 *
 * @param counts connections of each destination
 * @param alpha chance that the true shares are called inconsistent, at whatever moment this is asked
 */
export function fits(counts: readonly number[], shares: readonly number[], alpha: number): boolean {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const against = dirichletMultinomial(shares, priorFor(shares))
  return against(counts, total) < Math.log(1 / alpha)
}

/** ln of the likelihood of connections, in their order, averaged over all shares. */
export function logAverageLikelihood(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const ones = counts.map(() => 1)
  return dirichletMultinomial(ones, priorFor(ones))(counts, total)
}

function priorFor(shares: readonly number[]): number[] {
  return shares.map(() => PRIOR)
}

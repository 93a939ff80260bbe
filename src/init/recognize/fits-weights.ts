import { atLeast } from '../../split/numeric/binomial.ts'

/** A split by the weights has so few or so many replies of one version at most once in this many looks. */
const LOOKS = 1000

/** Whether the numbers of replies may come from a split by these shares, from 0 to 1. */
export function fitsWeights(counts: readonly number[], shares: readonly number[]): boolean {
  const replies = counts.reduce((sum, count) => sum + count, 0)
  return counts.every((count, index) => {
    const share = shares[index] ?? 0
    const soMany = atLeast(count, replies, share)
    const soFew = atLeast(replies - count, replies, 1 - share)
    return Math.min(soMany, soFew) >= 1 / (2 * LOOKS)
  })
}

import { logGamma } from '../numeric/log-gamma.ts'

/** The assignment of shares, other than the given one, that counts speak for most. */
export type Swap = {
  /** For each destination, the one whose share its replies look like. */
  order: readonly number[]
  /**
   * ln of the likelihood of the counts under it, less that under the shares as they are. Each lost connection
   * counts as one of the destination whose replies speak most against the swap.
   */
  logRatio: number
  /** What a sample adds to it on average while the shares are as given; less than 0. */
  perSample: number
  /** Whether the counts are about what it leads to, and not merely closer to it. */
  fits: boolean
}

/** Part of the replies that may come from elsewhere: a single stray one is no evidence of a swap. */
const STRAY = 0.02

/** ln of the likelihood that counts may lack to the best shares there are: more is lacking in 1 of some 200 runs. */
const MISFIT = 4

/**
 * The swap that explains counts best; undefined where all shares are alike.
 *
 * Every share s of k is taken as (1 - STRAY) s + STRAY / k. While the true shares are the given ones, the
 * likelihood ratio of each fixed swap is a supermartingale that begins at 1. Reason: with t for the shares as
 * taken and q for the same in another order, a sample multiplies the ratio by q/t, whose mean is
 * (1 - STRAY / k * sum of q/t) / (1 - STRAY), since s = (t - STRAY / k) / (1 - STRAY). The product of all q/t
 * is 1, so their sum is at least k and the mean at most 1.
 *
 * A destination that fails answers less than its share without any swap. Whichever destinations the `lost`
 * connections went to, the ratio of all connections is at least the one returned here, so the bound holds
 * with losses too.
 */
export function bestSwap(
  counts: readonly number[],
  shares: readonly number[],
  lost = 0,
): Swap | undefined {
  const taken = shares.map((share) => (1 - STRAY) * share + STRAY / shares.length)
  const candidates = [byRank(counts, shares), ...transpositions(shares)].filter((order) =>
    order.some((from, index) => shares[from] !== shares[index]),
  )
  const logLikelihood = (order: readonly number[]) =>
    order.reduce((sum, from, index) => sum + (counts[index] ?? 0) * Math.log(taken[from] ?? 0), 0)
  const logRatios = (order: readonly number[]) =>
    order.map((from, index) => Math.log((taken[from] ?? 1) / (taken[index] ?? 1)))
  const logRatio = (order: readonly number[]) => {
    const each = logRatios(order)
    const against = lost * Math.min(...each)
    return each.reduce((sum, ratio, index) => sum + (counts[index] ?? 0) * ratio, against)
  }
  const [best] = candidates
    .map((order) => ({ order, logRatio: logRatio(order) }))
    .sort((a, b) => b.logRatio - a.logRatio)
  if (best === undefined) return undefined
  const each = logRatios(best.order)
  return {
    ...best,
    perSample: shares.reduce((sum, share, index) => sum + share * (each[index] ?? 0), 0),
    fits: logOfBestShares(counts) - logLikelihood(best.order) <= MISFIT,
  }
}

/**
 * The ln of the ratio at which a swap counts as shown. With the given shares, whatever the number of samples,
 * any swap ever reaches it with a chance of at most `alpha` (Ville's inequality, and the sum over all swaps).
 */
export function swapThreshold(shares: readonly number[], alpha: number): number {
  const alike = new Map<number, number>()
  for (const share of shares) alike.set(share, (alike.get(share) ?? 0) + 1)
  let logOrders = logGamma(shares.length + 1)
  for (const count of alike.values()) logOrders -= logGamma(count + 1)
  return Math.log(Math.max(1, Math.exp(logOrders) - 1)) - Math.log(alpha)
}

/** The largest share to the largest count, and so on: no order is likelier (the rearrangement inequality). */
function byRank(counts: readonly number[], shares: readonly number[]): number[] {
  const indexes = shares.map((_, index) => index)
  const byShare = indexes.toSorted((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0) || a - b)
  const rankOf = (index: number) => byShare.indexOf(index)
  const byCount = indexes.toSorted(
    (a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || rankOf(a) - rankOf(b),
  )
  return indexes.map((index) => byShare[byCount.indexOf(index)] ?? index)
}

/** Every order that exchanges two destinations of different shares: next to the best order one of them is the best. */
function transpositions(shares: readonly number[]): number[][] {
  const orders: number[][] = []
  for (let one = 0; one < shares.length; one += 1)
    for (let other = one + 1; other < shares.length; other += 1)
      if (shares[one] !== shares[other])
        orders.push(
          shares.map((_, index) => (index === one ? other : index === other ? one : index)),
        )
  return orders
}

function logOfBestShares(counts: readonly number[]): number {
  const all = counts.reduce((sum, count) => sum + count, 0)
  return counts.reduce((sum, count) => (count > 0 ? sum + count * Math.log(count / all) : sum), 0)
}

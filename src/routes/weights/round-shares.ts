/** Shares are quotients. A smaller difference comes from the division. */
const SAME = 1e-9

/**
 * Whole numbers in the proportions of `shares` with the sum `total`, by the largest remainder method: each is rounded
 * down, and the rest is given one by one to the largest remainders, the earlier first among equals.
 *
 * @param shares non-negative, not all 0
 */
export function roundShares(shares: readonly number[], total: number): number[] {
  const sum = shares.reduce((a, b) => a + b, 0)
  const exact = shares.map((share) => (share / sum) * total)
  const rounded = exact.map((value) => Math.floor(value + SAME))
  const left = total - rounded.reduce((a, b) => a + b, 0)
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - (rounded[index] ?? 0) }))
    .sort((a, b) =>
      Math.abs(b.remainder - a.remainder) < SAME ? a.index - b.index : b.remainder - a.remainder,
    )
  for (const { index } of byRemainder.slice(0, left)) rounded[index] = (rounded[index] ?? 0) + 1
  return rounded
}

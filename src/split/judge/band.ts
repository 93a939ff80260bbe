/** Shares come from percents by division, so 0.3 - 0.1 can miss 0.2 by a rounding error. What is nearer than this is equal. */
export const SAME_SHARE = 1e-9

/** The shares that count as on target for one destination: strictly between `low` and `high`. */
export type Band = { share: number; low: number; high: number }

/** The band of each destination: its target share plus and minus the tolerance, cut at 0 and 1. */
export function bandsOf(target: readonly number[], tolerance: readonly number[]): Band[] {
  return target.map((share, destination) => {
    const reach = tolerance[destination] ?? 0
    const low = share - reach
    const high = share + reach
    return {
      share,
      low: low < SAME_SHARE ? 0 : low,
      high: high > 1 - SAME_SHARE ? 1 : high,
    }
  })
}

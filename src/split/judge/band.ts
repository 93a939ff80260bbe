/**
 * Shares come out of percents by division, so 0.3 - 0.1 can miss 0.2 by a rounding error; what lies
 * nearer than this is meant to be equal.
 */
export const SAME_SHARE = 1e-9

/** The shares that count as on target for one destination: strictly between `low` and `high`. */
export type Band = { share: number; low: number; high: number }

/** The band of each destination: its target share, the tolerance to either side, cut at 0 and 1. */
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

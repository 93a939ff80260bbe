/** A share seen in a simulation, with the Wilson interval that holds the true one in 99% of simulations. */
export type Seen = { share: number; low: number; high: number }

const NORMAL_995 = 2.5758293035489004
const NORMAL_975 = 1.959963984540054

/** @param confidence .95 or .99, of a two-sided Wilson (1927) interval */
export function seen(hits: number, runs: number, confidence: 0.95 | 0.99 = 0.99): Seen {
  const z = confidence === 0.95 ? NORMAL_975 : NORMAL_995
  const share = hits / runs
  const centre = (hits + (z * z) / 2) / (runs + z * z)
  const reach = (z * Math.sqrt(runs * share * (1 - share) + (z * z) / 4)) / (runs + z * z)
  return { share, low: Math.max(0, centre - reach), high: Math.min(1, centre + reach) }
}

/** The value that this part of the values does not exceed; values in any order. */
export function quantileOf(values: readonly number[], part: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

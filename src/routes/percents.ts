/** Percents by destination name; they sum to 100. */
export type Percents = Readonly<Record<string, number>>

/** Shares (sum 1) as percents by destination, to four decimals: a weight can be one of 1,000,000. */
export function percentsOf(names: readonly string[], shares: readonly number[]): Percents {
  return Object.fromEntries(
    names.map((name, index) => [name, Math.round((shares[index] ?? 0) * 1e6) / 1e4]),
  )
}

/** `v1 80%, v2 20%`, to two decimals. */
export function percentsText(percents: Percents): string {
  return Object.entries(percents)
    .map(([name, percent]) => `${name} ${shortened(percent)}%`)
    .join(', ')
}

/** Only a destination that has nothing, or everything, is said to be at 0% or 100%. */
function shortened(percent: number): number {
  const rounded = Math.round(percent * 100) / 100
  return rounded === 0 || rounded === 100 ? percent : rounded
}

/** `v1 80%, v2 20%`, of shares. */
export function weightsText(names: readonly string[], shares: readonly number[]): string {
  return percentsText(percentsOf(names, shares))
}

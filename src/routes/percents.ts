/** Percents by destination name; they sum to 100. */
export type Percents = Readonly<Record<string, number>>

/** Shares (sum 1) as percents by destination, to two decimals. */
export function percentsOf(names: readonly string[], shares: readonly number[]): Percents {
  return Object.fromEntries(
    names.map((name, index) => [name, Math.round((shares[index] ?? 0) * 1e4) / 100]),
  )
}

/** `v1 80%, v2 20%`. */
export function percentsText(percents: Percents): string {
  return Object.entries(percents)
    .map(([name, percent]) => `${name} ${percent}%`)
    .join(', ')
}

/** `v1 80%, v2 20%`, of shares. */
export function weightsText(names: readonly string[], shares: readonly number[]): string {
  return percentsText(percentsOf(names, shares))
}

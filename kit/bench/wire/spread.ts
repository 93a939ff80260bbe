/** The middle of what was measured, and where its middle half lies. */
export type Spread = { median: number; lower: number; upper: number }

/** Median and quartiles, between neighbours in proportion: of 1, 2, 3, 4 they are 2.5, 1.75 and 3.25. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  return { median: at(sorted, 0.5), lower: at(sorted, 0.25), upper: at(sorted, 0.75) }
}

function at(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

/** The spread of ours to the yardstick, round by round: what both met in the same second cancels out. */
export function pairedRatio(ours: readonly number[], yardstick: readonly number[]): Spread {
  return spreadOf(ours.map((value, round) => value / (yardstick[round] ?? Number.NaN)))
}

/**
 * Weights of a rule's destinations, in its order: `parts` that add up to `of`. Exact, unlike shares, which add up to 1
 * and are for statistics. Only this file turns one into the other.
 */
export type Weights = { readonly parts: readonly number[]; readonly of: number }

/** What differs by less was equal before a division. */
const SAME = 1e-9

/** What weights that this tool writes may add up to. */
const SUMS = [100, 1_000, 10_000]

/**
 * Percents as weights. They are whole, with the smallest sum that holds every percent exactly. Percents with more than
 * two decimals, which no input has, stay as they are.
 */
export function weightsFrom(percents: readonly number[]): Weights {
  const of = sumFor(percents)
  if (of === undefined) return ofHundred(percents)
  return { parts: percents.map((percent) => Math.round((percent * of) / 100)), of }
}

/** The smallest sum at which every one of these percents is a whole weight. */
export function sumFor(percents: readonly number[]): number | undefined {
  return SUMS.find((sum) =>
    percents.every((percent) => {
      const part = (percent * sum) / 100
      return Math.abs(part - Math.round(part)) < SAME
    }),
  )
}

/** Percents as they are. */
export function ofHundred(percents: readonly number[]): Weights {
  return { parts: percents, of: 100 }
}

/** Shares as weights of 100, which are not whole where the shares are not. */
export function percentsFrom(shares: readonly number[]): Weights {
  return ofHundred(shares.map((share) => share * 100))
}

/** The shares that weights give. */
export function asShares({ parts, of }: Weights): number[] {
  return parts.map((part) => part / of)
}

/** The share of one destination in percent; 0 for one that is not there. */
export function percentAt({ parts, of }: Weights, index: number): number {
  return ((parts[index] ?? 0) * 100) / of
}

/** Whether shares are those of the weights. */
export function giveShares(weights: Weights, shares: readonly number[]): boolean {
  return (
    shares.length === weights.parts.length &&
    shares.every((share, index) => Math.abs(share * 100 - percentAt(weights, index)) < SAME)
  )
}

/**
 * Weights of a rule's destinations, in its order: `parts` that add up to `of`. Exact, unlike shares, which add up to 1
 * and are for statistics. Only this file turns one into the other.
 */
export type Weights = { readonly parts: readonly number[]; readonly of: number }

/** Percents as weights. */
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
  return of === 100 ? (parts[index] ?? 0) : ((parts[index] ?? 0) / of) * 100
}

/** What differs by less was equal before a division. */
const SAME = 1e-9

/** Whether shares are those of the weights. */
export function giveShares(weights: Weights, shares: readonly number[]): boolean {
  return (
    shares.length === weights.parts.length &&
    shares.every((share, index) => Math.abs(share * 100 - percentAt(weights, index)) < SAME)
  )
}

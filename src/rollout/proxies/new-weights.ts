import type { HeldRule } from '../../gateways/proxies/held-rule.ts'
import { sameShares } from '../../gateways/proxies/held-rule.ts'
import type { ProxySeen } from '../model/check.ts'

/** What a proxy has once it has taken over a write. */
export type NewWeights = {
  /** By destination, sum 1. */
  shares: readonly number[]
  /**
   * The response header of stamps and its value for each destination; without values, no destination has it any more.
   * Undefined where stamps do not matter.
   */
  stamps: { header: string; values: readonly string[] } | undefined
}

/** How far a proxy has come that has a rule like this. */
export function stateOf(held: HeldRule, wanted: NewWeights): ProxySeen['state'] {
  if (held.kind !== 'held') return held.kind
  return sameShares(held.shares, wanted.shares) && hasStamps(held, wanted) ? 'confirmed' : 'old'
}

/** A proxy leaves destinations without weight out, and sets no header by destination where only one is left. */
function hasStamps(held: Extract<HeldRule, { kind: 'held' }>, { stamps }: NewWeights): boolean {
  if (stamps === undefined) return true
  const weighted = held.shares.flatMap((share, index) => (share > 0 ? [index] : []))
  return weighted.every((index) => {
    const value = held.headers[index]?.[stamps.header]
    return value === stamps.values[index] || (value === undefined && weighted.length === 1)
  })
}

import type { Context } from '../model/context.ts'
import type { CheckProxies } from './check-proxies.ts'
import { followProxies } from './follow-proxies.ts'
import type { NewWeights } from './new-weights.ts'
import type { OpenedProxies } from './opened-proxies.ts'

/** Which weights the proxies of a run are followed to. */
export type WeightsToFollow = {
  wanted: NewWeights
  /** When they were written, or the check of them began without a write. */
  startMs: number
  isWritten: boolean
}

/** Follows the proxies of a run until all have certain weights; undefined where no proxy is read. */
export function followWeights(
  { options, nowMs }: Pick<Context, 'options' | 'nowMs'>,
  opened: OpenedProxies | undefined,
  weights: WeightsToFollow,
  signal: AbortSignal,
): CheckProxies | undefined {
  if (opened === undefined) return undefined
  const { propagationTimeoutMs, evidence } = options
  const countsUsers = evidence === 'counters'
  const { set, everHeld } = opened
  const order = { ...weights, set, everHeld, rules: opened, propagationTimeoutMs, countsUsers }
  return followProxies({ ...order, nowMs, signal })
}

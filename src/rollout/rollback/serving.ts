import type { Counted } from '../../workloads/ready-endpoints.ts'

/** Conditions and the API server's clock are in whole seconds. */
const CLOCK_MS = 1000

/** What samples of this run say of a destination. Times by the API server's clock. */
export type Evidence = {
  /** Its latest reply; undefined: none was seen. */
  answeredMs?: number
  /** The latest samples show that it answers nothing, though it has weight. */
  unanswered?: boolean
}

/**
 * Whether a destination serves connections. What samples have shown outranks what the API server
 * says of Pods, whose readiness is a guess from outside: they may be in another cluster, on virtual
 * machines, or reached though they are not ready. `unknown`: this cannot be determined from here.
 */
export function serving(
  counted: Counted['counted'] | undefined,
  { answeredMs }: Evidence,
): 'yes' | 'no' | 'unknown' {
  const cannotBeCounted = counted === undefined || 'severity' in counted || counted.pods === 0
  if (cannotBeCounted) return answeredMs === undefined ? 'unknown' : 'yes'
  if (counted.ready > 0) return 'yes'
  // A reply from before its Pods failed says nothing of now.
  const failedMs = counted.unreadySinceMs ?? Number.NEGATIVE_INFINITY
  return answeredMs !== undefined && answeredMs + CLOCK_MS >= failedMs ? 'yes' : 'no'
}

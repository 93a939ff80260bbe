import { listAt, numberAt } from '../objects/json.ts'
import type { KubeObject } from '../objects/kube-object.ts'

/** Faults of the controller of the Gateway API, in the status that it writes. The last one that was ordered counts. */
export type ControllerFault =
  /**
   * It writes that it does not accept the next generation of a route, or that a reference in it is wrong. What the gateway
   * does is not affected.
   */
  | {
      kind: 'rejects'
      condition: 'Accepted' | 'ResolvedRefs'
      reason: string
      message: string
      /** Name of the route; default: each route. */
      route?: string
      /** Whether it writes so of the present generation too; default false. */
      present?: boolean
    }
  /** It writes no status, so that new generations stay without one. */
  | { kind: 'never-observes' }
  /** It writes a status this many milliseconds after a change. */
  | { kind: 'observes-late'; byMs: number }

/** What a fault makes the controller write about a route; `keeps`: what is there. */
export function rejectionOf(
  faults: readonly ControllerFault[],
  route: KubeObject,
): Rejection | 'keeps' | undefined {
  const fault = faults.findLast((one) => one.kind === 'rejects')
  if (fault?.kind !== 'rejects') return undefined
  const { kind: _, route: name, present = false, ...rejection } = fault
  if (name !== undefined && name !== route.metadata.name) return undefined
  const conditions = listAt(route, 'status', 'parents', 0, 'conditions')
  const isObserved = conditions.some(
    (one) => numberAt(one, 'observedGeneration') === route.metadata.generation,
  )
  return isObserved && !present ? 'keeps' : rejection
}

/** A condition that is False, and why. */
export type Rejection = {
  condition: 'Accepted' | 'ResolvedRefs'
  reason: string
  message: string
}

/** How long the controller takes to write a status. */
export function observesAfterMs(
  faults: readonly ControllerFault[],
  usualMs: number,
): number | 'never' {
  const fault = faults.findLast((one) => one.kind !== 'rejects')
  if (fault === undefined) return usualMs
  return fault.kind === 'observes-late' ? fault.byMs : 'never'
}

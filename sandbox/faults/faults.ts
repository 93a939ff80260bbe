import type { ApiFault } from './api-fault.ts'
import type { DestinationFault } from './destination-fault.ts'
import type { GatewayFault } from './gateway-fault.ts'
import type { Order } from './orders.ts'

/**
 * Orders faults. Each order holds until it is cleared (or, with `await using`, until its scope ends), can be given at any
 * time, and is in force when its promise resolves; what writes objects (`not-ready`) reaches the gateway like any change.
 */
export type Faults = {
  gateway(fault: GatewayFault): Promise<Order>
  /** For all pods of a subset; on each connection, or only on `every` so many-th. */
  destination(subset: string, fault: DestinationFault, options?: { every?: number }): Promise<Order>
  api(fault: ApiFault): Promise<Order>
  /** Clears all. */
  clear(): Promise<void>
}

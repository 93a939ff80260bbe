import { orderFault, type Subset, type SubsetPlace } from '../echo/subset.ts'
import type { Gateway } from '../mesh/gateway.ts'
import type { ApiFault, ApiRule } from './api-fault.ts'
import type { DestinationFault } from './destination-fault.ts'
import type { GatewayFault } from './gateway-fault.ts'
import type { Order, Orders } from './orders.ts'

/**
 * Orders faults. A fault lasts until it is cleared or, with `await using`, until its scope ends. It can be ordered at
 * any time, and has taken effect when the promise resolves. A fault that writes objects (`not-ready`) reaches the
 * gateway like any change.
 */
export type Faults = {
  gateway(fault: GatewayFault): Promise<Order>
  /** For the Pods of a subset in every application, on each connection or HTTP request, or only on `every` n-th. */
  destination(subset: string, fault: DestinationFault, options?: { every?: number }): Promise<Order>
  api(fault: ApiFault): Promise<Order>
  /** Clears all. */
  clear(): Promise<void>
}

export function createFaults(parts: {
  gatewayOrders: Orders<GatewayFault>
  apiOrders: Orders<ApiRule>
  gateway: Gateway
  subsets: readonly Subset[]
  place: SubsetPlace
}): Faults {
  const { gatewayOrders, apiOrders, gateway, subsets, place } = parts
  return {
    gateway: (fault) =>
      gatewayOrders.order(fault, {
        began: gateway.listen,
        async ended() {
          gateway.rollout.catchUp()
          await gateway.listen()
        },
      }),
    async destination(name, fault, { every = 1 } = {}) {
      const found = subsets.filter((one) => one.name === name)
      if (found.length === 0) throw new Error(`the sandbox has no subset ${name}`)
      const orders: Order[] = []
      for (const subset of found) orders.push(await orderFault(subset, { fault, every }, place))
      const clear = async () => {
        for (const order of orders) await order.clear()
      }
      return { clear, [Symbol.asyncDispose]: clear }
    },
    api: (fault) => apiOrders.order({ fault, seen: 0, acted: 0 }),
    async clear() {
      for (const orders of [gatewayOrders, apiOrders, ...subsets.map((one) => one.orders)])
        await orders.clear()
    },
  }
}

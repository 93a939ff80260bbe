import { orderFault, type Subset, type SubsetPlace } from '../echo/subset.ts'
import type { Gateway } from '../mesh/gateway.ts'
import type { StatusWriter } from '../mesh/gateway-api/status-writer.ts'
import type { AdminFault } from './admin-fault.ts'
import type { ApiFault, ApiRule } from './api-fault.ts'
import type { ControllerFault } from './controller-fault.ts'
import type { Affected, DestinationFault } from './destination-fault.ts'
import type { GatewayFault } from './gateway-fault.ts'
import type { JobFault } from './job-fault.ts'
import type { Order, Orders } from './orders.ts'
import type { SidecarFault } from './sidecar-fault.ts'

/**
 * Orders faults. A fault lasts until it is cleared or, with `await using`, until its scope ends. It can be ordered at
 * any time, and has taken effect when the promise resolves. A fault that writes objects (`not-ready`) reaches the
 * gateway like any change.
 */
export type Faults = {
  gateway(fault: GatewayFault): Promise<Order>
  /** For the Pods of a subset in every application, on each connection or HTTP request, or only on the affected ones. */
  destination(subset: string, fault: DestinationFault, affected?: Affected): Promise<Order>
  api(fault: ApiFault): Promise<Order>
  /** Of the admin endpoints of the gateway's Pods. */
  admin(fault: AdminFault): Promise<Order>
  /** Of the sidecars of clients. */
  sidecar(fault: SidecarFault): Promise<Order>
  /** Of the controller of the Gateway API. */
  controller(fault: ControllerFault): Promise<Order>
  /** Of what runs the Pods of Jobs. */
  job(fault: JobFault): Promise<Order>
  /** Clears all. */
  clear(): Promise<void>
}

export function createFaults(parts: {
  gatewayOrders: Orders<GatewayFault>
  apiOrders: Orders<ApiRule>
  adminOrders: Orders<AdminFault>
  job: { orders: Orders<JobFault>; look: () => void }
  controller: { orders: Orders<ControllerFault>; status: StatusWriter }
  sidecar: { orders: Orders<SidecarFault>; catchUp: () => void }
  gateway: Gateway
  subsets: readonly Subset[]
  place: SubsetPlace
  random: () => number
}): Faults {
  const { gatewayOrders, apiOrders, adminOrders, job, controller, sidecar, gateway } = parts
  const { subsets, place, random } = parts
  return {
    gateway: (fault) =>
      gatewayOrders.order(fault, {
        began: gateway.listen,
        async ended() {
          gateway.rollout.catchUp()
          await gateway.listen()
        },
      }),
    async destination(name, fault, affected = {}) {
      const found = subsets.filter((one) => one.name === name)
      if (found.length === 0) throw new Error(`the sandbox has no subset ${name}`)
      const orders: Order[] = []
      const seed = Math.floor(random() * 2 ** 32)
      for (const subset of found)
        orders.push(await orderFault(subset, { fault, affected, seed }, place))
      const clear = async () => {
        for (const order of orders) await order.clear()
      }
      return { clear, [Symbol.asyncDispose]: clear }
    },
    admin: (fault) => adminOrders.order(fault),
    sidecar: (fault) => sidecar.orders.order(fault, { ended: async () => sidecar.catchUp() }),
    job: (fault) => job.orders.order(fault, { ended: async () => job.look() }),
    api: (fault) => apiOrders.order({ fault, seen: 0, acted: 0 }),
    controller: (fault) =>
      controller.orders.order(fault, {
        began: async () => {
          if (fault.kind === 'rejects') controller.status.catchUp()
        },
        ended: async () => controller.status.catchUp(),
      }),
    async clear() {
      for (const orders of [
        gatewayOrders,
        apiOrders,
        adminOrders,
        job.orders,
        controller.orders,
        sidecar.orders,
        ...subsets.map((one) => one.orders),
      ])
        await orders.clear()
    },
  }
}

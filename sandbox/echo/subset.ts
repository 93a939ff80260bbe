import type { KeyPair } from '../api/certificate.ts'
import { type OrderedDestinationFault, replyFaultOf } from '../faults/destination-fault.ts'
import { createOrders, type Order, type Orders } from '../faults/orders.ts'
import type { ServerAt } from '../mesh/accept.ts'
import { listAt, objectAt, textAt } from '../objects/json.ts'
import type { ObjectStore } from '../objects/object-store.ts'
import { wholeSeconds } from '../objects/whole-seconds.ts'
import { startEchoServer } from './echo-server.ts'
import type { VersionServer } from './version-server.ts'
import { startWebServer } from './web-server.ts'

/** One version of an application: its server, and its current faults. */
export type Subset = {
  application: 'tcp-echo' | 'web'
  name: string
  server: VersionServer
  orders: Orders<OrderedDestinationFault>
}

/** Starts a version of the application that answers lines. */
export async function startTcpSubset(name: string, prefix: string): Promise<Subset> {
  const { orders, faultOf } = newOrders()
  const server = await startEchoServer({ prefix, faultOf })
  return { application: 'tcp-echo', name, orders, server }
}

/** Starts a version of the application that speaks HTTP. */
export async function startWebSubset(name: string, certificate: KeyPair): Promise<Subset> {
  const { orders, faultOf } = newOrders()
  const server = await startWebServer({ version: name, faultOf, certificate })
  return { application: 'web', name, orders, server }
}

/** The servers of this process by their endpoints. */
export function serverIn(subsets: readonly Subset[]): ServerAt {
  return ({ address, port }) =>
    subsets.find(({ server }) => server.address === address && server.port === port)?.server.serve
}

function newOrders() {
  const orders = createOrders<OrderedDestinationFault>()
  return { orders, faultOf: (number: number) => replyFaultOf(orders.active(), number) }
}

/** The Pods and endpoints of a subset, and the clock of the cluster. */
export type SubsetPlace = { objects: ObjectStore; namespace: string; now: () => Date }

/** Starts a fault of a subset. */
export function orderFault(
  subset: Subset,
  ordered: OrderedDestinationFault,
  place: SubsetPlace,
): Promise<Order> {
  const { fault } = ordered
  const { orders, server } = subset
  if (fault.kind === 'dead')
    return orders.order(ordered, { began: () => server.die(), ended: () => server.revive() })
  if (fault.kind !== 'not-ready') return orders.order(ordered)
  const routed = fault.routed ?? false
  return orders.order(ordered, {
    began: async () => setReady(place, subset, false, routed),
    ended: async () => setReady(place, subset, true, routed),
  })
}

/** Writes what a kubelet and, without `podOnly`, the controller of the endpoints write. */
function setReady(
  { objects, namespace, now }: SubsetPlace,
  { application, name }: Subset,
  ready: boolean,
  podOnly: boolean,
): void {
  const status = ready ? 'True' : 'False'
  const condition = { type: 'Ready', status, lastTransitionTime: wholeSeconds(now()) }
  const pod = { group: '', resource: 'pods', namespace, name: `${application}-${name}-0` }
  if (objects.get(pod) !== undefined)
    objects.patch(pod, { status: { conditions: [condition] } }, 'kubelet')
  if (podOnly) return
  const group = 'discovery.k8s.io'
  for (const slice of objects.list({ group, resource: 'endpointslices', namespace })) {
    const endpoints = listAt(slice, 'endpoints').map((endpoint) =>
      textAt(endpoint, 'targetRef', 'name') === pod.name
        ? { ...objectAt(endpoint), conditions: { ready, serving: ready, terminating: false } }
        : endpoint,
    )
    const ref = { group, resource: 'endpointslices', namespace, name: slice.metadata.name }
    objects.patch(ref, { endpoints }, 'kube-controller-manager')
  }
}

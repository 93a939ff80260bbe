import type { Tunnels } from '../api/port-forward/tunnels.ts'
import type { Orders } from '../faults/orders.ts'
import { type SidecarFault, sidecarFaultsOf } from '../faults/sidecar-fault.ts'
import type { Connections } from '../mesh/accept.ts'
import type { Client } from '../mesh/destination-rules.ts'
import type { Pilot } from '../mesh/pilot.ts'
import { fqdnOf } from '../mesh/virtual-services.ts'
import { textAt } from '../objects/json.ts'
import { type KubeObject, namespaceOf, textsOf } from '../objects/kube-object.ts'
import type { ObjectStore } from '../objects/object-store.ts'
import type { Inside } from './members.ts'
import { type SidecarProcess, type SidecarWorld, startSidecarProcess } from './sidecar.ts'

/** The sidecar of a client's Pod. */
export type Sidecar = {
  namespace: string
  pod: string
  /**
   * Where a connection from a process of the Pod gets, which iptables would lead to the sidecar: the same port of this
   * machine for everything of one listener. Undefined: the sidecar has no listener for it.
   *
   * @param host a name or the address of a Service, or any other host of HTTP
   */
  outbound(host: string, port: number): Promise<Inside | undefined>
  /** What it has sent where. */
  connections: Connections
}

/** A Pod of a client. */
export type ClientPod = { namespace?: string; name: string; labels: Record<string, string> }

/** The sidecars of clients, one in each Pod. They may come and go at any time. */
export type Sidecars = {
  /** Creates a Pod with a sidecar, which has its configuration when this returns. */
  add(pod: ClientPod): Sidecar
  /** Starts the sidecar of a Pod whose object is there. It has its configuration when this returns. */
  start(pod: KubeObject): Sidecar
  /** Ends a sidecar with its connections and the tunnels into its Pod. The object of the Pod stays, unless `add` created it. */
  remove(sidecar: Sidecar): void
  find(namespace: string, pod: string): Sidecar | undefined
  /** Where a port of the Pod of a sidecar can be reached; undefined for a Pod without one. */
  insideOf(pod: KubeObject): ((port: number) => Promise<Inside | undefined>) | undefined
  /** Makes every sidecar that is behind apply its configuration now. */
  catchUp(): void
  idle(): Promise<void>
  stop(): void
}

type Parts = {
  world: SidecarWorld
  orders: Orders<SidecarFault>
  objects: ObjectStore
  pilot: Pilot
  tunnels: Tunnels
  rootNamespace: string
  /** As in every Pod: no certificate. */
  mounted: Client['mounted']
}

type Running = { sidecar: Sidecar; process: SidecarProcess; end: () => void; isOwn: boolean }

export function createSidecars(parts: Parts): Sidecars {
  const { world, orders, objects, pilot, tunnels, rootNamespace, mounted } = parts
  const running = new Map<string, Running>()
  let created = 0

  const start = (pod: KubeObject, isOwn: boolean): Sidecar => {
    const namespace = namespaceOf(pod)
    const { name } = pod.metadata
    const process = startSidecarProcess(name, world, () => sidecarFaultsOf(name, orders.active()))
    const client = { namespace, labels: textsOf(pod, 'labels'), rootNamespace, mounted }
    const end = pilot.serve({ client, push: process.rollout.push })
    const sidecar: Sidecar = {
      ...{ namespace, pod: name, connections: process.connections },
      outbound(host, port) {
        const address = addressOf(host, namespace, objects)
        return process.listener([...(address === undefined ? [] : [placeOf(address, port)]), port])
      },
    }
    running.set(keyOf(sidecar), { sidecar, process, end, isOwn })
    return sidecar
  }
  const remove = (sidecar: Sidecar) => {
    const found = running.get(keyOf(sidecar))
    if (found === undefined) return
    running.delete(keyOf(sidecar))
    found.end()
    found.process.stop()
    tunnels.break(keyOf(sidecar))
    const { namespace, pod: name } = sidecar
    if (found.isOwn) objects.delete({ group: '', resource: 'pods', namespace, name })
  }
  return {
    add({ namespace = 'demo', name, labels }) {
      created += 1
      const pod = podOf({ namespace, name, labels }, `10.244.2.${created}`)
      objects.create(pod, 'kubelet')
      return start(pod, true)
    },
    start: (pod) => start(pod, false),
    remove,
    find: (namespace, pod) => running.get(keyOf({ namespace, pod }))?.sidecar,
    insideOf(pod) {
      const found = running.get(keyOf({ namespace: namespaceOf(pod), pod: pod.metadata.name }))
      return found?.process.inside
    },
    catchUp() {
      for (const { process } of running.values()) process.rollout.catchUp()
    },
    async idle() {
      await Promise.all([...running.values()].map(({ process }) => process.rollout.idle()))
    },
    stop() {
      for (const { process } of running.values()) process.stop()
    },
  }
}

function keyOf({ namespace, pod }: Pick<Sidecar, 'namespace' | 'pod'>): string {
  return `${namespace}/${pod}`
}

function placeOf(address: string, port: number) {
  return `${address}_${port}` as const
}

/** The address of the Service with this name, as a Pod of a namespace resolves it. */
function addressOf(host: string, namespace: string, objects: ObjectStore): string | undefined {
  const wanted = host.toLowerCase()
  const found = objects.list({ group: '', resource: 'services' }).find((one) => {
    const own = namespaceOf(one)
    const { name } = one.metadata
    const names = [fqdnOf(name, one), `${name}.${own}.svc`, `${name}.${own}`]
    const isShort = own === namespace && name === wanted
    return isShort || names.includes(wanted) || textAt(one, 'spec', 'clusterIP') === wanted
  })
  return textAt(found ?? null, 'spec', 'clusterIP')
}

function podOf({ namespace, name, labels }: Required<ClientPod>, ip: string): KubeObject {
  const container = (one: string) => ({ name: one, image: `registry.example.com/${one}` })
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: { nodeName: 'node-0', containers: ['client', 'istio-proxy'].map(container) },
    status: {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  }
}

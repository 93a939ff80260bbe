import type { Tunnels } from '../api/port-forward/tunnels.ts'
import type { Gateway } from '../mesh/gateway.ts'
import { type Json, listAt, objectAt, textAt } from '../objects/json.ts'
import type { ObjectStore } from '../objects/object-store.ts'
import { wholeSeconds } from '../objects/whole-seconds.ts'
import type { Member } from './members.ts'

/** Namespace of the gateway's Pods and Service. */
export const GATEWAY_NAMESPACE = 'istio-system'

const SERVICE = 'istio-ingressgateway'
const SLICES = {
  group: 'discovery.k8s.io',
  resource: 'endpointslices',
  namespace: GATEWAY_NAMESPACE,
}

/** The gateway's Pods, each with a process of its own. They may come and go at any time. */
export type GatewayPods = {
  /** Their names, those that end included. */
  names(): readonly string[]
  /** Adds a Pod, which takes part at once. */
  add(): Promise<string>
  /** Begins to end a Pod: it keeps its connections and gets no new ones. */
  end(pod: string): void
  /** Removes a Pod with its connections, and the tunnels into it. */
  remove(pod: string): Promise<void>
  /** Restarts the process in a Pod: its connections end, and its counters begin again. */
  restart(pod: string): Promise<void>
}

type Parts = { gateway: Gateway; objects: ObjectStore; now: () => Date; tunnels: Tunnels }

export function createGatewayPods({ gateway, objects, now, tunnels }: Parts): GatewayPods {
  const { members, rollout } = gateway
  const found = (pod: string): Member => {
    const member = members.find(pod)
    if (member === undefined) throw new Error(`the gateway has no Pod ${pod}`)
    return member
  }
  return {
    names: () => members.list().map(({ pod }) => pod),
    async add() {
      const member = members.add()
      createPod(objects, member.pod)
      rollout.join(member.replica)
      await gateway.listen()
      return member.pod
    },
    end(pod) {
      found(pod).isEnding = true
      objects.patch(
        podRef(pod),
        { metadata: { deletionTimestamp: wholeSeconds(now()) } },
        'kubelet',
      )
      patchEndpoints(objects, (endpoint) =>
        textAt(endpoint, 'targetRef', 'name') === pod
          ? [
              {
                ...objectAt(endpoint),
                conditions: { ready: false, serving: true, terminating: true },
              },
            ]
          : [endpoint],
      )
    },
    async remove(pod) {
      members.remove(found(pod))
      tunnels.break(`${GATEWAY_NAMESPACE}/${pod}`)
      objects.delete(podRef(pod))
      patchEndpoints(objects, (endpoint) =>
        textAt(endpoint, 'targetRef', 'name') === pod ? [] : [endpoint],
      )
      await gateway.listen()
    },
    async restart(pod) {
      const member = found(pod)
      members.restart(member)
      rollout.join(member.replica)
      await gateway.listen()
    },
  }
}

/** Adds the objects of all of a gateway's Pods but the first, of which the objects are there. */
export function createOtherPods(objects: ObjectStore, { members }: Gateway): void {
  for (const { pod } of members.list().slice(1)) createPod(objects, pod)
}

/** A Pod as the first one, with an address of its own. */
function createPod(objects: ObjectStore, pod: string): void {
  const [template] = objects
    .list({ group: '', resource: 'pods', namespace: GATEWAY_NAMESPACE })
    .filter(({ metadata }) => metadata.name.startsWith(`${SERVICE}-`))
  if (template === undefined) return
  const { deletionTimestamp, ...metadata } = template.metadata
  const ip = addressOf(pod)
  const { podIP, podIPs, ...status } = objectAt(template, 'status')
  objects.create(
    {
      ...template,
      metadata: { ...metadata, name: pod },
      status: { ...status, podIP: ip, podIPs: [{ ip }] },
    },
    'kubelet',
  )
  const targetRef = { kind: 'Pod', name: pod, namespace: GATEWAY_NAMESPACE }
  const conditions = { ready: true, serving: true, terminating: false }
  const endpoint = { addresses: [ip], nodeName: 'node-0', conditions, targetRef }
  patchEndpoints(objects, undefined, endpoint)
}

/** Addresses of Pods are for use within a cluster: nothing listens there. */
function addressOf(pod: string): string {
  return `10.244.0.${10 + Number(pod.split('-').at(-1))}`
}

function podRef(name: string) {
  return { group: '', resource: 'pods', namespace: GATEWAY_NAMESPACE, name }
}

/** Writes what the controller of the endpoints writes. */
function patchEndpoints(
  objects: ObjectStore,
  change: (endpoint: Json) => Json[] = (endpoint) => [endpoint],
  ...added: Json[]
): void {
  for (const slice of objects.list(SLICES)) {
    if (textAt(slice, 'metadata', 'labels', 'kubernetes.io/service-name') !== SERVICE) continue
    const endpoints = [...listAt(slice, 'endpoints').flatMap(change), ...added]
    objects.patch(
      { ...SLICES, name: slice.metadata.name },
      { endpoints },
      'kube-controller-manager',
    )
  }
}

import { type JsonObject, textsAt } from '../../kube/json.ts'
import type { NamespacedName } from '../../kube/names.ts'
import { coreResource, type Read, readObject } from '../../kube/resources.ts'
import { MESH_GATEWAY, portsOf, type Rule } from '../../routes/rule.ts'
import { tcpPorts } from '../service-ports.ts'
import type { ProxyArrival } from './found-proxies.ts'
import { type FoundPart, unknownPart } from './merge-found.ts'
import type { ProxiesSearch } from './proxies-search.ts'
import { clientOf, hasSidecar, podNames, proxyPod, runningPods } from './proxy-pods.ts'
import { nameOf, readWaypoints } from './waypoints.ts'

/** What a rule of the mesh is for: the Services that clients call, and their names. */
type MeshTargets = { services: readonly NamespacedName[]; hosts: readonly string[] }

const WHERE = 'the mesh'

/** The Pods whose Envoys hold a rule of the mesh itself: the clients that client-pods names, and waypoints of the Services. */
export async function meshProxies(
  search: ProxiesSearch,
  { services, hosts }: MeshTargets,
  signal: AbortSignal,
): Promise<FoundPart> {
  const read = await Promise.all(
    services.map(async ({ namespace, name }) =>
      readObject(search.workloads, coreResource('services', namespace, name), signal),
    ),
  )
  const found = read.flatMap((one) => (one.kind === 'found' ? [one.value] : []))
  const ports = servicePorts(search.rule, found)
  const [clients, { waypoints, notes }] = await Promise.all([
    clientsOf(search, signal),
    readWaypoints(search.workloads, found, signal),
  ])
  const places = { hosts: namesOf(search.rule, hosts), ports, rule: search.rule }
  const unlisted = waypoints.find(({ pods }) => pods === undefined)
  if (unlisted !== undefined)
    return part({ unknown: `listing the Pods of waypoint ${nameOf(unlisted.name)} is not allowed` })
  if (clients.unknown !== undefined) return part({ unknown: clients.unknown })
  const pods = [
    ...clients.pods.map((pod) => proxyPod(pod, 'sidecar', sidecarArrivals(pod, places))),
    ...waypoints.flatMap(({ pods = [] }) =>
      pods.map((pod) => proxyPod(pod, 'waypoint', waypointArrivals(pod, places))),
    ),
  ]
  const [waypoint] = waypoints
  if (pods.length === 0)
    return part({
      unknown:
        waypoint === undefined
          ? 'the mesh has the rule, and client-pods does not say which Pods are its clients'
          : `no Pod of waypoint ${nameOf(waypoint.name)} runs`,
    })
  const how = [
    ...(clients.pods.length > 0 ? ['the Pods of client-pods'] : []),
    ...waypoints.map(({ name }) => `the Pods of waypoint ${nameOf(name)}`),
  ]
  return {
    ...{ where: WHERE, isOfMesh: true, pods, how: how.join(' and ') },
    notes: [...clients.notes, ...unreadNotes(read, services), ...notes],
  }
}

function part({ unknown }: { unknown: string }): FoundPart {
  return { ...unknownPart(WHERE, unknown), isOfMesh: true }
}

type Clients = { pods: JsonObject[]; notes: string[]; unknown?: string }

async function clientsOf(
  { workloads, clientPods }: ProxiesSearch,
  signal: AbortSignal,
): Promise<Clients> {
  if (clientPods === undefined) return { pods: [], notes: [] }
  const all = await runningPods(workloads, clientPods, signal)
  if (all === undefined)
    return {
      ...NO_CLIENTS,
      unknown: `listing the Pods of namespace ${clientPods.namespace} is not allowed`,
    }
  const pods = all.filter(hasSidecar)
  if (pods.length === 0)
    return { ...NO_CLIENTS, unknown: 'no Pod that client-pods selects runs with a sidecar' }
  const others = all.filter((pod) => !hasSidecar(pod))
  const notes =
    others.length === 0
      ? []
      : [`Pods that client-pods selects have no container istio-proxy: ${podNames(others)}.`]
  return { pods, notes }
}

const NO_CLIENTS: Clients = { pods: [], notes: [] }

type Places = { hosts: readonly string[]; ports: readonly number[]; rule: Rule }

/** Connections with TLS are known by the names in their ClientHello. */
function namesOf({ protocol, listeners }: Rule, hosts: readonly string[]): readonly string[] {
  const names = listeners.flatMap(({ gateway, match }) =>
    protocol === 'tls' && gateway === MESH_GATEWAY ? textsAt(match, 'sniHosts') : [],
  )
  return names.length > 0 ? names : hosts
}

/** The ports of the Services on which the rule takes traffic. */
function servicePorts(rule: Rule, services: readonly JsonObject[]): number[] {
  const ports = services.flatMap((service) => tcpPorts(service).map(({ port }) => port))
  const own = meshPorts(rule)
  return [...new Set(ports)].filter((port) => own.length === 0 || own.includes(port))
}

function meshPorts({ listeners }: Rule): number[] {
  return portsOf({ listeners: listeners.filter(({ gateway }) => gateway === MESH_GATEWAY) })
}

/** A sidecar listens on the port of the Service, unless a Sidecar object gives it another one: a single one is looked for on any. */
function sidecarArrivals(pod: JsonObject, { hosts, ports, rule }: Places): ProxyArrival[] {
  const [only, second] = ports
  if (only !== undefined && second !== undefined)
    return ports.map((port) => arrivalAt(pod, { hosts, port, listensAt: port }))
  const port = only ?? meshPorts(rule)[0] ?? rule.destinations[0]?.port ?? 80
  return [arrivalAt(pod, { hosts, port, listensAt: undefined })]
}

function waypointArrivals(pod: JsonObject, { hosts, ports }: Places): ProxyArrival[] {
  return ports.map((port) => arrivalAt(pod, { hosts, port, listensAt: port }))
}

function arrivalAt(
  pod: JsonObject,
  {
    hosts,
    port,
    listensAt,
  }: { hosts: readonly string[]; port: number; listensAt: number | undefined },
): ProxyArrival {
  const arrival = { gateway: MESH_GATEWAY, port, pods: clientOf(pod) }
  return { arrival, port: listensAt, hosts, tls: 'none' }
}

function unreadNotes(read: readonly Read<JsonObject>[], services: readonly NamespacedName[]) {
  return services.flatMap((service, index) =>
    read[index]?.kind === 'denied'
      ? [
          `Whether a waypoint serves ${nameOf(service)} is not known, because reading the Service is not allowed.`,
        ]
      : [],
  )
}

import { type Json, listAt, numberAt, objectAt, textAt, textsAt } from '../objects/json.ts'
import { type KubeObject, namespaceOf, textsOf } from '../objects/kube-object.ts'
import { hostsMatch } from './hosts-match.ts'

/** What istiod reads. */
export type MeshObjects = {
  virtualServices: readonly KubeObject[]
  gateways: readonly KubeObject[]
  destinationRules: readonly KubeObject[]
  services: readonly KubeObject[]
  pods: readonly KubeObject[]
  endpointSlices: readonly KubeObject[]
}

/** A destination of a listener's route. */
export type RouteDestination = {
  /** How the sandbox names it: the subset, or the host where there is none. */
  name: string
  /** Key of the cluster that serves it. */
  cluster: string
  weight: number
}

/** Where a pod listens. */
export type Endpoint = { address: string; port: number }

/** What a gateway is told: listeners by port, and the endpoints of the clusters that they name. */
export type MeshConfig = {
  listeners: ReadonlyMap<number, readonly RouteDestination[]>
  clusters: ReadonlyMap<string, readonly Endpoint[]>
}

export const NO_CONFIG: MeshConfig = { listeners: new Map(), clusters: new Map() }

/**
 * What istiod would tell a gateway with these labels. On a port, the first matching tcp entry of the oldest
 * VirtualService wins; a port that nothing is routed to gets no listener. A single destination needs no weight; among
 * several a missing one counts as 0, and where all are 0 istiod cannot build the listener: then undefined comes back for
 * the whole, and the gateway keeps what it had.
 */
export function meshConfigOf(
  objects: MeshObjects,
  gatewayLabels: Readonly<Record<string, string>>,
): MeshConfig | undefined {
  const listeners = new Map<number, readonly RouteDestination[]>()
  const clusters = new Map<string, readonly Endpoint[]>()
  const virtualServices = [...objects.virtualServices].sort(byAge)
  for (const gateway of [...objects.gateways].sort(byAge)) {
    const selector = Object.entries(objectAt(gateway, 'spec', 'selector'))
    if (!selector.every(([label, value]) => gatewayLabels[label] === value)) continue
    for (const server of listAt(gateway, 'spec', 'servers')) {
      const port = numberAt(server, 'port', 'number')
      if (textAt(server, 'port', 'protocol') !== 'TCP' || port === undefined) continue
      if (listeners.has(port)) continue
      const entry = entryFor(gateway, server, port, virtualServices)
      if (entry === undefined) continue
      const route = routeOf(entry.entry, entry.owner, objects, clusters, port)
      if (route === undefined) return undefined
      listeners.set(port, route)
    }
  }
  return { listeners, clusters }
}

/** istiod's order: creation, then name, then namespace. */
function byAge(one: KubeObject, other: KubeObject): number {
  const keyOf = (object: KubeObject) => [
    textAt(object, 'metadata', 'creationTimestamp') ?? '',
    object.metadata.name,
    namespaceOf(object),
  ]
  const [a, b] = [keyOf(one), keyOf(other)]
  for (const [index, part] of a.entries()) {
    const against = b[index] ?? ''
    if (part !== against) return part < against ? -1 : 1
  }
  return 0
}

function entryFor(
  gateway: KubeObject,
  server: Json,
  port: number,
  virtualServices: readonly KubeObject[],
): { entry: Json; owner: KubeObject } | undefined {
  const name = `${namespaceOf(gateway)}/${gateway.metadata.name}`
  for (const owner of virtualServices) {
    const bound = textsAt(owner, 'spec', 'gateways').map((one) => qualified(one, owner))
    if (!bound.includes(name) || !hostsMeet(server, gateway, owner)) continue
    const entry = listAt(owner, 'spec', 'tcp').find(
      (one) => listAt(one, 'route').length > 0 && matches(one, owner, name, port),
    )
    if (entry !== undefined) return { entry, owner }
  }
  return undefined
}

/** At a gateway only the port and the gateways of a match count. */
function matches(entry: Json, owner: KubeObject, gateway: string, port: number): boolean {
  const predicates = listAt(entry, 'match')
  if (predicates.length === 0) return true
  return predicates.some((predicate) => {
    const wanted = numberAt(predicate, 'port') ?? 0
    const gateways = textsAt(predicate, 'gateways').map((one) => qualified(one, owner))
    return (
      (wanted === 0 || wanted === port) && (gateways.length === 0 || gateways.includes(gateway))
    )
  })
}

function qualified(gateway: string, owner: KubeObject): string {
  return gateway.includes('/') ? gateway : `${namespaceOf(owner)}/${gateway}`
}

function hostsMeet(server: Json, gateway: KubeObject, owner: KubeObject): boolean {
  const hosts = textsAt(owner, 'spec', 'hosts')
  return textsAt(server, 'hosts').some((offered) => {
    const [namespace, host] = offered.includes('/') ? offered.split('/') : ['*', offered]
    const from = namespace === '.' ? namespaceOf(gateway) : namespace
    if (from !== '*' && from !== namespaceOf(owner)) return false
    return hosts.some((wanted) => hostsMatch(host ?? '', wanted))
  })
}

function routeOf(
  entry: Json,
  owner: KubeObject,
  objects: MeshObjects,
  clusters: Map<string, readonly Endpoint[]>,
  listenerPort: number,
): RouteDestination[] | undefined {
  const destinations = listAt(entry, 'route')
  const route = destinations.map((destination) => {
    const weight = numberAt(destination, 'weight') ?? 0
    const host = textAt(destination, 'destination', 'host') ?? ''
    const subset = textAt(destination, 'destination', 'subset') ?? ''
    const service = serviceOf(host, owner, objects.services)
    const ports = listAt(service, 'spec', 'ports')
    const only = ports.length === 1 ? numberAt(ports, 0, 'port') : undefined
    const port = numberAt(destination, 'destination', 'port', 'number') ?? only ?? listenerPort
    const cluster = `outbound|${port}|${subset}|${fqdnOf(host, owner)}`
    clusters.set(cluster, service === undefined ? [] : endpointsOf(service, port, subset, objects))
    return { name: subset === '' ? host : subset, cluster, weight }
  })
  if (route.length === 1) return route.map((one) => ({ ...one, weight: 1 }))
  const weighted = route.filter((one) => one.weight > 0)
  return weighted.length === 0 ? undefined : weighted
}

function fqdnOf(host: string, owner: KubeObject): string {
  return host.includes('.') ? host : `${host}.${namespaceOf(owner)}.svc.cluster.local`
}

function serviceOf(
  host: string,
  owner: KubeObject,
  services: readonly KubeObject[],
): KubeObject | undefined {
  const wanted = fqdnOf(host, owner)
  return services.find((service) => fqdnOf(service.metadata.name, service) === wanted)
}

/** The ready endpoints of a service's port, for a subset only those whose pods have its labels. */
function endpointsOf(
  service: KubeObject,
  port: number,
  subset: string,
  objects: MeshObjects,
): Endpoint[] {
  const labels = subset === '' ? {} : labelsOf(subset, service, objects.destinationRules)
  if (labels === undefined) return []
  const servicePort = listAt(service, 'spec', 'ports').find((one) => numberAt(one, 'port') === port)
  const portName = textAt(servicePort, 'name')
  const namespace = namespaceOf(service)
  const slices = objects.endpointSlices.filter(
    (slice) =>
      namespaceOf(slice) === namespace &&
      textsOf(slice, 'labels')['kubernetes.io/service-name'] === service.metadata.name,
  )
  return slices.flatMap((slice) => {
    const target = listAt(slice, 'ports').find((one) => textAt(one, 'name') === portName)
    const targetPort = numberAt(target, 'port')
    if (targetPort === undefined) return []
    return listAt(slice, 'endpoints')
      .filter(
        (endpoint) => isReady(endpoint) && hasLabels(endpoint, namespace, labels, objects.pods),
      )
      .flatMap((endpoint) => textsAt(endpoint, 'addresses'))
      .map((address) => ({ address, port: targetPort }))
  })
}

function isReady(endpoint: Json): boolean {
  return objectAt(endpoint, 'conditions').ready !== false
}

function hasLabels(
  endpoint: Json,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  pods: readonly KubeObject[],
): boolean {
  const wanted = Object.entries(labels)
  if (wanted.length === 0) return true
  const name = textAt(endpoint, 'targetRef', 'name')
  const pod = pods.find((one) => one.metadata.name === name && namespaceOf(one) === namespace)
  const held = pod === undefined ? {} : textsOf(pod, 'labels')
  return wanted.every(([label, value]) => held[label] === value)
}

/** The labels of a subset; undefined where no DestinationRule for the service knows it: then it has no cluster. */
function labelsOf(
  subset: string,
  service: KubeObject,
  rules: readonly KubeObject[],
): Record<string, string> | undefined {
  const host = fqdnOf(service.metadata.name, service)
  const rule = [...rules]
    .sort(byAge)
    .find((one) => fqdnOf(textAt(one, 'spec', 'host') ?? '', one) === host)
  const found = listAt(rule, 'spec', 'subsets').find((one) => textAt(one, 'name') === subset)
  if (found === undefined) return undefined
  const labels: Record<string, string> = {}
  for (const [label, value] of Object.entries(objectAt(found, 'labels')))
    if (typeof value === 'string') labels[label] = value
  return labels
}

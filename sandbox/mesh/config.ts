import { type Json, listAt, numberAt, objectAt, textAt, textsAt } from '../objects/json.ts'
import { type KubeObject, namespaceOf, textsOf } from '../objects/kube-object.ts'
import { byAge } from './by-age.ts'
import { type Client, subsetsFor } from './destination-rules.ts'
import { entryFor, fqdnOf, seenFrom, servesTcp } from './virtual-services.ts'

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
  /** Its name in the sandbox: the subset, or the host without one. */
  name: string
  /** Key of the cluster that serves it. */
  cluster: string
  weight: number
}

/** Where a pod listens. */
export type Endpoint = { address: string; port: number }

/** The configuration of a gateway: listeners by port, and the endpoints of the clusters that they name. */
export type MeshConfig = {
  listeners: ReadonlyMap<number, readonly RouteDestination[]>
  clusters: ReadonlyMap<string, readonly Endpoint[]>
}

export const NO_CONFIG: MeshConfig = { listeners: new Map(), clusters: new Map() }

/**
 * The configuration that istiod sends to a gateway in a namespace, with these labels. On a port, the first matching tcp
 * rule of the first VirtualService counts. A port without a rule gets no listener. A single destination needs no weight;
 * among several, a missing weight counts as 0. If all weights are 0, istiod cannot build the listener: then this returns
 * undefined, and the gateway keeps its configuration.
 */
export function meshConfigOf(objects: MeshObjects, client: Client): MeshConfig | undefined {
  const listeners = new Map<number, readonly RouteDestination[]>()
  const clusters = new Map<string, readonly Endpoint[]>()
  const virtualServices = seenFrom(client.namespace, objects.virtualServices)
  const taken = new Set<number>()
  for (const gateway of [...objects.gateways].sort(byAge)) {
    const selector = Object.entries(objectAt(gateway, 'spec', 'selector'))
    if (!selector.every(([label, value]) => client.labels[label] === value)) continue
    for (const server of listAt(gateway, 'spec', 'servers')) {
      const port = numberAt(server, 'port', 'number')
      // The first server of a port gets it, even without a rule.
      if (port === undefined || taken.has(port)) continue
      taken.add(port)
      const rule = servesTcp(server)
        ? entryFor({ gateway, server, port }, virtualServices)
        : undefined
      if (rule === undefined) continue
      const route = routeOf(rule, { objects, client, clusters, port })
      if (route === undefined) return undefined
      listeners.set(port, route)
    }
  }
  return { listeners, clusters }
}

type Sight = {
  objects: MeshObjects
  client: Client
  clusters: Map<string, readonly Endpoint[]>
  port: number
}

function routeOf(
  { rule, owner }: { rule: Json; owner: KubeObject },
  sight: Sight,
): RouteDestination[] | undefined {
  const destinations = listAt(rule, 'route')
  const route = destinations.map((destination) => {
    const weight = numberAt(destination, 'weight') ?? 0
    const host = textAt(destination, 'destination', 'host') ?? ''
    const subset = textAt(destination, 'destination', 'subset') ?? ''
    const service = serviceOf(host, owner, sight)
    const ports = listAt(service, 'spec', 'ports')
    const only = ports.length === 1 ? numberAt(ports, 0, 'port') : undefined
    const port = numberAt(destination, 'destination', 'port', 'number') ?? only ?? sight.port
    const cluster = `outbound|${port}|${subset}|${fqdnOf(host, owner)}`
    const endpoints = service === undefined ? [] : endpointsOf(service, port, subset, sight)
    sight.clusters.set(cluster, endpoints)
    return { name: subset === '' ? host : subset, cluster, weight }
  })
  if (route.length === 1) return route.map((one) => ({ ...one, weight: 1 }))
  const weighted = route.filter((one) => one.weight > 0)
  return weighted.length === 0 ? undefined : weighted
}

/** The Service of a host, if the gateway sees it. */
function serviceOf(
  host: string,
  owner: KubeObject,
  { objects, client }: Sight,
): KubeObject | undefined {
  const wanted = fqdnOf(host, owner)
  const service = objects.services.find((one) => fqdnOf(one.metadata.name, one) === wanted)
  if (service === undefined) return undefined
  const text = textsOf(service, 'annotations')['networking.istio.io/exportTo'] ?? ''
  const exportTo = text === '' ? ['*'] : text.split(',').map((one) => one.trim())
  const isSeen = exportTo.some(
    (to) =>
      to === '*' ||
      to === client.namespace ||
      (to === '.' && namespaceOf(service) === client.namespace),
  )
  return isSeen ? service : undefined
}

/** The ready endpoints of a Service's port. For a subset, only those whose Pods have its labels. */
function endpointsOf(
  service: KubeObject,
  port: number,
  subset: string,
  { objects, client }: Sight,
): Endpoint[] {
  const labels = subset === '' ? {} : labelsOf(subset, service, objects.destinationRules, client)
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

/** The labels of a subset; undefined if the subset does not exist for the gateway, which then has no cluster for it. */
function labelsOf(
  subset: string,
  service: KubeObject,
  rules: readonly KubeObject[],
  client: Client,
): Record<string, string> | undefined {
  const subsets = subsetsFor(service, rules, client)
  const found = subsets.find((one) => textAt(one, 'name') === subset)
  if (found === undefined) return undefined
  const labels: Record<string, string> = {}
  for (const [label, value] of Object.entries(objectAt(found, 'labels')))
    if (typeof value === 'string') labels[label] = value
  return labels
}

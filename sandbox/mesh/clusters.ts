import {
  type Json,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  textAt,
  textsAt,
} from '../objects/json.ts'
import { type KubeObject, namespaceOf, textsOf } from '../objects/kube-object.ts'
import type { MeshObjects } from './config.ts'
import { type Client, rulesFor } from './destination-rules.ts'
import { hasGatewaySemantics } from './gateway-api/objects.ts'
import { fqdnOf } from './virtual-services.ts'

/** Where a pod listens. */
export type Endpoint = { address: string; port: number }

/** The endpoints of a destination, those that are not ready, and whether they are spoken to in HTTP/2. */
export type Cluster = {
  endpoints: readonly Endpoint[]
  unready: readonly Endpoint[]
  http2: boolean
}

/** What the clusters of a gateway are made from, and those that its routes name. */
export type Sight = { objects: MeshObjects; client: Client; clusters: Map<string, Cluster> }

/** A destination of a rule. */
export type RouteDestination = {
  /** Its name in the sandbox: the subset, or the host without one. */
  name: string
  /** Key of the cluster that serves it. */
  cluster: string
  weight: number
  /** The consistent hash of its DestinationRule. */
  hash?: JsonObject
}

/**
 * A destination of a rule in the object `owner` on a port. Its cluster is added to those of the gateway, unless the
 * Service or the subset does not exist.
 */
export function destinationOf(
  item: Json,
  owner: KubeObject,
  listenerPort: number,
  sight: Sight,
): RouteDestination {
  const host = textAt(item, 'destination', 'host') ?? ''
  const subset = textAt(item, 'destination', 'subset') ?? ''
  const service = serviceOf(host, owner, sight)
  const ports = listAt(service, 'spec', 'ports')
  const only = ports.length === 1 ? numberAt(ports, 0, 'port') : undefined
  const port = numberAt(item, 'destination', 'port', 'number') ?? only ?? listenerPort
  const cluster = `outbound|${port}|${subset}|${fqdnOf(host, owner)}`
  const found = service === undefined ? undefined : clusterOf(service, port, subset, sight)
  if (found !== undefined) sight.clusters.set(cluster, found)
  return {
    // Hosts of routes of the Gateway API are whole, and made from the name of a Service.
    name: subset === '' ? (hasGatewaySemantics(owner) ? (host.split('.')[0] ?? '') : host) : subset,
    cluster,
    weight: numberAt(item, 'weight') ?? 0,
    ...hashOf(service, subset, sight),
  }
}

function hashOf(
  service: KubeObject | undefined,
  subset: string,
  { objects, client }: Sight,
): Pick<RouteDestination, 'hash'> {
  if (service === undefined) return {}
  const { subsets, trafficPolicy } = rulesFor(service, objects.destinationRules, client)
  const own = subsets.find((one) => textAt(one, 'name') === subset)
  const path = ['loadBalancer', 'consistentHash'] as const
  const ofSubset = objectAt(own ?? null, 'trafficPolicy', ...path)
  const hash = Object.keys(ofSubset).length > 0 ? ofSubset : objectAt(trafficPolicy, ...path)
  return Object.keys(hash).length === 0 ? {} : { hash }
}

/** Istiod cannot build a part of the configuration, so it sends none. */
export class Unbuildable extends Error {}

/**
 * The destinations that get something of a rule. A single one needs no weight; among several, a missing weight counts as
 * 0. Throws Unbuildable if all are 0.
 */
export function weighted<Destination extends RouteDestination>(
  route: readonly Destination[],
): Destination[] {
  if (route.length === 1) return route.map((one) => ({ ...one, weight: 1 }))
  const found = route.filter((one) => one.weight > 0)
  if (found.length === 0) throw new Unbuildable('all weights are 0')
  return found
}

/** The destinations of a tcp or tls rule. */
export function networkRouteOf(
  rule: Json,
  owner: KubeObject,
  listenerPort: number,
  sight: Sight,
): RouteDestination[] {
  return weighted(
    listAt(rule, 'route').map((item) => destinationOf(item, owner, listenerPort, sight)),
  )
}

/**
 * Adds the clusters of all Services that the gateway sees, each with those of its subsets: istiod sends them whether or not
 * a rule names them.
 */
export function addAllClusters(sight: Sight): void {
  for (const service of sight.objects.services.filter((one) => isSeen(one, sight))) {
    const { rules, client } = { rules: sight.objects.destinationRules, client: sight.client }
    const names = rulesFor(service, rules, client).subsets.map((one) => textAt(one, 'name') ?? '')
    const ports = listAt(service, 'spec', 'ports').map((one) => numberAt(one, 'port') ?? 0)
    for (const port of ports)
      for (const subset of ['', ...names]) {
        const name = `outbound|${port}|${subset}|${fqdnOf(service.metadata.name, service)}`
        if (sight.clusters.has(name)) continue
        const found = clusterOf(service, port, subset, sight)
        if (found !== undefined) sight.clusters.set(name, found)
      }
  }
}

/** The Service of a host, if the gateway sees it. */
function serviceOf(host: string, owner: KubeObject, sight: Sight): KubeObject | undefined {
  const wanted = fqdnOf(host, owner)
  const { services } = sight.objects
  const service = services.find((one) => fqdnOf(one.metadata.name, one) === wanted)
  return service === undefined || !isSeen(service, sight) ? undefined : service
}

/** Whether a Service is exported to the proxy. */
export function isSeen(service: KubeObject, { client }: Sight): boolean {
  const text = textsOf(service, 'annotations')['networking.istio.io/exportTo'] ?? ''
  const exportTo = text === '' ? ['*'] : text.split(',').map((one) => one.trim())
  return exportTo.some(
    (to) =>
      to === '*' ||
      to === client.namespace ||
      (to === '.' && namespaceOf(service) === client.namespace),
  )
}

/** The endpoints of a Service's port. For a subset, only those whose Pods have its labels. */
function clusterOf(
  service: KubeObject,
  port: number,
  subset: string,
  { objects, client }: Sight,
): Cluster | undefined {
  const labels = subset === '' ? {} : labelsOf(subset, service, objects.destinationRules, client)
  const servicePort = listAt(service, 'spec', 'ports').find((one) => numberAt(one, 'port') === port)
  if (labels === undefined || servicePort === undefined) return undefined
  const portName = textAt(servicePort, 'name')
  const namespace = namespaceOf(service)
  const slices = objects.endpointSlices.filter(
    (slice) =>
      namespaceOf(slice) === namespace &&
      textsOf(slice, 'labels')['kubernetes.io/service-name'] === service.metadata.name,
  )
  const listed = slices.flatMap((slice) => {
    const target = listAt(slice, 'ports').find((one) => textAt(one, 'name') === portName)
    const targetPort = numberAt(target, 'port')
    if (targetPort === undefined) return []
    return listAt(slice, 'endpoints')
      .filter((endpoint) => hasLabels(endpoint, namespace, labels, objects.pods))
      .flatMap((endpoint) =>
        textsAt(endpoint, 'addresses').map((address) => ({
          endpoint: { address, port: targetPort },
          ready: isReady(endpoint),
        })),
      )
  })
  const endpoints = listed.filter(({ ready }) => ready).map(({ endpoint }) => endpoint)
  const unready = listed.filter(({ ready }) => !ready).map(({ endpoint }) => endpoint)
  return { endpoints, unready, http2: isHttp2(servicePort) }
}

/** Whether a Service's port declares HTTP/2 or gRPC, by its protocol or the beginning of its name. */
function isHttp2(port: Json): boolean {
  const declared = textAt(port, 'appProtocol') ?? textAt(port, 'name') ?? ''
  return /^(?:http2|grpc|grpc-web)(?:-|$)|^kubernetes\.io\/h2c$/i.test(declared)
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
  const { subsets } = rulesFor(service, rules, client)
  const found = subsets.find((one) => textAt(one, 'name') === subset)
  if (found === undefined) return undefined
  const labels: Record<string, string> = {}
  for (const [label, value] of Object.entries(objectAt(found, 'labels')))
    if (typeof value === 'string') labels[label] = value
  return labels
}

import type { KubeObject } from '../objects/kube-object.ts'
import {
  addAllClusters,
  type Cluster,
  networkRouteOf,
  type RouteDestination,
  type Sight,
  Unbuildable,
} from './clusters.ts'
import { withDelegates } from './delegates.ts'
import type { Client } from './destination-rules.ts'
import { routeConfigOf } from './http/route-config.ts'
import type { VirtualHost } from './http/routes.ts'
import { isPlainHttp, needsTls } from './protocols.ts'
import { type BoundServer, mergedServers } from './servers.ts'
import { type TlsChain, tlsListenerOf } from './tls/chains.ts'
import type { Credential } from './tls/credentials.ts'
import { seenFrom, tcpRuleFor } from './virtual-services.ts'

/** What istiod reads. */
export type MeshObjects = {
  virtualServices: readonly KubeObject[]
  gateways: readonly KubeObject[]
  destinationRules: readonly KubeObject[]
  services: readonly KubeObject[]
  pods: readonly KubeObject[]
  endpointSlices: readonly KubeObject[]
  secrets: readonly KubeObject[]
  sidecars: readonly KubeObject[]
}

/** What happens to the bytes of a connection: it is forwarded, or its requests are, by the routes of this name. */
export type Filter =
  | { kind: 'tcp'; route: readonly RouteDestination[] }
  | { kind: 'http'; routes: string }

/** How a port accepts connections. */
export type Listener = PlainListener | { kind: 'tls'; chains: readonly TlsChain[] }
export type PlainListener = { kind: 'plain'; filter: Filter }

/** Where a listener is: at a port of all addresses, or at one of a single address, such as `10.96.0.10_9000`. */
export type ListenerPlace = number | `${string}_${number}`

/**
 * The configuration of a gateway or of a sidecar: listeners by port, the routes of HTTP listeners by the name in them, the clusters that
 * both name, and the certificates of TLS listeners. These are what istiod sends as LDS, RDS, CDS with EDS, and SDS.
 */
export type MeshConfig = {
  listeners: ReadonlyMap<ListenerPlace, Listener>
  routes: ReadonlyMap<string, readonly VirtualHost[]>
  clusters: ReadonlyMap<string, Cluster>
  credentials: ReadonlyMap<string, Credential>
}

export const NO_CONFIG: MeshConfig = {
  listeners: new Map(),
  routes: new Map(),
  clusters: new Map(),
  credentials: new Map(),
}

/**
 * The configuration that istiod sends to a gateway in a namespace, with these labels. A port for tcp or tls rules without
 * a rule gets no listener; one for HTTP gets one that answers 404. If all weights of a rule are 0, the configuration
 * cannot be built: then this returns undefined, and the gateway keeps the one that it has.
 */
export function gatewayConfigOf(objects: MeshObjects, client: Client): MeshConfig | undefined {
  return unlessUnbuildable(() => build(objects, client))
}

/** Undefined if a rule makes the configuration impossible. */
export function unlessUnbuildable(build: () => MeshConfig): MeshConfig | undefined {
  try {
    return build()
  } catch (error) {
    if (error instanceof Unbuildable) return undefined
    throw error
  }
}

function build(objects: MeshObjects, client: Client): MeshConfig {
  const sight: Sight = { objects, client, clusters: new Map() }
  const listeners = new Map<ListenerPlace, Listener>()
  const routes = new Map<string, readonly VirtualHost[]>()
  const credentials = new Map<string, Credential>()
  const virtualServices = seenFrom(client.namespace, withDelegates(objects.virtualServices))
  for (const [port, servers] of mergedServers(objects, client)) {
    const [first] = servers
    if (first === undefined) continue
    if (needsTls(first.server)) {
      const built = tlsListenerOf(servers, { virtualServices, sight })
      if (built === undefined || built.chains.length === 0) continue
      listeners.set(port, { kind: 'tls', chains: built.chains })
      for (const [name, hosts] of built.routes) routes.set(name, hosts)
      for (const [name, credential] of built.credentials) credentials.set(name, credential)
      continue
    }
    const filter = plainFilter(first, port, virtualServices, sight)
    if (filter === undefined) continue
    listeners.set(port, { kind: 'plain', filter })
    if (filter.kind === 'http')
      routes.set(filter.routes, routeConfigOf(servers, virtualServices, sight))
  }
  addAllClusters(sight)
  return { listeners, routes, clusters: sight.clusters, credentials }
}

function plainFilter(
  bound: BoundServer,
  port: number,
  virtualServices: readonly KubeObject[],
  sight: Sight,
): Filter | undefined {
  if (isPlainHttp(bound.server)) return { kind: 'http', routes: `http.${port}` }
  const found = tcpRuleFor(bound, virtualServices)
  if (found === undefined) return undefined
  return { kind: 'tcp', route: networkRouteOf(found.rule, found.owner, bound.port, sight) }
}

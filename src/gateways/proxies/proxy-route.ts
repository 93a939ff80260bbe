import {
  at,
  isObject,
  type Json,
  type JsonObject,
  numberAt,
  objectsAt,
  textAt,
  textsAt,
} from '../../kube/json.ts'
import { clusterNamed } from './cluster-name.ts'

/** One split that a proxy makes: an HTTP route, or a filter chain of a listener. */
export type ProxyRoute = {
  protocol: 'http' | 'tcp'
  /** The ports of the listeners that lead to it. */
  ports: readonly number[]
  /** The domains of its virtual host, or the server names (SNI) of its filter chain. With `*`, or without any, it is for all of them. */
  hosts: readonly string[]
  /** Its place among the routes of its virtual host, which are matched in order. */
  place: number
  /** Envoy's RouteMatch, or FilterChainMatch. */
  match: JsonObject
  clusters: readonly ProxyCluster[]
  /** Clusters that get a copy of its requests. */
  mirrors: readonly string[]
  /** The object that it is from, as Istio names it: `virtual-service demo/web`; undefined where it does not. */
  source: string | undefined
  /** Why its draws may depend on each other: a hash policy, or stateful sessions; undefined where they do not. */
  dependent: string | undefined
  /** Whether the proxy may send one request to several hosts. */
  retries: boolean
  /** When the proxy took over the version of what the split is in, by its own clock; undefined where it does not say. */
  updated: string | undefined
  /** Whether an HTTP route is within a listener: connections keep the routes with which they were accepted. */
  isInListener?: boolean
  /** Envoy's words on a newer version of its listener, which it rejects. Of a table of routes it says nothing. */
  rejects?: string
}

export type ProxyCluster = {
  name: string
  /** 1 where it is the only one. */
  weight: number
  /** The response headers that the proxy sets for it, by lower-case name. */
  headers: Readonly<Record<string, string>>
}

const HTTP = 'envoy.filters.network.http_connection_manager'
const TCP = 'envoy.filters.network.tcp_proxy'

/**
 * The splits of a proxy as it applies them, from its configuration dump: routes and listeners that are only warming are not
 * applied yet. Source: envoy, api/envoy/admin/v3/config_dump_shared.proto.
 *
 * @param listeners the answer to /config_dump?resource=dynamic_listeners
 * @param routes the answer to /config_dump?resource=dynamic_route_configs
 */
export function proxyRoutes(listeners: Json, routes: Json): ProxyRoute[] {
  const tables = new Map(objectsAt(routes, 'configs').flatMap(tableOf))
  const filters = objectsAt(listeners, 'configs').flatMap(filtersOf)
  for (const { config, port } of filters.filter(({ name }) => name === HTTP))
    tables.get(textAt(config, 'rds', 'route_config_name') ?? '')?.ports.push(port)
  return [
    ...filters.filter(({ name }) => name === TCP).map(tcpRoute),
    ...filters.flatMap(inlineTable).flatMap(httpRoutes),
    ...[...tables.values()].flatMap(httpRoutes),
  ]
}

type RouteTable = {
  config: JsonObject
  ports: number[]
  /** The only Service that the table is for, as in a waypoint. */
  host?: string | undefined
  updated: string | undefined
  isInListener?: boolean
}

function tableOf(dumped: JsonObject): [string, RouteTable][] {
  const config = at(dumped, 'route_config')
  const name = textAt(config, 'name')
  if (!isObject(config) || name === undefined) return []
  const [, host] = OF_SERVICE.exec(name) ?? []
  return [[name, { config, ports: [], host, updated: textAt(dumped, 'last_updated') }]]
}

/** The name of a table for a port of one Service without a declared protocol. Source: istio, buildSidecarOutboundHTTPListenerOpts. */
const OF_SERVICE = /^([^:/]+\.[^:/]+):\d+$/

/** Routes that a listener has within itself. */
function inlineTable({ name, config, port, host, updated }: Filter): RouteTable[] {
  const inline = at(config, 'route_config')
  return name === HTTP && isObject(inline)
    ? [{ config: inline, ports: [port], host, updated, isInListener: true }]
    : []
}

/** A network filter of a filter chain of a listener. */
type Filter = {
  name: string
  config: Json | undefined
  chain: JsonObject
  port: number
  host?: string | undefined
  updated: string | undefined
  rejects?: string
}

function filtersOf(dumped: JsonObject): Filter[] {
  const active = at(dumped, 'active_state')
  const listener = at(active, 'listener')
  const updated = textAt(active, 'last_updated')
  const words = textAt(dumped, 'error_state', 'details')
  const rejects = words === undefined ? {} : { rejects: words }
  return chainsOf(listener).flatMap((chain) => {
    const place = placeOf(listener, chain)
    if (place === undefined) return []
    return objectsAt(chain, 'filters').map((filter) => ({
      name: textAt(filter, 'name') ?? '',
      config: at(filter, 'typed_config'),
      ...{ chain, updated, ...place, ...rejects },
    }))
  })
}

/**
 * The port of a filter chain. A waypoint has one internal listener for all its Services, whose chains are named by port and
 * Service: `inbound-vip|80|http|HOST`. Source: istio, buildWaypointInternal.
 */
function placeOf(listener: Json | undefined, chain: JsonObject) {
  const port = numberAt(listener, 'address', 'socket_address', 'port_value')
  if (port !== undefined) return { port }
  const service = clusterNamed(textAt(chain, 'name') ?? '')
  return service && { port: service.port, host: service.host }
}

function chainsOf(listener: Json | undefined): JsonObject[] {
  const fallback = at(listener, 'default_filter_chain')
  return [...objectsAt(listener, 'filter_chains'), ...(isObject(fallback) ? [fallback] : [])]
}

function tcpRoute({ chain, config, port, updated, rejects }: Filter): ProxyRoute {
  const match = at(chain, 'filter_chain_match')
  return {
    protocol: 'tcp',
    ports: [port],
    hosts: textsAt(match, 'server_names'),
    place: 0,
    match: isObject(match) ? match : {},
    clusters: clustersOf(config),
    mirrors: [],
    source: sourceOf(chain),
    dependent: objectsAt(config, 'hash_policy').length > 0 ? 'a hash policy' : undefined,
    retries: false,
    updated,
    ...(rejects === undefined ? {} : { rejects }),
  }
}

function httpRoutes({ config, ports, host: service, updated, ...where }: RouteTable): ProxyRoute[] {
  return objectsAt(config, 'virtual_hosts').flatMap((host) =>
    objectsAt(host, 'routes').map((route, place) => ({
      protocol: 'http' as const,
      ports: [...new Set(ports)],
      hosts: hostsOf(host, service),
      place,
      match: objectAt(route, 'match'),
      clusters: clustersOf(at(route, 'route')),
      mirrors: objectsAt(route, 'route', 'request_mirror_policies').flatMap(
        (mirror) => textAt(mirror, 'cluster') ?? [],
      ),
      source: sourceOf(route),
      dependent: dependentOf(route),
      retries: at(route, 'route', 'retry_policy') !== undefined,
      updated,
      ...where,
    })),
  )
}

/** The domains of a virtual host. Where a table is for one Service, `*` stands for that. */
function hostsOf(virtualHost: JsonObject, service: string | undefined): string[] {
  const domains = textsAt(virtualHost, 'domains')
  return service !== undefined && domains.every((one) => one === '*') ? [service] : domains
}

/** Source: istio, util.BuildConfigInfoMetadata. */
function sourceOf(configured: JsonObject): string | undefined {
  const config = textAt(configured, 'metadata', 'filter_metadata', 'istio', 'config')
  const [, namespace, kind, name] =
    /\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(config ?? '') ?? []
  return name === undefined ? undefined : `${kind} ${namespace}/${name}`
}

function dependentOf(route: JsonObject): string | undefined {
  if (objectsAt(route, 'route', 'hash_policy').length > 0) return 'a hash policy'
  const filters = Object.keys(objectAt(route, 'typed_per_filter_config'))
  return filters.some((name) => name.includes('stateful_session')) ? 'stateful sessions' : undefined
}

/** Of a route's action, or of a TCP proxy; none where it has no cluster, as a redirect. */
function clustersOf(action: Json | undefined): ProxyCluster[] {
  const only = textAt(action, 'cluster')
  if (only !== undefined) return [{ name: only, weight: 1, headers: {} }]
  return objectsAt(action, 'weighted_clusters', 'clusters').map((one) => ({
    name: textAt(one, 'name') ?? '',
    weight: numberAt(one, 'weight') ?? 0,
    headers: headersOf(one),
  }))
}

function headersOf(cluster: JsonObject): Record<string, string> {
  return Object.fromEntries(
    objectsAt(cluster, 'response_headers_to_add').map(({ header }) => [
      (textAt(header, 'key') ?? '').toLowerCase(),
      textAt(header, 'value') ?? '',
    ]),
  )
}

function objectAt(value: Json, field: string): JsonObject {
  const found = at(value, field)
  return isObject(found) ? found : {}
}

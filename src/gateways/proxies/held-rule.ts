import { sameJson } from '../../kube/json.ts'
import type { ProbeRequest } from '../../routes/probe-request.ts'
import { MESH_GATEWAY } from '../../routes/rule.ts'
import { clusterNamed } from './cluster-name.ts'
import type { ProxyRoute } from './proxy-route.ts'
import { routeHit } from './route-hit.ts'

/** A destination as proxies name it. */
export type MeshDestination = {
  /** The fully qualified name of the Service. */
  host: string
  /** Empty for a whole Service. */
  subset: string
  /** Undefined: any port of the Service. */
  port: number | undefined
}

/** A rule, and how to find it in a proxy: by a request that hits it, on a port of the proxy's Pod. */
export type RuleInProxy = {
  destinations: readonly MeshDestination[]
  /** Those of its object. Connections without TLS have none. */
  hosts: readonly string[]
  /** undefined: no other rule of its object has only such destinations, so that these tell. */
  request: ProbeRequest | undefined
  /** Whether the proxy is one of the mesh, and no gateway. */
  isOfMesh?: boolean
  /** Undefined: any port of the proxy. */
  port: number | undefined
  /** Further ports of the Pod on which traffic reaches the rule; undefined: of HTTP, any port for its hosts. */
  otherPorts?: readonly number[]
}

/** What a proxy has of a rule. */
export type HeldRule =
  /** It has no split of these destinations where the request arrives. */
  | { kind: 'absent' }
  /** Its splits of the rule are not all the same: a part of it is newer. */
  | { kind: 'mixed'; shares: readonly (readonly number[])[] }
  | {
      kind: 'held'
      /** By destination, sum 1. */
      shares: readonly number[]
      /** By destination, the response headers that it sets. */
      headers: readonly Readonly<Record<string, string>>[]
      /** When the proxy took it over, by its own clock. */
      updated: string | undefined
      /** Why its draws may depend on each other. */
      dependent: string | undefined
      retries: boolean
      /** Whether connections keep the weights with which they were accepted, and requests on them follow these. */
      isKeptByConnections?: true
      /** Envoy's words on newer weights that it rejects. */
      rejects?: string
    }

/**
 * Finds a rule among the splits of a proxy. One rule is several of them (by matches, hosts and ports), and HTTPRoutes on one
 * host are merged, so neither names nor metadata tell: it is the split that the request gets, with all for hosts of the
 * object (of connections: on the same port) that have the same match and only destinations of the rule.
 */
export function heldRule(routes: readonly ProxyRoute[], rule: RuleInProxy): HeldRule {
  const same = splitsOf(routes, rule)
  const [hit] = same
  if (hit === undefined) return { kind: 'absent' }
  const shares = same.map((one) => sharesOf(one, rule.destinations))
  const headers = same.map((one) =>
    rule.destinations.map((destination) => headersOf(one, destination)),
  )
  const [first = []] = shares
  const [firstHeaders = []] = headers
  const isMixed =
    shares.some((one) => !sameShares(one, first)) ||
    headers.some((one) => !sameJson(one, firstHeaders))
  if (isMixed) return { kind: 'mixed', shares }
  return {
    kind: 'held',
    shares: first,
    headers: firstHeaders,
    updated: hit.updated,
    dependent: same.find(({ dependent }) => dependent !== undefined)?.dependent,
    retries: same.some(({ retries }) => retries),
    ...(same.some(({ isInListener }) => isInListener) ? { isKeptByConnections: true } : {}),
    ...(hit.rejects === undefined ? {} : { rejects: hit.rejects }),
  }
}

/** The splits that are of one match of a rule; first the one that its traffic gets. */
export function splitsOf(routes: readonly ProxyRoute[], rule: RuleInProxy): ProxyRoute[] {
  const hits = hitsOf(routes, rule).filter((one) => isOf(one, rule.destinations))
  const [hit] = hits
  if (hit === undefined) return []
  const parts = routes.filter((one) => isPartOf(one, hit, rule) && !isUnreached(one, routes))
  return [...new Set([...hits, ...parts])]
}

/** Whether an earlier split of the same virtual host has the same match: where objects are merged, the older one has it. */
function isUnreached(one: ProxyRoute, routes: readonly ProxyRoute[]): boolean {
  return (
    one.protocol === 'http' &&
    routes.some(
      (other) =>
        other.place < one.place &&
        other.protocol === 'http' &&
        sameJson([...other.ports], [...one.ports]) &&
        sameJson([...other.hosts], [...one.hosts]) &&
        sameJson(other.match, one.match),
    )
  )
}

/** The splits that traffic of a rule gets: one on a port that is known. */
function hitsOf(routes: readonly ProxyRoute[], rule: RuleInProxy): ProxyRoute[] {
  const { request, port } = rule
  if (request === undefined)
    return routes.filter((one) => isOnPorts(one, rule) && isForHosts(one, rule))
  // A sidecar has a listener for each Service, so several of them have one port.
  const own =
    request.protocol !== 'http' && request.gateway === MESH_GATEWAY
      ? routes.filter((one) => isOf(one, rule.destinations))
      : routes
  const ports = port === undefined ? new Set(routes.flatMap((one) => one.ports)) : [port]
  return [...ports].flatMap((one) => routeHit(own, request, one) ?? [])
}

/** Whether a split is of the same match of the rule, on another port or for another host. */
function isPartOf(one: ProxyRoute, hit: ProxyRoute, rule: RuleInProxy): boolean {
  return (
    one.protocol === hit.protocol &&
    isOnPorts(one, rule) &&
    (one.protocol === 'tcp' || isForHosts(one, rule)) &&
    sameJson(one.match, hit.match) &&
    isOf(one, rule.destinations)
  )
}

/** HTTP routes are in one table for each port, and only ports of the rule count where all of these are known. */
function isOnPorts({ ports, protocol }: ProxyRoute, { port, otherPorts }: RuleInProxy): boolean {
  if (port === undefined || (protocol === 'http' && otherPorts === undefined)) return true
  return [port, ...(otherPorts ?? [])].some((one) => ports.includes(one))
}

export function isForHosts({ hosts }: ProxyRoute, rule: RuleInProxy): boolean {
  return hosts.length === 0 || hosts.some((host) => rule.hosts.includes(host))
}

/** Whether two splits are the same: proportions of integers, which floating point keeps apart. */
export function sameShares(a: readonly number[], b: readonly number[]): boolean {
  return (
    a.length === b.length && a.every((share, index) => Math.abs(share - (b[index] ?? 0)) < 1e-9)
  )
}

/** Whether all that a split has are destinations of the rule. */
export function isOf({ clusters }: ProxyRoute, destinations: readonly MeshDestination[]): boolean {
  return (
    clusters.length > 0 &&
    clusters.every(({ name }) => destinations.some((one) => isClusterOf(name, one)))
  )
}

/** Which destination a cluster of a proxy is of, by index; undefined: none of these. */
export function destinationOf(
  cluster: string,
  destinations: readonly MeshDestination[],
): number | undefined {
  const index = destinations.findIndex((one) => isClusterOf(cluster, one))
  return index < 0 ? undefined : index
}

function isClusterOf(name: string, { host, subset, port }: MeshDestination): boolean {
  const named = clusterNamed(name)
  return (
    named !== undefined &&
    isSameHost(named.host, host) &&
    named.subset === subset &&
    (port === undefined || named.port === port)
  )
}

/** A mesh can have another domain than cluster.local. Services of all clusters are in clusterset.local. */
function isSameHost(named: string, host: string): boolean {
  if (named === host) return true
  const [own, other] = [named, host].map((one) => /^([^.]+\.[^.]+)\.svc\.(.+)$/.exec(one))
  return (
    own?.[1] !== undefined &&
    own[1] === other?.[1] &&
    ![own[2], other[2]].includes('clusterset.local')
  )
}

/** A destination without weight is left out of the split of a proxy. */
export function sharesOf(
  { clusters }: ProxyRoute,
  destinations: readonly MeshDestination[],
): number[] {
  const weights = destinations.map((destination) =>
    clusters
      .filter(({ name }) => isClusterOf(name, destination))
      .reduce((sum, { weight }) => sum + weight, 0),
  )
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => (sum === 0 ? 0 : weight / sum))
}

function headersOf({ clusters }: ProxyRoute, destination: MeshDestination) {
  return clusters.find(({ name }) => isClusterOf(name, destination))?.headers ?? {}
}

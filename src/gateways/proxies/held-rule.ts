import { sameJson } from '../../kube/json.ts'
import type { ProbeRequest } from '../../routes/probe-request.ts'
import { clusterNamed } from './cluster-name.ts'
import type { ProxyRoute } from './proxy-route.ts'
import { routeHit } from './route-hit.ts'

/** A destination as proxies name it. */
export type MeshDestination = {
  /** The fully qualified name of the Service. */
  host: string
  /** Empty for a whole Service. */
  subset: string
  /** undefined: any port of the Service. */
  port: number | undefined
}

/** A rule, and how to find it in a proxy: by a request that hits it, on a port of the proxy's Pod. */
export type RuleInProxy = {
  destinations: readonly MeshDestination[]
  /** Those of its object. Connections without TLS have none. */
  hosts: readonly string[]
  request: ProbeRequest
  port: number
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
    }

/**
 * Finds a rule among the splits of a proxy. One rule is several of them (by matches, hosts and ports), and HTTPRoutes on one
 * host are merged, so neither names nor metadata tell: it is the split that the request gets, with all for hosts of the
 * object (of connections: on the same port) that have the same match and only destinations of the rule.
 */
export function heldRule(routes: readonly ProxyRoute[], rule: RuleInProxy): HeldRule {
  const hit = routeHit(routes, rule.request, rule.port)
  if (hit === undefined || !isOf(hit, rule.destinations)) return { kind: 'absent' }
  const others = routes.filter(
    (one) =>
      one.protocol === hit.protocol &&
      (one.protocol === 'tcp'
        ? one.ports.includes(rule.port)
        : one.hosts.some((host) => rule.hosts.includes(host))) &&
      sameJson(one.match, hit.match) &&
      isOf(one, rule.destinations),
  )
  const same = [hit, ...others.filter((one) => one !== hit)]
  const shares = same.map((one) => sharesOf(one, rule.destinations))
  const [first = []] = shares
  if (shares.some((one) => !sameShares(one, first))) return { kind: 'mixed', shares }
  return {
    kind: 'held',
    shares: first,
    headers: rule.destinations.map((destination) => headersOf(hit, destination)),
    updated: hit.updated,
    dependent: same.find(({ dependent }) => dependent !== undefined)?.dependent,
    retries: same.some(({ retries }) => retries),
  }
}

/** Whether two splits are the same: proportions of integers, which floating point keeps apart. */
export function sameShares(a: readonly number[], b: readonly number[]): boolean {
  return (
    a.length === b.length && a.every((share, index) => Math.abs(share - (b[index] ?? 0)) < 1e-9)
  )
}

/** Whether all that a split has are destinations of the rule. */
function isOf({ clusters }: ProxyRoute, destinations: readonly MeshDestination[]): boolean {
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
    named.host === host &&
    named.subset === subset &&
    (port === undefined || named.port === port)
  )
}

/** A destination without weight is left out of the split of a proxy. */
function sharesOf({ clusters }: ProxyRoute, destinations: readonly MeshDestination[]): number[] {
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

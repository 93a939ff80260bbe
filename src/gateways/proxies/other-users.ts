import { textAt } from '../../kube/json.ts'
import { clusterNamed } from './cluster-name.ts'
import {
  destinationOf,
  isForHosts,
  isOf,
  type RuleInProxy,
  sameShares,
  sharesOf,
  splitsOf,
} from './held-rule.ts'
import type { ProxyRoute } from './proxy-route.ts'

/** What sends traffic to the clusters of a rule beside the rule itself. */
export type OtherUsers = {
  /** Other rules, filter chains and mirrors, each as words for a list. */
  rules: readonly string[]
  /** Hosts of destinations that a sidecar sends to these by their own names: only clients that call a version itself use that. */
  ownNames: readonly string[]
}

/**
 * What else of a proxy sends traffic to the clusters of a rule, so that their counters are not only of this rule. None: the counters
 * are the rule's.
 *
 * One rule is a split for each of its matches. The others are not told from other rules of the same object by their names, but
 * they have the same shares, and one host has at most as many of them as the rule has matches.
 *
 * @param matches how many matches the rule has; at least 1
 */
export function otherUsers(
  routes: readonly ProxyRoute[],
  rule: RuleInProxy,
  matches: number,
): OtherUsers {
  const splits = splitsOf(routes, rule)
  const [hit] = splits
  const users = routes.filter((one) => !splits.includes(one) && sendsTo(one, rule))
  const alike = hit === undefined ? [] : users.filter((one) => isAlike(one, hit, rule))
  const isOwn = perTable(alike) <= Math.max(1, matches) - 1
  const others = isOwn ? users.filter((one) => !alike.includes(one)) : users
  const mirrors = routes.filter((one) => one.mirrors.some((name) => isOfRule(name, rule)))
  const named = others.map((one) => ({ one, host: rule.isOfMesh ? ownNameOf(one) : undefined }))
  const rules = named.flatMap(({ one, host }) => (host === undefined ? [nameOf(one)] : []))
  return {
    rules: [...new Set([...rules, ...mirrors.map((one) => `the mirror of ${nameOf(one)}`)])],
    ownNames: [...new Set(named.flatMap(({ host }) => host ?? []))],
  }
}

/**
 * The Service whose own traffic a split sends to that Service, as a sidecar has it for every Service without a rule; undefined
 * for any other split.
 */
function ownNameOf({ source, clusters, protocol, hosts, match }: ProxyRoute): string | undefined {
  const [only, second] = clusters
  const named = clusterNamed(only?.name ?? '')
  if (source !== undefined || second !== undefined || named?.subset !== '') return undefined
  if (protocol === 'http' && textAt(match, 'prefix') !== '/') return undefined
  return protocol === 'tcp' || hosts.includes(named.host) ? named.host : undefined
}

function sendsTo({ clusters }: ProxyRoute, rule: RuleInProxy): boolean {
  return clusters.some(({ name }) => isOfRule(name, rule))
}

function isOfRule(cluster: string, { destinations }: RuleInProxy): boolean {
  return destinationOf(cluster, destinations) !== undefined
}

/** Whether a split may be of another match of the same rule. */
function isAlike(one: ProxyRoute, hit: ProxyRoute, rule: RuleInProxy): boolean {
  return (
    one.protocol === hit.protocol &&
    one.source === hit.source &&
    isForHosts(one, rule) &&
    isOf(one, rule.destinations) &&
    sameShares(sharesOf(one, rule.destinations), sharesOf(hit, rule.destinations))
  )
}

/** The most of them that one virtual host, or listener, has. */
function perTable(routes: readonly ProxyRoute[]): number {
  const sizes = new Map<string, number>()
  for (const { hosts, ports, protocol } of routes) {
    const table = JSON.stringify([ports, protocol === 'http' ? hosts : []])
    sizes.set(table, (sizes.get(table) ?? 0) + 1)
  }
  return Math.max(0, ...sizes.values())
}

/** `virtual-service demo/web (path /api of shop.example.com)`, `port 31400 of the proxy`. */
function nameOf({ source, hosts, ports, protocol, match }: ProxyRoute): string {
  const place = protocol === 'tcp' ? `port ${ports.join(', ')}` : pathOf(match)
  const where = hosts.length === 0 ? place : `${place} of ${hosts[0]}`
  return source === undefined ? where : `${source} (${where})`
}

function pathOf(match: ProxyRoute['match']): string {
  const path =
    textAt(match, 'path') ??
    textAt(match, 'prefix') ??
    textAt(match, 'path_separated_prefix') ??
    textAt(match, 'safe_regex', 'regex')
  return path === undefined ? 'a route' : `path ${path}`
}

import { firstOf, type HitAmong } from '../../match/first-of.ts'
import { virtualHostFor } from '../../match/virtual-host.ts'
import type { Arrival, Hit, HttpRequest, ProbeRequest } from '../../probe-request.ts'
import type { RouteObject } from '../../route-object.ts'
import type { Listener, Rule } from '../../rule.ts'
import { hostnamesOf } from '../rules/listeners.ts'
import { meets } from './matches-request.ts'
import { type Candidate, compareAge, conditionsOfCandidate, precedence } from './precedence.ts'

/** A route with its rules, and the hosts of it that the gateway's listener admits. */
export type ServedRoute = { object: RouteObject; rules: readonly Rule[]; hosts: readonly string[] }

/** Which rule of one route a request hits, if no other route gets it. */
export function hitOf(object: RouteObject, rules: readonly Rule[], request: ProbeRequest): Hit {
  const served = [{ object, rules, hosts: hostnamesOf(object) }]
  const found =
    request.protocol === 'http' ? requestHit(served, request) : connectionHit(served, request)
  if (found.kind === 'unknown')
    return { ...found, candidates: found.candidates.map(({ rule }) => rule) }
  return found.kind === 'rule' ? { kind: 'rule', rule: found.rule } : found
}

/**
 * Which rule of several routes of one kind a request hits at a listener. The most specific host that the request is for
 * decides which routes count: Envoy does not go on to the next one where none of their matches is met.
 */
export function requestHit(served: readonly ServedRoute[], request: HttpRequest): HitAmong {
  const all = served.flatMap((route) => candidatesAt(route, request))
  const host = virtualHostFor(
    all.map((one) => one.host),
    request.authority,
  )
  const own = all.filter((one) => one.host.toLowerCase() === host)
  return firstOf(own.sort(precedence), (one) => meets(conditionsOfCandidate(one), request))
}

/** Which rule of several routes of one kind a connection hits: one for its name, of the oldest route. */
export function connectionHit(
  served: readonly ServedRoute[],
  request: Exclude<ProbeRequest, HttpRequest>,
): HitAmong {
  const all = served.flatMap((route) => candidatesAt(route, request))
  const hosts = all.map((one) => one.host)
  const host = request.protocol === 'tcp' ? undefined : hostForName(hosts, request.sni)
  const own = all.filter((one) => request.protocol === 'tcp' || one.host.toLowerCase() === host)
  const sorted = own.sort((a, b) => compareAge(a.object, b.object) || a.rule.index - b.rule.index)
  return firstOf(sorted, () => true)
}

/** A connection without a name gets only what has no host. */
function hostForName(hosts: readonly string[], sni: string): string | undefined {
  if (sni !== '') return virtualHostFor(hosts, sni)
  return hosts.includes('*') ? '*' : undefined
}

/** Every match of a route that applies where a request arrives, once for each of its hosts. */
export function candidatesAt({ object, rules, hosts }: ServedRoute, arrival: Arrival): Candidate[] {
  return rules.flatMap((rule) =>
    rule.listeners
      .filter((listener) => appliesAt(listener, arrival))
      .flatMap(({ match }) => hosts.map((host) => ({ object, rule, match, host }))),
  )
}

/** Whether a rule takes traffic that arrives at a port and listener of a gateway. */
export function appliesAt({ gateway, port, section }: Listener, arrival: Arrival): boolean {
  return (
    gateway === arrival.gateway &&
    (port === undefined || port === arrival.port) &&
    (section === undefined || arrival.section === undefined || section === arrival.section)
  )
}

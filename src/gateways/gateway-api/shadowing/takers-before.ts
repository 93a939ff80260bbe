import { objectsAt } from '../../../kube/json.ts'
import { conditionsAt } from '../../../routes/gateway-api/checks/conditions-of.ts'
import { areWithin } from '../../../routes/gateway-api/match/conditions-within.ts'
import {
  type Candidate,
  compareAge,
  conditionsOfCandidate,
  precedence,
} from '../../../routes/gateway-api/match/precedence.ts'
import { candidatesAt, type ServedRoute } from '../../../routes/gateway-api/match/route-hit.ts'
import { hostnamesOf, parentsOf } from '../../../routes/gateway-api/rules/listeners.ts'
import { rulesOf } from '../../../routes/kinds.ts'
import type { RouteObject } from '../../../routes/route-object.ts'
import type { Rule } from '../../../routes/rule.ts'
import { conditionNow } from '../conditions.ts'
import { arrivalAt } from '../found-listener.ts'
import type { GatewayListener } from '../gateway-object.ts'
import { type AtListener, attachment, names } from '../listener-fit.ts'
import { admittedHosts, reachedHosts } from '../listener-hosts.ts'
import type { NamespaceLabels } from '../namespaces.ts'

/** A rule of a route, whose traffic another route may get. */
export type Ours = { object: RouteObject; rule: Rule }

/** Where that may happen: at a listener, and except with tcp rules for each host by itself. */
export type Place = AtListener & { host?: string }

export function placesAt(at: AtListener, { object, rule }: Ours): Place[] {
  if (rule.protocol === 'tcp') return [at]
  return reachedHosts(at, object).map((host) => ({ ...at, host }))
}

/** A route that a listener uses, or why that is not sure. */
export type AtPlace = { route: ServedRoute; doubt?: Doubt }

/**
 * `labels`: the listener selects namespaces by labels that are not known. `kind`: the Gateway API asks that the younger of
 * an HTTPRoute and a GRPCRoute for one host be refused, and Istio uses both. `hostnames`: the listener narrows other
 * hostnames to the same host. The Gateway API then looks at these hostnames first, and Istio at the age.
 */
export type Doubt = 'labels' | 'kind' | 'hostnames'

/** The routes of several that a listener uses, with their hosts there. Ours is the first. */
export function servedAt(
  at: AtListener,
  ours: RouteObject,
  others: readonly RouteObject[],
  labelsOf: NamespaceLabels,
): AtPlace[] {
  const served = others.flatMap((object): AtPlace[] => {
    const attached = attachment(object, at, labelsOf)
    if (attached.kind === 'refused' || isRefused(object, at)) return []
    const route = asServed(at, object)
    if (attached.kind === 'unknown') return [{ route, doubt: 'labels' }]
    return [object.kind === ours.kind ? { route } : { route, doubt: 'kind' }]
  })
  return [{ route: asServed(at, ours) }, ...served]
}

/** The same routes for a host there. */
export function servedFor(
  { host, listener }: { host?: string | undefined; listener: GatewayListener },
  ours: RouteObject,
  served: readonly AtPlace[],
): AtPlace[] {
  if (host === undefined) return [...served]
  const writtenIn = (object: RouteObject) =>
    hostnamesOf(object).filter((one) =>
      admittedHosts(listener, { spec: { hostnames: [one] } }).includes(host),
    )
  const own = writtenIn(ours)
  return served.map((one): AtPlace => {
    const theirs = new Set(writtenIn(one.route.object))
    const isSame = theirs.size === new Set(own).size && own.every((host) => theirs.has(host))
    return theirs.size === 0 || isSame || one.doubt ? one : { ...one, doubt: 'hostnames' }
  })
}

/** The routes that are sure to be used. */
export function sureOf(served: readonly AtPlace[]): ServedRoute[] {
  return served.filter(({ doubt }) => doubt === undefined).map(({ route }) => route)
}

/** Whether every controller that has seen the newest generation of a route refuses to attach it to a listener. */
function isRefused({ namespace, generation, raw }: RouteObject, at: AtListener): boolean {
  const statuses = objectsAt(raw, 'status', 'parents').filter((status) => {
    const parentRefs = [status.parentRef ?? {}]
    return parentsOf({ namespace, spec: { parentRefs } }).some((parent) => names(parent, at))
  })
  return (
    statuses.length > 0 &&
    statuses.every((one) => conditionNow(generation, conditionsAt(one), 'Accepted', 'False'))
  )
}

function asServed({ listener }: AtListener, object: RouteObject): ServedRoute {
  return { object, rules: rulesOf(object), hosts: admittedHosts(listener, object) }
}

/**
 * The rules of other routes that get all traffic of a rule at a place before it. None where some of the traffic may be
 * left for the rule.
 */
export function takersBefore(
  { host, ...at }: Place,
  { object, rule }: Ours,
  served: readonly ServedRoute[],
): Ours[] {
  const isOfRequests = rule.protocol === 'http' || rule.protocol === 'grpc'
  const candidates = served
    .flatMap((route) => candidatesAt(route, arrivalAt(at)))
    .filter((one) => host === undefined || one.host.toLowerCase() === host)
    .sort(isOfRequests ? precedence : (a, b) => compareAge(a.object, b.object))
  const takes = (one: Candidate, own: Candidate) =>
    !isOfRequests || areWithin(conditionsOfCandidate(own), conditionsOfCandidate(one))
  const takers = candidates.flatMap((own, index) => {
    if (own.object.uid !== object.uid || own.rule.index !== rule.index) return []
    const before = candidates.slice(0, index)
    return [before.filter((one) => one.object.uid !== object.uid && takes(one, own))]
  })
  return takers.length > 0 && takers.every((each) => each.length > 0) ? distinct(takers.flat()) : []
}

/** One rule for each route, the first that counts. */
function distinct(takers: readonly Candidate[]): Ours[] {
  return takers
    .filter(({ object }, index) => takers.findIndex((one) => one.object === object) === index)
    .map(({ object, rule }) => ({ object, rule }))
}

import { routesForHost, type ServedObject } from '../../../routes/istio/match/http-hit.ts'
import { chainsAt } from '../../../routes/istio/match/tls-hit.ts'
import { isWithin } from '../../../routes/istio/rules/match-within.ts'
import type { ClientPods } from '../../../routes/probe-request.ts'
import type { RouteObject } from '../../../routes/route-object.ts'
import type { Rule } from '../../../routes/rule.ts'
import { arrivalAt } from '../found-server.ts'
import { admittedHosts, isRedirected } from '../server-hosts.ts'
import { type AtServer, inOrder, type Taker, takersInOrder } from './first-taker.ts'

/** A rule of an object, whose traffic another object may get. */
export type Ours = { object: RouteObject; rule: Rule }

/** Where that may happen: at a server, and with http rules for each host by itself. */
export type Place = AtServer & { host?: string }

export function placesAt(at: AtServer, { object, rule }: Ours): Place[] {
  if (rule.protocol !== 'http') return [at]
  return admittedHosts(at, object)
    .filter((host) => !isRedirected(at, object, host))
    .map((host) => ({ ...at, host }))
}

/**
 * The rules of other objects that get all traffic of a rule at a place before it, in istiod's order. None where some of
 * the traffic may be left for the rule.
 */
export function takersBefore(
  place: Place,
  ours: Ours,
  objects: readonly RouteObject[],
  pods: ClientPods,
): Taker[] {
  switch (ours.rule.protocol) {
    case 'tcp':
      return beforeOurs(ours.object, takersInOrder(place, objects, pods.namespace))
    case 'tls':
      return tlsTakers(place, ours, objects, pods)
    default:
      return httpTakers(place, ours, objects, pods)
  }
}

function beforeOurs(object: RouteObject, takers: readonly Taker[]): Taker[] {
  const own = takers.findIndex((taker) => taker.object === object)
  return own < 0 ? [...takers] : takers.slice(0, own)
}

/** Istio leaves out a match that shares a name with an earlier one, and with it all of its connections. */
function tlsTakers(
  at: AtServer,
  { object, rule }: Ours,
  objects: readonly RouteObject[],
  pods: ClientPods,
): Taker[] {
  const { kept, leftOut } = chainsAt(admitted(at, objects, pods), arrivalAt(at, pods))
  const isOurs = (one: Taker) => one.object === object && one.rule.index === rule.index
  if (kept.some(isOurs)) return []
  return distinct(
    leftOut.flatMap(({ chain, by }) => (isOurs(chain) && by.object !== object ? [by] : [])),
  )
}

/** Each match of the rule has an earlier one of another object that takes all of its requests. */
function httpTakers(
  { host, ...at }: Place,
  { object, rule }: Ours,
  objects: readonly RouteObject[],
  pods: ClientPods,
): Taker[] {
  const routes = routesForHost(served(at, objects, pods), host, arrivalAt(at, pods))
  const takers = routes.flatMap((route, index) => {
    if (route.object !== object || route.rule.index !== rule.index) return []
    const before = routes.slice(0, index)
    return [
      before.filter(
        (one) => one.object !== object && one.exists === true && isWithin(route.match, one.match),
      ),
    ]
  })
  return takers.every((each) => each.length > 0) ? distinct(takers.flat()) : []
}

/** The objects that a server has, with their hosts there, in istiod's order. */
export function served(
  at: AtServer,
  objects: readonly RouteObject[],
  pods: ClientPods,
): ServedObject[] {
  return inOrder(objects, pods.namespace).map((object) => ({
    object,
    hosts: admittedHosts(at, object),
  }))
}

function admitted(at: AtServer, objects: readonly RouteObject[], pods: ClientPods): RouteObject[] {
  return served(at, objects, pods)
    .filter(({ hosts }) => hosts.length > 0)
    .map(({ object }) => object)
}

/** One rule for each object, the first that counts. */
function distinct(takers: readonly Taker[]): Taker[] {
  return takers
    .filter(({ object }, index) => takers.findIndex((one) => one.object === object) === index)
    .map(({ object, rule }) => ({ object, rule }))
}

import type { JsonObject } from '../../../kube/json.ts'
import { type Answer, allHold } from '../../match/answer.ts'
import { type Candidate, firstOf, type HitAmong } from '../../match/first-of.ts'
import { virtualHostFor } from '../../match/virtual-host.ts'
import type { Arrival, HttpRequest } from '../../probe-request.ts'
import type { RouteObject } from '../../route-object.ts'
import { MESH_GATEWAY, type Rule } from '../../rule.ts'
import { boundGateways } from '../rules/listeners.ts'
import { httpRules } from '../rules/virtual-service-rules.ts'
import { isForProxies, matchesAt } from './applies.ts'
import { isCatchAll, matchesRequest } from './http-match.ts'

/** An object, and the hosts of it that the gateway's server admits. */
export type ServedObject = { object: RouteObject; hosts: readonly string[] }

/** One match of a rule, as a gateway has it. */
export type Route = Candidate & {
  match: JsonObject
  /** Whether the proxies have it at all. */
  exists: Answer
}

/** Which rule of several objects a request hits at a gateway. The objects are in istiod's order. */
export function httpHit(served: readonly ServedObject[], request: HttpRequest): HitAmong {
  // An object without a match here adds no host.
  const hosts = served.flatMap((one) => (routesOf(one.object, request).length > 0 ? one.hosts : []))
  const host = virtualHostFor(hosts, request.authority)
  return firstOf(routesForHost(served, host, request), ({ match, exists }) =>
    allHold([exists, matchesRequest(match, request)]),
  )
}

/**
 * The matches of several objects for a host, in matching order: that of the objects, and those that take everything
 * last. Sidecars have other names for hosts than gateways, so there an object's hosts are not compared.
 * Source: istio, buildGatewayHTTPRouteConfig and SortVHostRoutes.
 */
export function routesForHost(
  served: readonly ServedObject[],
  host: string | undefined,
  arrival: Arrival,
): Route[] {
  const routes = served
    .filter(
      ({ hosts }) =>
        arrival.gateway === MESH_GATEWAY ||
        hosts.some((one) => one.toLowerCase() === host?.toLowerCase()),
    )
    .flatMap(({ object }) => routesOf(object, arrival))
  const last = routes.filter(({ match }) => isCatchAll(match))
  return [...routes.filter(({ match }) => !isCatchAll(match)), ...last]
}

/**
 * The matches of an object at a port of a gateway, as far as they are reached.
 * Source: istio, BuildHTTPRoutesForVirtualService.
 */
function routesOf(object: RouteObject, arrival: Arrival): Route[] {
  if (!boundGateways(object).includes(arrival.gateway)) return []
  const routes: Route[] = []
  for (const rule of httpRules(object)) {
    for (const match of matchesAt(rule, arrival)) {
      const exists = allHold([isForProxies(match, arrival), isOwn(rule)])
      if (exists === false) continue
      routes.push({ object, rule, match, exists })
      if (exists === true && isCatchAll(match)) return routes
    }
  }
  return routes
}

/** The rules of a delegate take the place of the one that names it. */
function isOwn({ position, lacksDestinations }: Rule): Answer {
  if (lacksDestinations?.kind !== 'delegate') return true
  const { namespace, name } = lacksDestinations
  return { why: `rule ${position} delegates to the rules of VirtualService ${namespace}/${name}` }
}

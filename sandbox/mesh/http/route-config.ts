import { objectAt } from '../../objects/json.ts'
import type { KubeObject } from '../../objects/kube-object.ts'
import type { Sight } from '../clusters.ts'
import { tlsOf } from '../protocols.ts'
import type { BoundServer } from '../servers.ts'
import { admittedHosts, hostsOf, isBound, nameOf } from '../virtual-services.ts'
import type { HttpRoute, VirtualHost } from './routes.ts'
import { isCatchAll, routesOf } from './rules.ts'

/**
 * The virtual hosts for servers that share a route configuration. The rules of all VirtualServices for a host are joined
 * in istiod's order, and those that take every request come last. Source: istio, buildGatewayHTTPRouteConfig.
 */
export function routeConfigOf(
  servers: readonly BoundServer[],
  virtualServices: readonly KubeObject[],
  sight: Sight,
): VirtualHost[] {
  const hosts = new Map<string, { routes: HttpRoute[]; requiresTls: boolean }>()
  // A VirtualService's routes for a Gateway are built once, for the first server of that Gateway.
  const built = new Map<string, HttpRoute[]>()
  const routesFor = (owner: KubeObject, bound: BoundServer) => {
    const key = `${nameOf(bound.gateway)} ${nameOf(owner)}`
    const routes = built.get(key) ?? routesOf(owner, bound, sight)
    built.set(key, routes)
    return routes
  }
  const add = (host: string, routes: readonly HttpRoute[], redirects: boolean) => {
    const known = hosts.get(host.toLowerCase()) ?? { routes: [], requiresTls: false }
    known.routes.push(...routes)
    known.requiresTls ||= redirects
    hosts.set(host.toLowerCase(), known)
  }
  for (const bound of servers) {
    const redirects = objectAt(tlsOf(bound.server) ?? null).httpsRedirect === true
    for (const owner of virtualServices.filter((one) => isBound(one, bound))) {
      const shared = intersection(admittedHosts(bound, owner), hostsOf(owner))
      const routes = shared.length === 0 ? [] : routesFor(owner, bound)
      if (routes.length > 0) for (const host of shared) add(host, routes, redirects)
    }
    if (redirects) for (const host of bound.hosts) add(host, [], true)
  }
  return [...hosts].map(([domain, { routes, requiresTls }]) => ({
    domain,
    requiresTls,
    routes: [
      ...routes.filter(({ match }) => !isCatchAll(match)),
      ...routes.filter(({ match }) => isCatchAll(match)),
    ],
  }))
}

/** The hosts that both lists cover, each as narrow as possible. */
function intersection(some: readonly string[], others: readonly string[]): string[] {
  const shared = some.flatMap((one) =>
    others.flatMap((other) => {
      if (isWithin(one, other)) return [one]
      return isWithin(other, one) ? [other] : []
    }),
  )
  return [...new Set(shared)]
}

/** Whether a host, which may begin with `*`, covers only what the other one does. */
function isWithin(host: string, other: string): boolean {
  if (!other.startsWith('*')) return host === other
  const end = other.slice(1)
  if (!host.startsWith('*')) return host.endsWith(end)
  return host.length >= other.length && host.slice(1).endsWith(end)
}

import { textsAt } from '../kube/json.ts'
import { byAge } from '../routes/istio/by-age.ts'
import { type ExportTo, nearness } from '../routes/istio/export-to.ts'
import { fullName } from '../routes/istio/host.ts'
import { boundGateways, tcpRules } from '../routes/istio/tcp-rules.ts'
import type { RouteObject } from '../routes/route-object.ts'
import type { Rule } from '../routes/rule.ts'
import { admits, type GatewayObject, gatewayName, type Server } from './gateway-object.ts'

/** A server of a Gateway. */
export type AtServer = { gateway: GatewayObject; server: Server }

/** The entry that gets a server's connections, and its object. */
export type Taker = { object: RouteObject; rule: Rule }

/**
 * The tcp entry that gets the connections of a server, for gateway Pods in a namespace: the first
 * one with a route that matches port and gateway, of the first VirtualService that the namespace
 * sees and the server admits. Clients' addresses and labels do not count at a gateway.
 * Source: istio, buildGatewayNetworkFiltersFromTCPRoutes.
 */
export function firstTaker(
  at: AtServer,
  objects: readonly RouteObject[],
  workloadNamespace: string,
): Taker | undefined {
  for (const object of inOrder(objects, workloadNamespace)) {
    const rule = ruleAt(at, object)
    if (rule) return { object, rule }
  }
  return undefined
}

/** The entry of an object that a server's connections would go by, were the object the first. */
export function ruleAt({ gateway, server }: AtServer, object: RouteObject): Rule | undefined {
  const name = gatewayName(gateway)
  if (!boundGateways(object).includes(name)) return undefined
  if (!admits(server, gateway.namespace, boundHosts(object))) return undefined
  return tcpRules(object).find(
    ({ listeners, destinations }) =>
      destinations.length > 0 &&
      listeners.some(
        (listener) =>
          listener.gateway === name &&
          (listener.port === undefined || listener.port === server.port),
      ),
  )
}

/** What a server's hosts are compared with. */
export function boundHosts({ namespace, spec }: RouteObject) {
  return { namespace, hosts: textsAt(spec, 'hosts').map((host) => fullName(host, namespace)) }
}

export function exportToOfObject({ spec }: RouteObject): ExportTo {
  return textsAt(spec, 'exportTo')
}

const BY_NEARNESS = ['private', 'named', 'public'] as const

/** The VirtualServices that a namespace's proxies see, in istiod's order. */
function inOrder(objects: readonly RouteObject[], workloadNamespace: string): RouteObject[] {
  const seen = objects.flatMap((object) => {
    const near = nearness(exportToOfObject(object), object.namespace, workloadNamespace)
    return near === undefined ? [] : [{ object, rank: BY_NEARNESS.indexOf(near) }]
  })
  return seen
    .sort((a, b) => a.rank - b.rank || byAge(a.object, b.object))
    .map(({ object }) => object)
}

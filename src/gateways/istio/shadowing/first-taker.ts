import { textsAt } from '../../../kube/json.ts'
import { byAge } from '../../../routes/istio/by-age.ts'
import { type ExportTo, nearness } from '../../../routes/istio/export-to.ts'
import { hostsOf } from '../../../routes/istio/host.ts'
import { boundGateways } from '../../../routes/istio/rules/listeners.ts'
import { tcpRules } from '../../../routes/istio/rules/virtual-service-rules.ts'
import type { RouteObject } from '../../../routes/route-object.ts'
import type { Rule } from '../../../routes/rule.ts'
import {
  admits,
  type BoundHosts,
  type GatewayObject,
  gatewayName,
  type Server,
} from '../gateway-object.ts'

/** A server of a Gateway. */
export type AtServer = { gateway: GatewayObject; server: Server }

/** The rule that gets a server's connections, and its object. */
export type Taker = { object: RouteObject; rule: Rule }

/**
 * The tcp rules that match the connections of a server, for gateway Pods in a namespace, in istiod's order. The first one
 * gets the connections. An object counts if the namespace sees it and the server admits it, and with its first rule that
 * has destinations and matches port and gateway. A gateway ignores clients' addresses and labels.
 * Source: istio, buildGatewayNetworkFiltersFromTCPRoutes.
 */
export function takersInOrder(
  at: AtServer,
  objects: readonly RouteObject[],
  workloadNamespace: string,
): Taker[] {
  return inOrder(objects, workloadNamespace).flatMap((object) => {
    const rule = ruleAt(at, object)
    return rule ? [{ object, rule }] : []
  })
}

/** The rule of an object that would get a server's connections if the object were the first. */
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
export function boundHosts(object: RouteObject): BoundHosts {
  return { namespace: object.namespace, hosts: hostsOf(object) }
}

export function exportToOfObject({ spec }: RouteObject): ExportTo {
  return textsAt(spec, 'exportTo')
}

const BY_NEARNESS = ['private', 'named', 'public'] as const

/** The VirtualServices that the proxies of a namespace see, in istiod's order. */
export function inOrder(objects: readonly RouteObject[], workloadNamespace: string): RouteObject[] {
  const seen = objects.flatMap((object) => {
    const near = nearness(exportToOfObject(object), object.namespace, workloadNamespace)
    return near === undefined ? [] : [{ object, rank: BY_NEARNESS.indexOf(near) }]
  })
  return seen
    .sort((a, b) => a.rank - b.rank || byAge(a.object, b.object))
    .map(({ object }) => object)
}

import { type JsonObject, numberAt, objectsAt, textsAt } from '../../../kube/json.ts'
import type { RouteObject } from '../../route-object.ts'
import { type Listener, MESH_GATEWAY } from '../../rule.ts'

/** The gateways that a VirtualService is bound to, as its rules name them. A match can narrow them, and cannot add to them. */
export function boundGateways({
  spec,
  namespace,
}: Pick<RouteObject, 'spec' | 'namespace'>): string[] {
  const bound = textsAt(spec, 'gateways')
  return (bound.length > 0 ? bound : [MESH_GATEWAY]).map((gateway) => qualified(gateway, namespace))
}

/**
 * Where a rule takes traffic, each time with the match, which has its own port and gateways. A rule without any match
 * takes everything at the gateways of its object.
 */
export function listenersOf(object: RouteObject, rule: JsonObject): Listener[] {
  const own = boundGateways(object)
  const matches = objectsAt(rule, 'match')
  if (matches.length === 0) return own.map((gateway) => ({ gateway, port: undefined }))
  return matches.flatMap((match) => {
    const named = textsAt(match, 'gateways').map((gateway) => qualified(gateway, object.namespace))
    // Istio takes port 0 for none.
    const port = numberAt(match, 'port') || undefined
    return (named.length > 0 ? named : own).map((gateway) => ({ gateway, port, match }))
  })
}

/** The same for tcp rules, where port and gateway are all that counts at gateways. */
export function portListenersOf(object: RouteObject, rule: JsonObject): Listener[] {
  return listenersOf(object, rule).map(({ gateway, port }) => ({ gateway, port }))
}

/**
 * A gateway as `namespace/name`, from any of the forms in which an object may name it.
 * Source: istio, resolveGatewayName.
 */
export function qualified(gateway: string, namespace: string): string {
  if (gateway === MESH_GATEWAY) return gateway
  if (gateway.startsWith('./')) return `${namespace}${gateway.slice(1)}`
  if (gateway.includes('/')) return gateway
  const [name, fromHost] = gateway.split('.')
  return `${fromHost ?? namespace}/${name}`
}

import {
  at,
  isObject,
  type Json,
  type JsonObject,
  numberAt,
  objectsAt,
  textAt,
  textsAt,
} from '../../kube/json.ts'
import type { RouteObject } from '../route-object.ts'
import { type Listener, MESH_GATEWAY, portsOf, type Rule } from '../rule.ts'
import type { Destination, NewDestination, RuleFormat } from '../rule-format.ts'
import { asWritten } from '../written-destinations.ts'

/** How a VirtualService writes the destinations of a rule, of whatever protocol. */
export const ISTIO_FORMAT: RuleFormat = {
  list: 'route',
  weight: 'weight',
  missingWeight: 0,
  // An int32 in Istio's API.
  largestWeight: 2 ** 31 - 1,
  required: 'destination.host',
  parse: (item) => ({
    host: textAt(item, 'destination', 'host') ?? '',
    port: numberAt(item, 'destination', 'port', 'number'),
    subset: textAt(item, 'destination', 'subset'),
    weight: numberAt(item, 'weight'),
  }),
  uncopied: ['headers', 'filters'],
  moved: (item, to) => {
    const from = isObject(item.destination) ? item.destination : {}
    return { ...item, destination: movedDestination(from, to) }
  },
}

function movedDestination(from: JsonObject, to: NewDestination): JsonObject {
  if (!('host' in to)) return { ...from, subset: to.subset }
  const { subset: _, ...plain } = from
  const moved: JsonObject = to.subset === undefined ? plain : { ...from, subset: to.subset }
  const port =
    to.port === undefined
      ? {}
      : { port: { ...(isObject(from.port) ? from.port : {}), number: to.port } }
  return { ...moved, host: to.host, ...port }
}

/** The tcp rules of a VirtualService, in the order in which they are matched. */
export function tcpRules(object: RouteObject): Rule[] {
  const own = ownGateways(object)
  return listAt(object.spec, 'tcp').flatMap((rule, index) => {
    // An empty item is no rule, but it counts: positions are those in the object.
    if (!isObject(rule)) return []
    const listeners = listenersOf(objectsAt(rule, 'match'), own, object.namespace)
    const [port] = portsOf({ listeners })
    // Likewise, an empty item is no destination, and stays in its place.
    const items = listAt(rule, 'route').map((item) => (isObject(item) ? item : {}))
    return {
      name: port === undefined ? 'tcp' : `tcp:${port}`,
      position: `tcp[${index}]`,
      protocol: 'tcp',
      index,
      identity: at(rule, 'match') ?? null,
      path: ['spec', 'tcp', index],
      listeners,
      destinations: items.map((item): Destination => ISTIO_FORMAT.parse(item)),
      written: asWritten(items),
      format: ISTIO_FORMAT,
    }
  })
}

/** The gateways that a VirtualService is bound to, as its rules name them. A match can narrow them, and cannot add to them. */
export function boundGateways(object: RouteObject): string[] {
  return ownGateways(object).map((gateway) => qualified(gateway, object.namespace))
}

function ownGateways({ spec }: RouteObject): string[] {
  const bound = textsAt(spec, 'gateways')
  return bound.length > 0 ? bound : [MESH_GATEWAY]
}

function listAt(value: Json, key: string): Json[] {
  const list = at(value, key)
  return Array.isArray(list) ? list : []
}

/** Each match has its own port and gateways. Without any match, the rule takes everything at the gateways of its object. */
function listenersOf(
  matches: readonly JsonObject[],
  own: readonly string[],
  namespace: string,
): Listener[] {
  const all = matches.length > 0 ? matches : [{}]
  return all.flatMap((match) => {
    const named = textsAt(match, 'gateways')
    // Istio takes port 0 for none.
    const port = numberAt(match, 'port') || undefined
    return (named.length > 0 ? named : own).map((gateway) => ({
      gateway: qualified(gateway, namespace),
      port,
    }))
  })
}

/**
 * A gateway as `namespace/name`, from any of the forms in which an object may name it.
 * Source: istio, resolveGatewayName.
 */
function qualified(gateway: string, namespace: string): string {
  if (gateway === MESH_GATEWAY) return gateway
  if (gateway.startsWith('./')) return `${namespace}${gateway.slice(1)}`
  if (gateway.includes('/')) return gateway
  const [name, fromHost] = gateway.split('.')
  return `${fromHost ?? namespace}/${name}`
}

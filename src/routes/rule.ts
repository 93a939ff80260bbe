import {
  at,
  isObject,
  type Json,
  type JsonObject,
  numberAt,
  objectsAt,
  textAt,
  textsAt,
} from '../kube/json.ts'
import type { RouteObject } from './route-object.ts'

/** One routing rule of a route object: what it matches and where it sends connections. */
export type Rule = {
  kind: 'tcp'
  /** Position in the object's list of its kind. */
  index: number
  /** `match` as written, by which the entry is found again; null where there is none. */
  identity: Json
  /** Gateway ports it matches; empty: every port. */
  ports: readonly number[]
  /** Gateways it is bound to, as `namespace/name`, or the reserved word mesh. */
  gateways: readonly string[]
  /** The same gateway by gateway: where it takes connections. */
  listeners: readonly Listener[]
  /** The route list as written. */
  written: readonly JsonObject[]
  destinations: readonly Destination[]
}

/** A gateway, or the word mesh, and the port there; undefined: every port. */
export type Listener = { gateway: string; port: number | undefined }

export type Destination = {
  host: string
  port: number | undefined
  subset: string | undefined
  /** As written; undefined where none is. */
  weight: number | undefined
}

/** The word that stands for every sidecar instead of a gateway. */
export const MESH_GATEWAY = 'mesh'

/** The tcp entries of a VirtualService, in the order in which they are matched. */
export function tcpRules(object: RouteObject): Rule[] {
  const own = ownGateways(object)
  return listAt(object.spec, 'tcp').flatMap((rule, index) => {
    // An empty item is no rule, but it counts: positions are those in the object.
    if (!isObject(rule)) return []
    const listeners = listenersOf(objectsAt(rule, 'match'), own, object.namespace)
    const ports = listeners.map(({ port }) => port)
    // Likewise: an empty item is no destination, and stays in its place.
    const written = listAt(rule, 'route').map((route) => (isObject(route) ? route : {}))
    return {
      kind: 'tcp',
      index,
      identity: at(rule, 'match') ?? null,
      ports: ports.some((port) => port === undefined)
        ? []
        : [...new Set(ports.filter((port) => port !== undefined))],
      gateways: [...new Set(listeners.map(({ gateway }) => gateway))],
      listeners,
      written,
      destinations: written.map(parseDestination),
    }
  })
}

/** The gateways that an object is bound to, as entries name them; a match can narrow them, not add to them. */
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

/** The entry with another route list in place of its own. */
export function ruleWithRoutes(rule: Rule, written: readonly JsonObject[]): Rule {
  return { ...rule, written, destinations: destinationsIn(written) }
}

/** The destinations of a route list as written. */
export function destinationsIn(written: readonly JsonObject[]): Destination[] {
  return written.map(parseDestination)
}

/** The JSON Pointer steps to an entry's route list. */
export function routePath(rule: Rule): (string | number)[] {
  return ['spec', rule.kind, rule.index, 'route']
}

/** What an entry is called where no other one is near. `ruleName` says it so that it can be chosen. */
export function ruleLabel(rule: Rule): string {
  return rule.ports.length === 0 ? 'tcp' : `tcp:${rule.ports[0]}`
}

/** The proportions of an entry's weights: sum 1. One destination has everything; a missing weight among several is 0. */
export function ruleShares(rule: Pick<Rule, 'destinations'>): number[] {
  if (rule.destinations.length === 1) return [1]
  const weights = rule.destinations.map((destination) => destination.weight ?? 0)
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => (sum === 0 ? 0 : weight / sum))
}

function parseDestination(route: JsonObject): Destination {
  return {
    host: textAt(route, 'destination', 'host') ?? '',
    port: numberAt(route, 'destination', 'port', 'number'),
    subset: textAt(route, 'destination', 'subset'),
    weight: numberAt(route, 'weight'),
  }
}

/** Each match has its own port and gateways; without any, the entry takes everything at its object's gateways. */
function listenersOf(
  matches: readonly JsonObject[],
  own: readonly string[],
  namespace: string,
): Listener[] {
  const all = matches.length > 0 ? matches : [{}]
  return all.flatMap((identity) => {
    const named = textsAt(identity, 'gateways')
    // Istio takes port 0 for none.
    const port = numberAt(identity, 'port') || undefined
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

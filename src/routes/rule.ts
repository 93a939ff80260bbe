import type { Json, JsonObject } from '../kube/json.ts'
import type { Destination, RuleFormat } from './rule-format.ts'
import { destinationsIn, type WrittenDestinations } from './written-destinations.ts'

/** What a rule distributes: connections (tcp, tls) or requests (http, grpc). */
export type Protocol = (typeof PROTOCOLS)[number]

const PROTOCOLS = ['tcp', 'tls', 'http', 'grpc'] as const

/** The protocol of this name; undefined for any other value. */
export function protocolNamed(value: unknown): Protocol | undefined {
  return PROTOCOLS.find((protocol) => protocol === value)
}

/** One rule of a route object: what it matches and where it sends traffic. */
export type Rule = {
  /** How the input `route` names it where no other rule has that name: `tcp:31400`. */
  name: string
  /** How the input `route` names it in any case: `tcp[0]`. */
  position: string
  protocol: Protocol
  /** Position among the object's rules of this protocol, counted from 0 as in the object. */
  index: number
  /** What it matches, as written. The rule is found again by it, wherever it is in the object; null where it matches everything. */
  identity: Json
  /** The steps to the rule from the top of the object. */
  path: JsonPath
  /** Where it takes traffic. */
  listeners: readonly Listener[]
  /** The hosts for which it takes traffic, where the rule is enough to tell. They may begin with `*`. */
  hosts?: readonly string[]
  /** Empty where it lacks them. */
  destinations: readonly Destination[]
  /** What it does in place of sending traffic to destinations. It matches traffic all the same. */
  lacksDestinations?: LacksDestinations
  /** The same destinations as the object has them. */
  written: WrittenDestinations
  format: RuleFormat
}

export type JsonPath = readonly (string | number)[]

/** Where and what a rule matches. */
export type Listener = {
  /** As `namespace/name`, or the word mesh. */
  gateway: string
  /** undefined: every port. */
  port: number | undefined
  /** The name of the gateway's listener; undefined: every listener. */
  section?: string
  /** The match that this is of, as written, for rules that match more than ports and gateways; undefined: everything. */
  match?: JsonObject
}

export type LacksDestinations =
  | { kind: 'redirect' | 'direct-response' | 'none' }
  /** Its rules are in another object. */
  | { kind: 'delegate'; namespace: string; name: string }

/** What a rule distributes. */
export function trafficWord({ protocol }: Pick<Rule, 'protocol'>): 'connection' | 'request' {
  return protocol === 'http' || protocol === 'grpc' ? 'request' : 'connection'
}

/** The reserved name for the sidecars of the mesh in place of a gateway. */
export const MESH_GATEWAY = 'mesh'

/** The steps to the list of a rule's destinations from the top of the object. */
export function destinationsPath({ path, format }: Pick<Rule, 'path' | 'format'>): JsonPath {
  return [...path, format.list]
}

/** The gateways that a rule is bound to, each once, as `namespace/name` or the word mesh. */
export function gatewaysOf({ listeners }: Pick<Rule, 'listeners'>): string[] {
  return [...new Set(listeners.map(({ gateway }) => gateway))]
}

/** Whether no gateway has a rule, only clients in the mesh and waypoints. */
export function isOfMesh(rule: Pick<Rule, 'listeners'>): boolean {
  const gateways = gatewaysOf(rule)
  return gateways.length > 0 && gateways.every((name) => name === MESH_GATEWAY)
}

/** The gateway ports that a rule matches, each once; empty: every port. */
export function portsOf({ listeners }: Pick<Rule, 'listeners'>): number[] {
  const ports = listeners.map(({ port }) => port)
  const named = ports.filter((port) => port !== undefined)
  return named.length < ports.length ? [] : [...new Set(named)]
}

/** The rule with other destinations in place of its own. */
export function withDestinations(rule: Rule, written: WrittenDestinations): Rule {
  return { ...rule, written, destinations: destinationsIn(written, rule.format) }
}

/** The proportions of a rule's weights, with sum 1; all 0 where no destination has weight. */
export function sharesOf({
  destinations,
  format,
}: Pick<Rule, 'destinations' | 'format'>): number[] {
  if (format.onlyHasAll && destinations.length === 1) return [1]
  const weights = destinations.map(({ weight }) => weight ?? format.missingWeight)
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => (sum === 0 ? 0 : weight / sum))
}

import type { ApiServer } from '../kube/api-server.ts'
import type { Json } from '../kube/json.ts'
import type { PatchOperation } from '../kube/json-patch.ts'
import type { Problem } from '../problem/problem.ts'
import type { ClientPods, Hit, ProbeRequest, Unmet } from './probe-request.ts'
import type { RouteObject } from './route-object.ts'
import type { Rule } from './rule.ts'
import type { Destination, RuleFormat } from './rule-format.ts'
import type { Surroundings } from './surroundings.ts'
import type { RouteType } from './types/route-type.ts'
import type { RouteSelector } from './wanted.ts'

/** `why`: a clause. `remedy`: a sentence on what would make stamps possible, where something may. */
export type StampRefusal = { why: string; remedy?: string }

/**
 * Everything that is particular to one kind of route object. All but the preflight checks is pure. A new kind is one
 * file with such a value, one line in kinds.ts, and its type in types/route-types.ts.
 */
export type RouteKind = RouteType & {
  /** What else decides where the traffic of its rules goes. */
  surroundings: Surroundings
  /** The fields of the spec that list rules. */
  ruleLists: readonly string[]
  /** The fields of the spec that list its hosts, and the gateways that it is bound to; and that of a match which has the path. */
  fields: { hosts: string; gateways: string; path: string }
  /** Its rules, also those that lack destinations. Those of one protocol are in the order in which they are matched. */
  rules: (object: RouteObject) => readonly Rule[]
  /** Which rule a request hits, as the gateway decides it. */
  hit: (object: RouteObject, request: ProbeRequest) => Hit
  /** What a request lacks to meet a rule; none where it meets it, or where it arrives elsewhere. */
  unmetConditions: (rule: Rule, request: ProbeRequest) => readonly Unmet[]
  /** The gateways that the object is bound to, as its rules name them. A rule can be bound to fewer of them. */
  boundGateways: (object: RouteObject) => string[]
  /** The rules that a selector allows by itself. */
  select: (rules: readonly Rule[], selector: RouteSelector) => readonly Rule[]
  /** The selector that the name of a rule is read as. */
  selectorOf: (rule: Rule) => RouteSelector
  /** The earlier rule that takes all traffic of this one. */
  coveringRule: (rule: Rule, rules: readonly Rule[]) => Rule | undefined
  /** The paths that a rule matches, each as its kind and text: `prefix /api`. A rule without a name is known by them. */
  pathsOf: (rule: Rule) => readonly string[]
  /** The identity of a rule with what the API server fills in, to compare it with one that leaves that out. */
  withDefaults: (identity: Json) => Json
  format: RuleFormat
  /** The operations that let a patch through only where the rule is still at its place. */
  guard: (rule: Rule) => PatchOperation[]
  /** Why `expect: stamp` cannot be used with an object; undefined where it can, or where no object of the kind prevents it. */
  stampRefusal?: (object: RouteObject) => StampRefusal | undefined
  /** What is behind destinations, and whether the mesh accepts them. Read-only. */
  readBackends: (
    search: BackendSearch,
    destinations: readonly Destination[],
    signal: AbortSignal,
  ) => Promise<Backends>
  /** Read-only checks of the object and its rule before the write. */
  preflightChecks: readonly PreflightCheck[]
  /**
   * Why a controller refuses the object's newest generation, as a clause that names the controller; undefined where none
   * does, or none has looked at that generation yet. Acceptance confirms nothing.
   */
  rejection?: (object: RouteObject) => string | undefined
  /** What each write does to traffic that is on its way, as a sentence; undefined: nothing. */
  disturbs: (rule: Rule) => string | undefined
}

export type PreflightCheck = (
  task: { api: ApiServer; object: RouteObject; rule: Rule },
  signal: AbortSignal,
) => Promise<readonly Problem[]>

export type BackendSearch = {
  api: ApiServer
  /** Holds the Services; undefined: they are not looked at. */
  workloads?: ApiServer
  /** The version under which the route object was read. */
  apiVersion: string
  /** Of the route object. */
  namespace: string
  /** The gateway that traffic comes from. Without it, what every gateway sees counts. */
  gatewayPods?: Promise<ClientPods | undefined>
}

export type Backends = {
  labels: BackendLabels
  findings: readonly Problem[]
}

/** The labels of a destination's Pods in addition to those of its Service; undefined where the mesh does not define the destination. */
export type BackendLabels = (
  destination: Destination,
) => Readonly<Record<string, string>> | undefined

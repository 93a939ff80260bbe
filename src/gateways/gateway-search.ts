import type { ApiServer } from '../kube/api-server.ts'
import type { Endpoint } from '../kube/endpoint.ts'
import type { NamespacedName } from '../kube/names.ts'
import type { Problem } from '../problem/problem.ts'
import type { Arrival, ClientPods } from '../routes/probe-request.ts'
import type { RouteObject } from '../routes/route-object.ts'
import type { Rule } from '../routes/rule.ts'
import type { GatewayPods } from './gateway-pods.ts'

export type GatewaySearch = {
  /** Holds the Gateway. */
  api: ApiServer
  /** Holds the Services and Nodes. */
  workloads: ApiServer
  /** The version under which the route object was read. */
  apiVersion: string
  object: RouteObject
  rule: Rule
  /** The gateway port that the input `route` names. */
  routePort: number | undefined
  /** The input `probe-host`. */
  probeHost?: string | undefined
  gatewayService: NamespacedName | undefined
  /** Connections go through the API server, so that the Service needs no address outside of the cluster. */
  throughApi?: boolean
  /** Connections come from these Pods in the cluster, which may be in the mesh. */
  client?: ClientPods | undefined
}

/** A rule in an object that has the rules of its delegates in the place of those that delegate. */
export type ServedAs = {
  object: RouteObject
  rule: Rule
  /** Where each of its rules is written, by their position; only where the run's own object delegates to others. */
  origins?: readonly { object: RouteObject; index: number }[]
}

/** Where connections reach the rule. */
export type FoundAddress = {
  /** All addresses, the preferred ones first. */
  endpoints: readonly [Endpoint, ...Endpoint[]]
  how: string
  /** Inputs that lead to the same Pods in another way, in case no endpoint accepts connections. */
  instead?: readonly string[]
}

/** What a search found, as far as it got. */
export type FoundGateway = {
  address: FoundAddress | undefined
  /** Where the connections arrive. */
  arrival: Arrival | undefined
  /** The Pods of that gateway. */
  pods: GatewayPods | undefined
  /** The rule as that gateway has it, if another object delegates to its own one, or its own one to others. */
  served?: ServedAs
  /** What the listener there does with TLS. */
  tls: ListenerTls
  /** Concrete hosts that the rule's object and that listener admit, with their domain. A probe asks for the first one. */
  hosts: readonly string[]
  findings: readonly Problem[]
}

/** What a listener of a gateway does with TLS. */
export type ListenerTls = 'none' | 'terminate' | 'passthrough'

export const NOTHING_FOUND: FoundGateway = {
  address: undefined,
  arrival: undefined,
  pods: undefined,
  tls: 'none',
  hosts: [],
  findings: [],
}

/** What helps after every search that finds nothing. */
export const GIVE_ENDPOINT =
  'Or set endpoint to a host:port of the gateway that this machine can connect to.'

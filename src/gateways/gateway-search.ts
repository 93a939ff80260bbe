import type { ApiServer } from '../kube/api-server.ts'
import type { Endpoint } from '../kube/endpoint.ts'
import type { NamespacedName } from '../kube/names.ts'
import type { Problem } from '../problem/problem.ts'
import type { RouteObject } from '../routes/route-object.ts'
import type { Rule } from '../routes/rule.ts'
import type { AtServer } from './first-taker.ts'
import type { GatewayPods } from './merged-servers.ts'

export type GatewaySearch = {
  /** Holds the Gateway. */
  api: ApiServer
  /** Holds the Services and Nodes. */
  workloads: ApiServer
  istioVersion: string
  object: RouteObject
  rule: Rule
  /** The gateway port that the input `route` names. */
  routePort: number | undefined
  gatewayService: NamespacedName | undefined
}

/** Where connections reach the entry. */
export type FoundAddress = {
  /** All addresses that are to be tried, the preferred ones first. */
  endpoints: readonly [Endpoint, ...Endpoint[]]
  how: string
  /** Inputs that lead to the same Pods by another way, should no endpoint accept connections. */
  instead?: readonly string[]
}

/** What a search found, as far as it came. */
export type FoundGateway = {
  address: FoundAddress | undefined
  /** The server that the connections go to, and the Pods that serve it. */
  at: AtServer | undefined
  pods: GatewayPods | undefined
  findings: readonly Problem[]
}

export const NOTHING_FOUND: FoundGateway = {
  address: undefined,
  at: undefined,
  pods: undefined,
  findings: [],
}

/** What to do about every search that finds nothing. */
export const GIVE_ENDPOINT = 'Or give endpoint: host:port, where connections can be made from here.'

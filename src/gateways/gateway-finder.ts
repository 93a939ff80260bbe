import type { ApiServer } from '../kube/api-server.ts'
import type { Endpoint } from '../kube/endpoint.ts'
import type { Problem } from '../problem/problem.ts'
import type { ProbeRequest } from '../routes/probe-request.ts'
import type { RouteObject } from '../routes/route-object.ts'
import type { Rule } from '../routes/rule.ts'
import type { FoundGateway, GatewaySearch } from './gateway-search.ts'
import type { FoundProxies } from './proxies/found-proxies.ts'
import type { ProxiesSearch } from './proxies/proxies-search.ts'

/** How route objects of an API group get the traffic of their gateways. Registry: finders.ts */
export type GatewayFinder = {
  /** Where samples of a rule are sent: to the given endpoint, or to the address of its gateway. */
  locate: (
    search: GatewaySearch,
    endpoint: Endpoint | undefined,
    signal: AbortSignal,
  ) => Promise<FoundGateway>
  /** Whether something else gets the rule's traffic first. */
  findShadowing: (search: ShadowSearch, signal: AbortSignal) => Promise<Problem[]>
  /** Which Pods have an Envoy that holds the rule. Each call reads them again. */
  findProxies: (search: ProxiesSearch, signal: AbortSignal) => Promise<FoundProxies>
}

/** The question: does the rule get the gateway's traffic? */
export type ShadowSearch = {
  api: ApiServer
  /** The version under which the route object was read. */
  apiVersion: string
  object: RouteObject
  rule: Rule
  /** Where the run's connections go, as the same finder located it. */
  locating: Promise<FoundGateway>
  /** The input `probe-host`. */
  probeHost?: string | undefined
  /** What the run sends there; undefined: that is not known. */
  asking?: Promise<ProbeRequest | undefined>
}

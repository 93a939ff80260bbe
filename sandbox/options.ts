import type { User } from './api/users.ts'
import type { GatewayApiRoute } from './tutorial/gateway-api.ts'

/** How a sandbox starts. Everything has a default. */
export type SandboxOptions = {
  /** Namespace of the application and its route objects; default `demo`. */
  namespace?: string
  /** The versions of the application and the prefixes of their replies; default v1: one, v2: two. */
  subsets?: Readonly<Record<string, string>>
  /** Weights of the route, by subset; default: one destination, v1, without a weight. */
  weights?: Readonly<Record<string, number>>
  /** The application `web`, which speaks HTTP, and its VirtualServices; default: there is none. */
  web?: WebOptions
  /** The Gateway API: its group, a Gateway and routes; default: it is not installed. It starts the application `web` too. */
  gatewayApi?: GatewayApiOptions
  /** Versions of Istio's networking group that are served, the preferred one first; empty: the group is not installed. */
  istioVersions?: readonly string[]
  /** Namespace whose Istio objects apply to all others (`rootNamespace` in Istio's mesh config); default `istio-config`. */
  rootNamespace?: string
  /** Plurals of resources that are not installed, such as `gateways` or `gateways.networking.istio.io`. */
  omitted?: readonly string[]
  /** Whether istiod's webhook refuses invalid routes, as with a normal installation of Istio; default true. */
  istiodValidates?: boolean
  /**
   * Whether Istio's objects are in an API server of their own, separate from Services and Pods, as in Alibaba Cloud ASM;
   * default false.
   */
  separateClusters?: boolean
  /** Users by token. By default there is one token, which may do everything. */
  tokens?: Readonly<Record<string, User>>
  /** Port of the API server; default: any free one. */
  apiPort?: number
  /** Gateway processes behind the one address; default 1. */
  replicas?: number
  /**
   * Whether the admin endpoints of the gateway's Pods (port 15000) can be read through a port-forward; default false: a
   * forward to them is refused. `statistics`: also those of clusters, which Istio leaves out unless they are asked for.
   */
  proxies?: boolean | 'statistics'
  /**
   * Whether there are a Job controller and a kubelet, which run the Pods of Jobs as processes of this machine; default
   * false: nothing happens to a Job. With names of nodes and their zones, Pods run on these nodes in turn.
   */
  jobs?: boolean | Readonly<Record<string, string>>
  /** Quiet time after a change before the gateway is configured, in milliseconds; default 100, as istiod's. */
  debounceMs?: number
  /** How long changes can delay a push, in milliseconds; default 10,000. */
  debounceMaxMs?: number
  /** How long connections last after a change of their route, in milliseconds; default 45,000, as in Envoy. */
  drainMs?: number
  /** Seed of the gateway's random choices; default 1. */
  seed?: number
  /** The API server's clock; default: the system's. */
  now?: () => Date
}

/**
 * Not the gateway's namespace, so that the gateway's own DestinationRules come first, as for every gateway outside of
 * the root namespace. In real installations both are the same only for istio-system.
 */
export const ROOT_NAMESPACE = 'istio-config'

/** The token of the default user. */
export const ADMIN_TOKEN = 'admin-token'

const PREFIXES: Readonly<Record<string, string>> = { v1: 'one', v2: 'two', v3: 'three' }

/** The versions to start: the given ones, or v1, v2 and those in the weights. */
export function subsetsOf(options: SandboxOptions): Readonly<Record<string, string>> {
  if (options.subsets !== undefined) return options.subsets
  const { tcp } = routesOf(options)
  const names = new Set(['v1', 'v2', ...Object.keys(options.weights ?? {}), ...versionsIn(tcp)])
  return Object.fromEntries([...names].map((name) => [name, PREFIXES[name] ?? name]))
}

/**
 * Weights of the only rule of a VirtualService, by subset; true: one destination, v1, without a weight. They are for HTTP
 * requests (VirtualService `web`), TLS connections that pass through (`web-tls`) and gRPC calls (`web-grpc`). The first one
 * is always there, the others where they are given. The versions are v1, v2 and those in the weights.
 */
export type WebOptions = true | { http?: WebWeights; tls?: WebWeights; grpc?: WebWeights }
export type WebWeights = true | Readonly<Record<string, number>>

/**
 * Weights of the only rule of each route of the Gateway API, by version: of an HTTPRoute `web-route`, a GRPCRoute
 * `grpc-route`, a TLSRoute `tls-route` and a TCPRoute `tcp-route`. In a route, true: one backend, v1, without a weight.
 * For all: each route is so.
 */
export type GatewayApiOptions = true | Readonly<Partial<Record<GatewayApiRoute, WebWeights>>>

const ALL_ROUTES = { http: true, grpc: true, tls: true, tcp: true } as const

/** The routes of the Gateway API to start with. */
export function routesOf({ gatewayApi = {} }: SandboxOptions) {
  return gatewayApi === true ? ALL_ROUTES : gatewayApi
}

/** The versions of the web application; none: it is not started. */
export function webSubsetsOf(options: SandboxOptions): string[] {
  const { web, gatewayApi } = options
  if (web === undefined && gatewayApi === undefined) return []
  const { http, tls, grpc } = routesOf(options)
  const named = web === undefined || web === true ? [] : [web.http, web.tls, web.grpc]
  return [...new Set(['v1', 'v2', ...[...named, http, tls, grpc].flatMap(versionsIn)])]
}

function versionsIn(weights: WebWeights | undefined): string[] {
  return weights === undefined || weights === true ? [] : Object.keys(weights)
}

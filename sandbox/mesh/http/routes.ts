import type { RouteDestination } from '../clusters.ts'
import type { Retries } from './retries.ts'

/** A condition on a text. `present`: it is there, whatever it is. */
export type TextMatch = { kind: 'exact' | 'prefix' | 'regex'; text: string } | { kind: 'present' }

export type NamedMatch = { name: string; match: TextMatch }

/** Which requests a route takes. All conditions must hold. */
export type RouteMatch = {
  /** `elements`: a prefix that ends where an element of the path does. */
  path: { kind: 'exact' | 'prefix' | 'elements' | 'regex'; text: string }
  ignoresCase: boolean
  /** Includes `:method`, `:authority` and `:scheme`. */
  headers: readonly NamedMatch[]
  /** Headers that must not match; a missing one counts as empty. */
  withoutHeaders: readonly NamedMatch[]
  query: readonly NamedMatch[]
}

/** Changes of headers in the order in which Envoy makes them: removed, then set, then added. */
export type HeaderChanges = {
  remove: readonly string[]
  set: readonly (readonly [name: string, value: string])[]
  add: readonly (readonly [name: string, value: string])[]
}

/** Changes of a request and of its reply. `authority` replaces the request's host. */
export type MessageChanges = {
  request: HeaderChanges
  response: HeaderChanges
  authority: string | undefined
}

/** A destination of an HTTP rule, with the changes of headers that it alone makes. */
export type HttpDestination = RouteDestination & { changes: MessageChanges }

export type RouteAction =
  | {
      kind: 'forward'
      destinations: readonly HttpDestination[]
      /** What the matched part of the path is replaced by. */
      rewrite: PathRewrite | undefined
      timeoutMs: number | undefined
      retries: Retries
      /** The status of a reply for a destination that has no cluster. */
      missingStatus: 500 | 503
    }
  | {
      kind: 'redirect'
      status: number
      scheme: string | undefined
      host: string | undefined
      port: number | undefined
      path: { kind: 'whole' | 'prefix'; text: string } | undefined
    }
  | { kind: 'direct'; status: number; body: string }

export type PathRewrite =
  | { kind: 'prefix'; text: string }
  | { kind: 'regex'; pattern: string; text: string }

/** What the fault filter does to a share of the requests, before they are forwarded. */
export type RouteFault = {
  delay: { percent: number; ms: number } | undefined
  abort: { percent: number; status: number; grpcStatus: number | undefined } | undefined
}

export type HttpRoute = {
  match: RouteMatch
  changes: MessageChanges
  action: RouteAction
  fault: RouteFault | undefined
}

/** The routes of a host. A host may begin with `*`. */
export type VirtualHost = {
  domain: string
  /** Other names of the same host. */
  aliases?: readonly string[]
  routes: readonly HttpRoute[]
  /** Requests without TLS are redirected. */
  requiresTls: boolean
}

/** What is done with a request that a rule forwards. */
export type ForwardAction = Extract<RouteAction, { kind: 'forward' }>

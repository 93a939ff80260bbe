import type { Rule } from './rule.ts'

/** What a sample sends, as far as it decides which rule of a route object it hits. */
export type ProbeRequest = TcpRequest | TlsRequest | HttpRequest

/** The Pods that ask for a destination. */
export type ClientPods = {
  namespace: string
  /** Labels that all of them have; they may have more. */
  labels: Readonly<Record<string, string>>
}

/** Where a sample arrives. */
export type Arrival = {
  /** `namespace/name`, or the word mesh. */
  gateway: string
  /** Of the gateway's server. */
  port: number
  /** The name of the gateway's listener, where listeners have names. */
  section?: string
  /** The Pods of the gateway, as far as they are known. */
  pods?: ClientPods
}

export type TcpRequest = Arrival & { protocol: 'tcp' }

export type TlsRequest = Arrival & {
  protocol: 'tls'
  /** The name in the ClientHello; empty where there is none. */
  sni: string
}

export type HttpRequest = Arrival & {
  protocol: 'http'
  method: string
  scheme: 'http' | 'https'
  /** Host or :authority, with the port if the sample sends one. */
  authority: string
  /** With the query. */
  path: string
  /** All further ones. Names in lower case. */
  headers: readonly (readonly [name: string, value: string])[]
}

/** Which rule of an object a request hits. */
export type Hit =
  | { kind: 'rule'; rule: Rule }
  | { kind: 'none' }
  /** `why` is a clause without a period. The candidates are the rules that the request may hit, in matching order. */
  | { kind: 'unknown'; why: string; candidates: readonly Rule[] }

/** A condition of a rule that a request does not meet. */
export type Unmet = {
  /** What decides it. */
  part: 'path' | 'query' | 'method' | 'host' | 'scheme' | 'header'
  /** Of the header or query parameter that is missing. */
  name?: string
  /** Such as `path that begins with /api`. */
  what: string
  /** A value that meets it, where that is simple to tell. */
  example?: string
}

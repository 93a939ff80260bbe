import type { Rule } from './rule.ts'

/** What a sample sends, as far as it decides which rule of a route object it hits. */
export type ProbeRequest = TcpRequest | TlsRequest | HttpRequest

/** Where a sample arrives: a Gateway as `namespace/name`, or the word mesh, and the port of its server. */
type Arrival = { gateway: string; port: number }

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

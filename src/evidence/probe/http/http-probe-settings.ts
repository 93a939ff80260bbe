import type { TlsSettings } from '../tls/tls-settings.ts'

/** The versions of HTTP that the input `probe-http` has. */
export type HttpVersion = '1.1' | '2'

export type HttpProbeSettings = {
  kind: 'http'
  method: string
  /** With its query. */
  path: string
  /** Host, or :authority. */
  authority: string
  headers: readonly RequestHeader[]
  version: HttpVersion
  /** Undefined: without TLS. */
  tls: TlsSettings | undefined
}

/** The name is in lower case. */
export type RequestHeader = readonly [name: string, value: string]

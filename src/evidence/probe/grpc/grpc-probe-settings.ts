import type { RequestHeader } from '../http/http-probe-settings.ts'
import type { TlsSettings } from '../tls/tls-settings.ts'

export type GrpcProbeSettings = {
  kind: 'grpc'
  /** `/SERVICE/METHOD`. */
  path: string
  authority: string
  headers: readonly RequestHeader[]
  /** Undefined: without TLS. */
  tls: TlsSettings | undefined
}

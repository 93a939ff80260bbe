import type { ReplyUntil } from '../reply-reader.ts'
import type { TlsSettings } from '../tls/tls-settings.ts'

export type TcpProbeSettings = {
  kind: 'tcp'
  payload: Uint8Array
  replyUntil: ReplyUntil
  /** Absent: without TLS. */
  tls?: TlsSettings | undefined
}

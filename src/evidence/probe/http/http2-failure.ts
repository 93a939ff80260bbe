import type { ConnectionOutcome } from '../connection-outcome.ts'
import { tlsFailure } from '../tls/tls-failure.ts'

const EXPECTS_HTTP1 = {
  kind: 'failed',
  why: 'the reply is not HTTP/2',
  cause: 'expects HTTP/1.1',
} as const

/** Error codes of HTTP/2 (RFC 9113, 7), by their numbers. */
const CODES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
]

/** How far an exchange had come. */
export type Progress = {
  /** Whether the server has sent its settings, which begin HTTP/2. */
  hasSettings: boolean
  /** The code with which the server ended the exchange, or all of them; undefined: it did not. */
  code: number | undefined
}

/** How a connection ended that met an error of the system, of TLS or of HTTP/2. */
export function http2Failure(
  error: NodeJS.ErrnoException,
  { hasSettings, code }: Progress,
): ConnectionOutcome {
  switch (error.code) {
    case 'ERR_HTTP2_ERROR':
      if (!hasSettings) return EXPECTS_HTTP1
      return { kind: 'failed', why: `the reply breaks HTTP/2: ${error.message}`, cause: 'no HTTP' }
    case 'ERR_HTTP2_STREAM_ERROR':
    case 'ERR_HTTP2_SESSION_ERROR':
      return endedWith(code)
    default:
      return tlsFailure(error)
  }
}

/** The server ended the exchange with a code before the reply was complete. */
function endedWith(code = 0): ConnectionOutcome {
  const name = CODES[code] ?? `code ${code}`
  if (name === 'HTTP_1_1_REQUIRED') return EXPECTS_HTTP1
  return { kind: 'failed', why: `the server ended the exchange (${name} of HTTP/2)` }
}

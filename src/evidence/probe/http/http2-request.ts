import type { OutgoingHttpHeaders } from 'node:http2'
import type { ConnectionOutcome } from '../connection-outcome.ts'
import { REPEATABLE, USER_AGENT } from './http-dial.ts'
import type { HttpProbeSettings } from './http-probe-settings.ts'
import type { Http2Request } from './http2-connection.ts'
import { type Http2Reply, textOf } from './http2-reply.ts'

type Asked = Pick<HttpProbeSettings, 'path' | 'authority' | 'headers' | 'tls'> & { method: string }

/** The request of `probe: http` over HTTP/2. */
export function http2Request(asked: Asked): Http2Request {
  return {
    headers: { ...pseudoHeaders(asked), accept: '*/*', ...named(asked) },
    replied,
    isRepeatable: REPEATABLE.includes(asked.method),
  }
}

export function pseudoHeaders({ method, path, authority, tls }: Asked): OutgoingHttpHeaders {
  return {
    ':method': method,
    ':scheme': tls === undefined ? 'http' : 'https',
    ':authority': authority,
    ':path': path,
    'user-agent': USER_AGENT,
  }
}

export function named({ headers }: Pick<Asked, 'headers'>): OutgoingHttpHeaders {
  return Object.fromEntries(headers)
}

function replied(reply: Http2Reply): ConnectionOutcome {
  const { status, headers, truncated } = reply
  const outcome = { kind: 'reply' as const, text: textOf(reply), head: { status, headers } }
  return truncated ? { ...outcome, truncated } : outcome
}

import { type Exchange, GRPC } from './exchange.ts'
import { changed, type HeaderList, headerValue } from './header-changes.ts'
import type { HeaderChanges } from './routes.ts'

/** A reply that the gateway makes itself. */
export type LocalReply = {
  status: number
  body?: string
  headers?: HeaderList
  grpcStatus?: number | undefined
}

/** gRPC's status for an HTTP status. Source: gRPC, http-grpc-status-mapping.md. */
const GRPC_FROM_HTTP: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
}
const UNKNOWN = 2

/**
 * Sends a reply of the gateway's own, with the changes of headers that its route makes. A gRPC client gets the status as
 * a trailer.
 */
export function replyLocally(
  exchange: Exchange,
  { status, body = '', headers = [], grpcStatus }: LocalReply,
  changes: readonly HeaderChanges[] = [],
): void {
  const isGrpc = (headerValue(exchange.head.headers, 'content-type') ?? '').startsWith(GRPC)
  const content: HeaderList = isGrpc
    ? [
        ['content-type', GRPC],
        ['grpc-status', String(grpcStatus ?? GRPC_FROM_HTTP[status] ?? UNKNOWN)],
        ...(body === '' ? [] : [['grpc-message', percentEncoded(body)] as const]),
      ]
    : [
        ['content-length', String(Buffer.byteLength(body))],
        ...(body === '' ? [] : [['content-type', 'text/plain'] as const]),
      ]
  const made = changes.reduce<HeaderList>(changed, [...headers, ...content])
  exchange.body.resume()
  const isHead = exchange.head.method === 'HEAD'
  exchange.respond(
    isGrpc ? 200 : status,
    asSent(made),
    isGrpc || isHead || body === '' ? undefined : body,
  )
}

/** A message as gRPC encodes it: only what is not printable ASCII. */
function percentEncoded(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) =>
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('')
}

/** The headers that Envoy writes on every reply. */
export function asSent(headers: HeaderList): HeaderList {
  const others = headers.filter(([name]) => name !== 'server')
  const date: HeaderList =
    headerValue(others, 'date') === undefined ? [['date', new Date().toUTCString()]] : []
  return [...others, ...date, ['server', 'istio-envoy']]
}

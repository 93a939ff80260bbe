import type { Readable } from 'node:stream'
import type { HeaderList } from './header-changes.ts'
import type { RequestHead } from './match.ts'

/** A request, and how it is answered, whatever the version of HTTP. */
export type Exchange = {
  head: RequestHead
  /** The version of HTTP, such as `1.1`. */
  version: string
  body: Readable
  /** Sends status and headers. Without a body, the reply is complete. */
  respond(
    status: number,
    headers: HeaderList,
    body: Readable | string | undefined,
    trailers?: () => HeaderList,
  ): void
  /** Ends the request without a complete reply. */
  abort(): void
  /** Calls when the client has gone, or the reply is complete. */
  onClosed(act: () => void): void
}

/** A reply of a destination. */
export type UpstreamReply = {
  status: number
  headers: HeaderList
  body: Readable
  /** The trailers, once the body has ended. */
  trailers: () => HeaderList
}

export const GRPC = 'application/grpc'

/** Headers that belong to a connection, not to a message. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** Node's flat list of names and values as headers, without those of the connection and of HTTP/2's first line. */
export function listOf(raw: readonly string[]): HeaderList {
  const list: (readonly [string, string])[] = []
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase()
    if (!name.startsWith(':') && !HOP_BY_HOP.has(name)) list.push([name, raw[at + 1] ?? ''])
  }
  return list
}

/** Headers as Node takes them: repeated ones as a list. */
export function recordOf(headers: HeaderList): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = {}
  for (const [name, value] of headers) {
    const known = record[name]
    record[name] =
      known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value]
  }
  return record
}

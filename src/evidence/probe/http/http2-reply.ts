import { StringDecoder } from 'node:string_decoder'
import type { ReplyHead } from '../connection-outcome.ts'
import { MOST_REPLY_BYTES } from '../reply-reader.ts'
import { MOST_HEAD_BYTES } from './not-http.ts'

/** A reply over HTTP/2. */
export type Http2Reply = {
  status: number
  headers: ReplyHead['headers']
  /** What came behind the body. */
  trailers: ReplyHead['headers']
  body: Buffer
  /** Whether the body is longer than what is read of it. */
  truncated: boolean
}

/** Collects a reply as it arrives. */
export type Collector = {
  /** Returns whether it is longer than a head may be. */
  head(headers: object): boolean
  /** Returns whether that is all that is read of the body. */
  data(chunk: Buffer): boolean
  trailers(headers: object): void
  /** What has arrived; undefined before the head. */
  reply(): Http2Reply | undefined
}

export function startCollecting(): Collector {
  let head: Pick<Http2Reply, 'status' | 'headers'> | undefined
  let trailers: ReplyHead['headers'] = {}
  const chunks: Buffer[] = []
  let bytes = 0
  return {
    head(received) {
      const headers = headersIn(received)
      head = { status: Number(Reflect.get(received, ':status')), headers }
      return bytesOf(headers) > MOST_HEAD_BYTES
    },
    data(chunk) {
      const kept = chunk.subarray(0, MOST_REPLY_BYTES - bytes)
      chunks.push(kept)
      bytes += kept.length
      return bytes === MOST_REPLY_BYTES
    },
    trailers(received) {
      trailers = headersIn(received)
    },
    reply: () =>
      head && {
        ...head,
        trailers,
        body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks),
        truncated: bytes === MOST_REPLY_BYTES,
      },
  }
}

/** Without those that begin with a colon. Repeated ones are joined. */
function headersIn(received: object): ReplyHead['headers'] {
  const headers: Record<string, string> = Object.create(null)
  // What Node hands over inherits nothing. A list of its entries would be most of what is allocated here.
  for (const name in received) {
    if (name.startsWith(':')) continue
    const value: unknown = Reflect.get(received, name)
    headers[name] = Array.isArray(value) ? value.join(', ') : String(value)
  }
  return headers
}

function bytesOf(headers: ReplyHead['headers']): number {
  let bytes = 0
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0)
  return bytes
}

/** A body as text, without half a character at its end. */
export function textOf({ body }: Pick<Http2Reply, 'body'>): string {
  return new StringDecoder('utf8').write(body)
}

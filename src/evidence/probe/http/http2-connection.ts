import type * as Http2 from 'node:http2'
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import type { Closing } from '../connection/closing.ts'
import type { KeptConnection, RequestEnd } from '../connection/kept-connection.ts'
import type { ConnectionOutcome } from '../connection-outcome.ts'
import { http2Failure } from './http2-failure.ts'
import { type Http2Reply, startCollecting, textOf } from './http2-reply.ts'
import { cutShort, LONG_HEAD } from './not-http.ts'

/** What every request sends, and what its reply means. */
export type Http2Request = {
  /** With those that begin with a colon. */
  headers: OutgoingHttpHeaders
  /** Undefined: the request has none. */
  body?: Uint8Array
  replied: (reply: Http2Reply) => ConnectionOutcome
  /** Whether it may be served twice. */
  isRepeatable: boolean
}

/** A connection that is about to be established. Without TLS both sockets are the same one. */
export type Connecting = { socket: Socket; tcp: Socket; established: 'connect' | 'secureConnect' }

export type Http2Settings = {
  library: typeof Http2
  request: Http2Request
  closing: Closing
  /** Whether another request may follow a complete reply. Else the connection is closed. */
  keeps: boolean
}

/** Only decides about the default authority, which every request replaces. */
const ANY = new URL('http://localhost')
const NO_ERROR = 0

/**
 * A connection that carries requests over HTTP/2, one after another.
 * @param lost is called where it ends while it carries no request
 */
export function openHttp2(
  { library, request, closing, keeps }: Http2Settings,
  { socket, tcp, established }: Connecting,
  lost: () => void,
): KeptConnection {
  let session: ClientHttp2Session | undefined
  let hasSettings = false
  let goaway: { code: number; lastId: number } | undefined
  let requests = 0
  /** Of the request in flight; undefined: the connection is idle, or is being closed. */
  let ended: ((end: RequestEnd) => void) | undefined
  let stream: ClientHttp2Stream | undefined
  let collector = startCollecting()
  let isClosing = false
  let isClosed = false
  let whenClosed: (() => void) | undefined

  /** Closes the connection. The request in flight ends when it is closed. */
  function end(how: RequestEnd): void {
    if (isClosing) return
    isClosing = true
    const tell = ended
    ended = undefined
    if (tell === undefined) lost()
    else if (isClosed) tell(how)
    else whenClosed = () => tell(how)
    const answered = how.connection !== 'stale' && how.outcome?.kind === 'reply'
    const reset = () => tcp.resetAndDestroy()
    closing.close({ socket: { destroy }, reset }, answered)
  }

  function destroy(): void {
    // A session that the server has ended would wait until the server closes the connection too.
    if (session === undefined || session.closed) tcp.destroy()
    session?.destroy()
  }

  function fail(error: NodeJS.ErrnoException, code = goaway?.code): void {
    const outcome = http2Failure(error, { hasSettings, code })
    const isStale = outcome.kind === 'reset' ? wasCut() : wasNotServed()
    end(isStale ? { connection: 'stale' } : { connection: 'closed', outcome })
  }

  /** The other side has ended the connection, or the exchange, without an error. */
  function cutOff(): void {
    if (wasCut()) {
      end({ connection: 'stale' })
      return
    }
    const outcome: ConnectionOutcome =
      tcp.bytesRead === 0 ? { kind: 'closed' } : cutShort(collector.reply()?.body.length)
    end({ connection: 'closed', outcome })
  }

  /** Whether the other side has closed a kept connection in place of a reply. */
  function wasCut(): boolean {
    const isUnanswered = requests > 1 && collector.reply() === undefined
    return (isUnanswered && request.isRepeatable) || wasNotServed()
  }

  /** Whether the server has said so of the request (RFC 9113, 6.8). */
  function wasNotServed(): boolean {
    return requests > 1 && goaway !== undefined && (stream?.id ?? 0) > goaway.lastId
  }

  function establish(): void {
    if (isClosing) return
    if ('alpnProtocol' in socket && socket.alpnProtocol !== 'h2') {
      const why = 'the server does not offer HTTP/2 (ALPN)'
      end({ connection: 'closed', outcome: { kind: 'tls', why, cause: 'other protocol' } })
      return
    }
    session = library.connect(ANY, {
      createConnection: () => socket,
      settings: { enablePush: false },
    })
    session.on('goaway', (code, lastId) => {
      goaway = { code, lastId }
      if (ended === undefined) end({ connection: 'closed', outcome: undefined })
    })
    session.on('remoteSettings', () => {
      hasSettings = true
    })
    session.on('error', (error) => fail(error))
    exchange(session)
  }

  function exchange(on: ClientHttp2Session): void {
    const made = on.request(request.headers, { endStream: request.body === undefined })
    stream = made
    if (request.body !== undefined) made.end(request.body)
    made.on('response', (headers) => {
      if (stream === made && collector.head(headers))
        end({ connection: 'closed', outcome: LONG_HEAD })
    })
    made.on('trailers', (headers) => {
      if (stream === made) collector.trailers(headers)
    })
    made.on('data', (chunk: Buffer) => {
      if (stream === made && collector.data(chunk)) replied()
    })
    made.on('error', (error) => {
      if (stream === made) fail(error, goaway?.code ?? made.rstCode)
    })
    made.on('close', () => {
      if (stream !== made) return
      if (made.rstCode === NO_ERROR) replied()
      else cutOff()
    })
  }

  function replied(): void {
    const reply = collector.reply()
    if (reply === undefined) {
      cutOff()
      return
    }
    const outcome = request.replied(reply)
    const isOpen = goaway === undefined && session?.closed === false && !session.destroyed
    if (!keeps || reply.truncated || !isOpen) {
      end({ connection: 'closed', outcome })
      return
    }
    const tell = ended
    ended = undefined
    stream = undefined
    tell?.({ connection: 'kept', outcome })
  }

  tcp.on('error', (error) => fail(error))
  if (socket !== tcp) socket.on('error', (error) => fail(error))
  socket.once(established, establish)
  tcp.on('close', () => {
    isClosed = true
    cutOff()
    whenClosed?.()
  })

  return {
    send(whenEnded) {
      requests += 1
      ended = whenEnded
      collector = startCollecting()
      if (session === undefined) return
      if (session.closed || session.destroyed) end({ connection: 'stale' })
      else exchange(session)
    },
    timedOut() {
      const incomplete = textOf(collector.reply() ?? { body: Buffer.alloc(0) })
      const outcome: ConnectionOutcome = tcp.connecting
        ? { kind: 'connect timeout' }
        : { kind: 'timeout', ...(incomplete === '' ? {} : { incomplete }) }
      end({ connection: 'closed', outcome })
    },
    close: () => end({ connection: 'closed', outcome: undefined }),
  }
}

import type * as Http2 from 'node:http2'
import type { ClientHttp2Session, OutgoingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import type { Closing } from '../connection/closing.ts'
import type { ConnectionOutcome } from '../connection-outcome.ts'
import type { Stopwatch } from '../shared-timeout.ts'
import { http2Failure } from './http2-failure.ts'
import { type Http2Reply, startCollecting, textOf } from './http2-reply.ts'
import { cutShort, LONG_HEAD } from './not-http.ts'

/** What every exchange sends, and what its reply means. */
export type Http2Request = {
  /** With those that begin with a colon. */
  headers: OutgoingHttpHeaders
  /** Undefined: the request has none. */
  body?: Uint8Array
  replied: (reply: Http2Reply) => ConnectionOutcome
}

/** A connection that is about to be established. Without TLS both sockets are the same one. */
export type Connecting = { socket: Socket; tcp: Socket; established: 'connect' | 'secureConnect' }

export type ExchangeTask = {
  library: typeof Http2
  request: Http2Request
  closing: Closing
  clock: Stopwatch
}

export type Exchange = {
  timedOut(): void
  drop(): void
}

/** Only decides about the default authority, which every request replaces. */
const ANY = new URL('http://localhost')
const NO_ERROR = 0

/** One request on a connection of its own. `done` gets no outcome where it was dropped. */
export function startExchange(
  { library, request, closing, clock }: ExchangeTask,
  { socket, tcp, established }: Connecting,
  done: (outcome: ConnectionOutcome | undefined) => void,
): Exchange {
  const collector = startCollecting()
  let session: ClientHttp2Session | undefined
  let outcome: ConnectionOutcome | undefined
  let hasEnded = false
  let hasSettings = false

  function end(how: ConnectionOutcome | undefined): void {
    if (hasEnded) return
    hasEnded = true
    outcome = how
    clock.stop()
    closing.close(
      { socket: session ?? tcp, reset: () => tcp.resetAndDestroy() },
      how?.kind === 'reply',
    )
  }

  function fail(error: NodeJS.ErrnoException, code?: number): void {
    end(http2Failure(error, { hasSettings, code }))
  }

  /** The other side has ended the connection, or the exchange, without an error. */
  function cutOff(): void {
    if (tcp.bytesRead === 0) end({ kind: 'closed' })
    else end(cutShort(collector.reply()?.body.length))
  }

  function send(): void {
    if (hasEnded) return
    if ('alpnProtocol' in socket && socket.alpnProtocol !== 'h2') {
      const why = 'the server does not offer HTTP/2 (ALPN)'
      end({ kind: 'tls', why, cause: 'other protocol' })
    } else exchange()
  }

  function exchange(): void {
    session = library.connect(ANY, {
      createConnection: () => socket,
      settings: { enablePush: false },
    })
    let lastCode: number | undefined
    session.on('goaway', (code) => {
      lastCode = code
    })
    session.on('remoteSettings', () => {
      hasSettings = true
    })
    session.on('error', (error) => fail(error, lastCode))
    const stream = session.request(request.headers, { endStream: request.body === undefined })
    if (request.body !== undefined) stream.end(request.body)
    stream.on('response', (headers) => {
      if (collector.head(headers)) end(LONG_HEAD)
    })
    stream.on('trailers', collector.trailers)
    stream.on('data', (chunk: Buffer) => {
      if (collector.data(chunk)) replied()
    })
    stream.on('error', (error) => fail(error, lastCode ?? stream.rstCode))
    stream.on('close', () => {
      if (stream.rstCode === NO_ERROR) replied()
      else cutOff()
    })
  }

  function replied(): void {
    const reply = collector.reply()
    if (reply === undefined) cutOff()
    else end(request.replied(reply))
  }

  clock.start()
  for (const each of new Set([socket, tcp])) each.on('error', (error) => fail(error))
  socket.once(established, send)
  tcp.on('close', () => {
    cutOff()
    done(outcome)
  })
  return {
    timedOut() {
      if (tcp.connecting) end({ kind: 'connect timeout' })
      else {
        const incomplete = textOf(collector.reply() ?? { body: Buffer.alloc(0) })
        end(incomplete === '' ? { kind: 'timeout' } : { kind: 'timeout', incomplete })
      }
    },
    drop: () => end(undefined),
  }
}

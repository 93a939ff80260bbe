import type * as Http2 from 'node:http2'
import { connect } from 'node:net'
import { startClocks } from '../connection/clocks.ts'
import { startClosing } from '../connection/closing.ts'
import { keepConnections } from '../connection/keep-connections.ts'
import type { KeptConnection } from '../connection/kept-connection.ts'
import { type Address, addressesInTurn } from '../connection/transport.ts'
import type { Dial, KeptDial } from '../connection-outcome.ts'
import type { TlsSettings } from '../tls/tls-settings.ts'
import { startConnecting } from '../tls/tls-transport.ts'
import { type Connecting, type Http2Request, openHttp2 } from './http2-connection.ts'

/** How one request over HTTP/2 is made. Times in milliseconds. */
export type Http2DialSettings = {
  addresses: readonly string[]
  port: number
  request: Http2Request
  /** Undefined: without TLS, and the server must expect HTTP/2. */
  tls: TlsSettings | undefined
  timeoutMs: number
  ordinaryCloses?: number
}

/** Dials the addresses in turn: connect, send one request, read its reply, close. */
export function http2Dial(settings: Http2DialSettings): Dial {
  const open = opening(settings, { keeps: false })
  const clocks = startClocks(settings.timeoutMs)
  return onceLoaded((library) => (done) => {
    const clock = clocks.take()
    const connection = open(library, () => undefined)
    clock.running = connection
    clock.stopwatch.start()
    connection.send((end) => {
      clock.stopwatch.stop()
      clocks.free(clock)
      if (end.connection !== 'stale' && end.outcome) done(end.outcome)
    })
    return connection.close
  })
}

/**
 * Dials the addresses in turn, and keeps the connections: one request after another, none before the reply to the one
 * before it.
 * @param mostIdleMs a connection that has been idle for longer is not used again
 */
export function keptHttp2Dial(settings: Http2DialSettings, mostIdleMs?: number): KeptDial {
  const { timeoutMs } = settings
  const open = opening(settings, { keeps: true })
  let kept: KeptDial | undefined
  const dial = onceLoaded((library) => {
    kept = keepConnections({ open: (lost) => open(library, lost), timeoutMs, mostIdleMs })
    return kept.dial
  })
  return { dial, close: () => kept?.close() }
}

/** A dial that needs node:http2, which takes some milliseconds to load and is needed by nothing else. */
function onceLoaded(dialWith: (library: typeof Http2) => Dial): Dial {
  let dial: Dial | undefined
  const loading = import('node:http2').then((library) => {
    dial = dialWith(library)
  })

  return (done) => {
    if (dial !== undefined) return dial(done)
    let drop: (() => void) | undefined
    let isDropped = false
    loading.then(() => {
      if (!isDropped) drop = dial?.(done)
    })
    return () => {
      isDropped = true
      drop?.()
    }
  }
}

type Open = (library: typeof Http2, lost: () => void) => KeptConnection

function opening(settings: Http2DialSettings, { keeps }: { keeps: boolean }): Open {
  const { request, addresses, port, tls } = settings
  const closing = startClosing(settings.ordinaryCloses)
  const next = addressesInTurn(addresses, port)
  const start = connecting(tls)
  return (library, lost) => openHttp2({ library, request, closing, keeps }, start(next()), lost)
}

function connecting(tls: TlsSettings | undefined): (to: Address) => Connecting {
  const overTcp = (to: Address) => connect({ ...to, noDelay: true })
  if (tls === undefined)
    return (to) => {
      const socket = overTcp(to)
      return { socket, tcp: socket, established: 'connect' }
    }
  const overTls = startConnecting(tls, ['h2'])
  return (to) => {
    const tcp = overTcp(to)
    return { socket: overTls({ socket: tcp }), tcp, established: 'secureConnect' }
  }
}

import type * as Http2 from 'node:http2'
import { connect } from 'node:net'
import { startClosing } from '../connection/closing.ts'
import type { Address } from '../connection/transport.ts'
import type { ConnectionOutcome, Dial } from '../connection-outcome.ts'
import { type Stopwatch, sharedTimeout } from '../shared-timeout.ts'
import type { TlsSettings } from '../tls/tls-settings.ts'
import { startConnecting } from '../tls/tls-transport.ts'
import {
  type Connecting,
  type Exchange,
  type Http2Request,
  startExchange,
} from './http2-exchange.ts'

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
  const { addresses, port, request } = settings
  const closing = startClosing(settings.ordinaryCloses)
  const open = opening(settings.tls)
  const clocks = startClocks(settings.timeoutMs)
  let library: typeof Http2 | undefined
  // Only this probe needs it, and it takes some milliseconds to load.
  const loading = import('node:http2').then((loaded) => {
    library = loaded
  })
  let turn = 0

  function exchange(to: Address, done: (outcome: ConnectionOutcome) => void): () => void {
    if (library === undefined) return later(to, done)
    const clock = clocks.take()
    const { stopwatch } = clock
    const task = { library, request, closing, clock: stopwatch }
    const one = startExchange(task, open(to), (outcome) => {
      clocks.free(clock)
      if (outcome) done(outcome)
    })
    clock.running = one
    return one.drop
  }

  function later(to: Address, done: (outcome: ConnectionOutcome) => void): () => void {
    let drop: (() => void) | undefined
    let isDropped = false
    loading.then(() => {
      if (!isDropped) drop = exchange(to, done)
    })
    return () => {
      isDropped = true
      drop?.()
    }
  }

  return (done) => {
    const host = addresses[turn % addresses.length] ?? ''
    turn += 1
    return exchange({ host, port }, done)
  }
}

function opening(tls: TlsSettings | undefined): (to: Address) => Connecting {
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

type Clock = { stopwatch: Stopwatch; running: Exchange | undefined }

/** Time limits of exchanges. One that is over leaves its clock to another. */
function startClocks(timeoutMs: number): { take(): Clock; free(clock: Clock): void } {
  const start = sharedTimeout(timeoutMs, () => performance.now())
  const unused: Clock[] = []
  function made(): Clock {
    const clock: Clock = { stopwatch: start(() => clock.running?.timedOut()), running: undefined }
    return clock
  }
  return {
    take: () => unused.pop() ?? made(),
    free(clock) {
      clock.running = undefined
      unused.push(clock)
    },
  }
}

import type { ConnectionOutcome, Dial } from '../connection-outcome.ts'
import { type Stopwatch, sharedTimeout } from '../shared-timeout.ts'
import { type Closing, startClosing } from './closing.ts'
import type { ConnectionReader } from './connection-reader.ts'
import { type Address, addressesInTurn, type Opened, type Transport } from './transport.ts'

/** How connections are made. Times in milliseconds. */
export type LaneSettings = {
  /** Addresses of the endpoint's host; connections take them in turn. */
  addresses: readonly string[]
  port: number
  transport: Transport
  /** What is sent as soon as the connection is established. */
  request: Uint8Array
  /** Whether this side closes its half after the request. */
  halfClose?: boolean
  reader: () => ConnectionReader
  /** So many bytes are read at once. */
  bufferBytes: number
  timeoutMs: number
  /** After so many ordinary closes connections are reset; 10,000 by default. */
  ordinaryCloses?: number | undefined
}

/**
 * Dials the addresses in turn: connect, send the request, read one reply, close. The client's half of the connection
 * stays open until the reply is there, unless `halfClose` is set.
 */
export function lanes(settings: LaneSettings): Dial {
  const common: Common = {
    ...settings,
    request: Buffer.from(settings.request),
    stopwatch: sharedTimeout(settings.timeoutMs, () => performance.now()),
    closing: startClosing(settings.ordinaryCloses),
    free: [],
  }
  const next = addressesInTurn(settings.addresses, settings.port)
  return (done) => {
    const lane = common.free.pop() ?? openLane(common)
    return lane(next(), done)
  }
}

type Common = Omit<LaneSettings, 'request'> & {
  request: Buffer
  stopwatch: (onTimeout: () => void) => Stopwatch
  closing: Closing
  /** Lanes without a connection. */
  free: Lane[]
}

/** Makes a connection; returns what drops it. */
type Lane = (to: Address, done: (outcome: ConnectionOutcome) => void) => () => void

/**
 * A lane makes one connection after the other. What a connection needs is made once per lane, not once per connection.
 * That includes the socket, where it may connect again when it has closed. Each connection has a system handle of its
 * own; the one before is closed by then, with what was still to be read from it or written to it. After anything but a
 * reply the socket is replaced, because its state after an error, a lookup or the end of a stream is not defined.
 */
function openLane(common: Common): Lane {
  const { transport, request, halfClose, stopwatch, closing, free } = common
  const reader = common.reader()
  const clock = stopwatch(() =>
    end(opened?.socket.connecting ? { kind: 'connect timeout' } : reader.timedOut()),
  )
  const buffer = Buffer.allocUnsafe(common.bufferBytes)
  let opened: Opened | undefined
  let reusable = false
  let done: (outcome: ConnectionOutcome) => void
  let outcome: ConnectionOutcome | undefined
  let ended = true
  let connections = 0

  function end(how: ConnectionOutcome | undefined, answered = false): void {
    if (ended || opened === undefined) return
    ended = true
    outcome = how
    clock.stop()
    // A socket whose writing side has ended cannot send another request.
    reusable = answered && !halfClose && transport.connectsAgain
    closing.close(opened, answered)
  }

  function onRead(bytes: number): boolean {
    if (ended) return false
    const how = reader.take(buffer, bytes)
    if (how !== undefined) end(how, how.kind === 'reply')
    return !ended
  }

  // The next connection is opened when this one is closed. The system then works on many ends and many beginnings in
  // turn, which is a fifth faster than an end and a beginning each.
  function onClose(): void {
    if (!reusable) opened = undefined
    free.push(lane)
    if (outcome) done(outcome)
  }

  function firstConnect(to: Address): Opened {
    const made = transport.open(to, { buffer, callback: onRead }, closing.resets())
    const { socket } = made
    // Written before it is connected, the request would be kept, and two more listeners for it.
    if (halfClose) socket.on(transport.established, () => socket.end(request))
    else if (request.length > 0) socket.on(transport.established, () => socket.write(request))
    socket.on('error', (error) => {
      const failure = transport.failure(error)
      end(failure.kind === 'reset' ? (reader.reset?.() ?? failure) : failure)
    })
    socket.on('end', () => end(reader.end()))
    socket.on('close', onClose)
    return made
  }

  function lane(to: Address, whenDone: (outcome: ConnectionOutcome) => void): () => void {
    connections += 1
    const number = connections
    done = whenDone
    outcome = undefined
    ended = false
    reusable = false
    reader.start()
    clock.start()
    if (opened === undefined) opened = firstConnect(to)
    else opened.socket.connect(to)
    // By the time it is dropped the lane may have gone on to another.
    return () => {
      if (number === connections) end(undefined)
    }
  }
  return lane
}

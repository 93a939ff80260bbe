import { connect, type Socket } from 'node:net'
import { isClientLimit } from '../../../problem/client-limit.ts'
import type { ConnectionOutcome, Dial } from '../connection-outcome.ts'
import type { MatchReply } from '../match-replies.ts'
import type { ReplyUntil } from '../reply-reader.ts'
import { type ReplyReader, readReply } from '../reply-reader.ts'
import { type Stopwatch, sharedTimeout } from '../shared-timeout.ts'

/** How one connection of `probe: tcp` is made. Times in milliseconds. */
export type TcpDialSettings = {
  /** Addresses of the endpoint's host; connections take them in turn. */
  addresses: readonly string[]
  port: number
  payload: Uint8Array
  replyUntil: ReplyUntil
  match: MatchReply
  timeoutMs: number
  /** After so many ordinary closes connections are reset; 10,000 by default. */
  ordinaryCloses?: number
}

/**
 * The side that closes first keeps the connection's port for a minute (TIME-WAIT, RFC 9293, 3.5), and a machine has some
 * 28,000. A reset keeps none, but shows in the gateway's statistics, so only long runs end that way.
 */
const ORDINARY_CLOSES = 10_000
/** A reply is usually a line. A buffer this small comes from Node's pool. */
const READ_BUFFER_BYTES = 2 * 1024

/**
 * Dials the addresses in turn: connect, send the payload, read one reply, close. The client's half
 * of the connection stays open until the reply is there, because some servers drop the reply otherwise.
 * With `reply-until: half-close` it is closed after the payload, because other servers answer only then.
 */
export function tcpDial(settings: TcpDialSettings): Dial {
  const common: Common = {
    payload: Buffer.from(settings.payload),
    halfClose: settings.replyUntil === 'half-close',
    reader: () => readReply(settings.replyUntil, settings.match),
    stopwatch: sharedTimeout(settings.timeoutMs, () => performance.now()),
    close: startClosing(settings.ordinaryCloses ?? ORDINARY_CLOSES),
    free: [],
  }
  let turn = 0
  return (done) => {
    const host = settings.addresses[turn % settings.addresses.length] ?? ''
    turn += 1
    const lane = common.free.pop() ?? openLane(common)
    return lane({ host, port: settings.port }, done)
  }
}

type Common = {
  payload: Buffer
  halfClose: boolean
  reader: () => ReplyReader
  stopwatch: (onTimeout: () => void) => Stopwatch
  close: (socket: Socket, answered: boolean) => void
  /** Lanes without a connection. */
  free: Lane[]
}

/** Makes a connection; returns what drops it. */
type Lane = (
  to: { host: string; port: number },
  done: (outcome: ConnectionOutcome) => void,
) => () => void

/**
 * A lane makes one connection after the other. What a connection needs is made once per lane, not once per connection.
 * That includes the socket, which may connect again when it has closed (`socket.connect` in Node's documentation). Each
 * connection has a system handle of its own; the one before is closed by then, with what was still to be read from it or
 * written to it. After anything but a reply the socket is replaced, because its state after an error, a lookup or the end
 * of a stream is not defined.
 */
function openLane({ payload, halfClose, reader, stopwatch, close, free }: Common): Lane {
  const reply = reader()
  const clock = stopwatch(() =>
    end(socket?.connecting ? { kind: 'connect timeout' } : timedOut(reply.end())),
  )
  const buffer = Buffer.allocUnsafe(READ_BUFFER_BYTES)
  let socket: Socket | undefined
  let reusable = false
  let done: (outcome: ConnectionOutcome) => void
  let outcome: ConnectionOutcome | undefined
  let ended = true
  let connections = 0

  function end(how: ConnectionOutcome | undefined, answered = false): void {
    if (ended || socket === undefined) return
    ended = true
    outcome = how
    clock.stop()
    // A socket whose writing side has ended cannot send another payload.
    reusable = answered && !halfClose
    close(socket, answered)
  }

  function onRead(bytes: number): boolean {
    if (ended) return false
    const text = reply.take(buffer, bytes)
    if (text !== undefined) end(replied(text, reply), true)
    return !ended
  }

  function onEnd(): void {
    const text = reply.end()
    end(text === undefined ? { kind: 'closed' } : { kind: 'reply', text })
  }

  // The next connection is opened when this one is closed. The system then works on many ends and many beginnings in
  // turn, which is a fifth faster than an end and a beginning each.
  function onClose(): void {
    if (!reusable) socket = undefined
    free.push(lane)
    if (outcome) done(outcome)
  }

  function firstConnect(to: { host: string; port: number }): Socket {
    const made = connect({ ...to, noDelay: true, onread: { buffer, callback: onRead } })
    // Written before it is connected, the payload would be kept, and two more listeners for it.
    if (halfClose) made.on('connect', () => made.end(payload))
    else if (payload.length > 0) made.on('connect', () => made.write(payload))
    made.on('error', (error) => end(failure(error)))
    made.on('end', onEnd)
    made.on('close', onClose)
    return made
  }

  function lane(
    to: { host: string; port: number },
    whenDone: (outcome: ConnectionOutcome) => void,
  ): () => void {
    connections += 1
    const number = connections
    done = whenDone
    outcome = undefined
    ended = false
    reusable = false
    reply.start()
    clock.start()
    socket = socket?.connect(to) ?? firstConnect(to)
    // By the time it is dropped the lane may have gone on to another.
    return () => {
      if (number === connections) end(undefined)
    }
  }
  return lane
}

/** Closes sockets in order; those that were answered it resets once that has taken many ports. */
function startClosing(ordinaryCloses: number): Common['close'] {
  let closes = 0
  return (socket, answered) => {
    closes += 1
    // Where the other side has closed first no port is kept, and there is nothing to reset.
    if (closes > ordinaryCloses && answered) socket.resetAndDestroy()
    else socket.destroy()
  }
}

function replied(text: string, reply: ReplyReader): ConnectionOutcome {
  if (reply.isTruncated()) return { kind: 'reply', text, truncated: true }
  const whole = reply.whole()
  return whole === undefined ? { kind: 'reply', text } : { kind: 'reply', text, whole }
}

function timedOut(incomplete: string | undefined): ConnectionOutcome {
  return incomplete === undefined ? { kind: 'timeout' } : { kind: 'timeout', incomplete }
}

function failure(error: NodeJS.ErrnoException): ConnectionOutcome {
  const code = error.code ?? error.message
  if (isClientLimit(code)) return { kind: 'client-limit', why: code }
  if (code === 'ECONNREFUSED') return { kind: 'refused' }
  if (code === 'ECONNRESET' || code === 'EPIPE') return { kind: 'reset' }
  return { kind: 'failed', why: code }
}

import type { ConnectionOutcome } from '../connection-outcome.ts'
import type { Closing } from './closing.ts'
import type { ConnectionReader } from './connection-reader.ts'
import type { KeptConnection, RequestEnd } from './kept-connection.ts'
import type { Address, Opened, Transport } from './transport.ts'

/** What all kept connections of a probe have in common. */
export type StreamSettings = {
  transport: Transport
  request: Buffer
  reader: () => ConnectionReader
  /** So many bytes are read at once. */
  bufferBytes: number
  closing: Closing
}

/**
 * A kept connection on which requests are bytes, and replies are read by a reader. The requests must be harmless if they
 * are served twice.
 */
export function openStream(
  { transport, request, closing, ...settings }: StreamSettings,
  to: Address,
  lost: () => void,
): KeptConnection {
  const reader = settings.reader()
  const buffer = Buffer.allocUnsafe(settings.bufferBytes)
  const opened: Opened = transport.open(to, { buffer, callback: onRead }, closing.resets())
  const { socket } = opened
  let isEstablished = false
  let requests = 0
  /** Of the request in flight; undefined: the connection is idle, or is being closed. */
  let ended: ((end: RequestEnd) => void) | undefined
  let hasBegun = false
  let isClosing = false
  let isClosed = false
  let whenClosed: (() => void) | undefined

  function onRead(bytes: number): boolean {
    if (isClosing) return false
    hasBegun = true
    // Nothing was asked for, so nothing that comes can be understood.
    if (ended === undefined) {
      discard()
      return false
    }
    const outcome = reader.take(buffer, bytes)
    if (outcome === undefined) return true
    if (outcome.kind === 'reply' && reader.mayBeKept?.() === true) finish(outcome)
    else end({ connection: 'closed', outcome })
    return !isClosing
  }

  function finish(outcome: ConnectionOutcome): void {
    const tell = ended
    ended = undefined
    tell?.({ connection: 'kept', outcome })
  }

  /** Ends the request in flight when the connection is closed. */
  function end(how: RequestEnd): void {
    const tell = ended
    ended = undefined
    if (tell !== undefined) {
      if (isClosed) tell(how)
      else whenClosed = () => tell(how)
    }
    isClosing = true
    const answered = how.connection !== 'stale' && how.outcome?.kind === 'reply'
    closing.close(opened, answered)
  }

  function discard(): void {
    lost()
    end({ connection: 'closed', outcome: undefined })
  }

  /** The other side has ended the connection, or the way to it has. */
  function onLost(outcome: ConnectionOutcome): void {
    if (isClosing) return
    if (ended === undefined) discard()
    else end(isStale(outcome) ? { connection: 'stale' } : { connection: 'closed', outcome })
  }

  function isStale({ kind }: ConnectionOutcome): boolean {
    return requests > 1 && !hasBegun && (kind === 'closed' || kind === 'reset')
  }

  socket.on(transport.established, () => {
    isEstablished = true
    if (ended !== undefined) socket.write(request)
  })
  socket.on('error', (error) => onLost(transport.failure(error)))
  socket.on('end', () => onLost(reader.end()))
  socket.on('close', () => {
    isClosed = true
    onLost({ kind: 'closed' })
    whenClosed?.()
  })

  return {
    send(whenEnded) {
      requests += 1
      ended = whenEnded
      hasBegun = false
      reader.start()
      // Written before it is connected, the request would be kept, and two more listeners for it.
      if (isEstablished) socket.write(request)
    },
    timedOut() {
      const outcome: ConnectionOutcome = socket.connecting
        ? { kind: 'connect timeout' }
        : reader.timedOut()
      end({ connection: 'closed', outcome })
    },
    close: () => end({ connection: 'closed', outcome: undefined }),
  }
}

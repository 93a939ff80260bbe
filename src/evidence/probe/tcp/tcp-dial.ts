import type { ConnectionReader } from '../connection/connection-reader.ts'
import { lanes } from '../connection/lanes.ts'
import { TCP, type Transport } from '../connection/transport.ts'
import type { ConnectionOutcome, Dial } from '../connection-outcome.ts'
import type { MatchReply } from '../match-replies.ts'
import { type ReplyReader, type ReplyUntil, readReply } from '../reply-reader.ts'

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
  /** TCP by default. */
  transport?: Transport
}

/** A reply is usually a line. A buffer this small comes from Node's pool. */
const READ_BUFFER_BYTES = 2 * 1024

/**
 * Dials the addresses in turn: connect, send the payload, read one reply, close. The client's half
 * of the connection stays open until the reply is there, because some servers drop the reply otherwise.
 * With `reply-until: half-close` it is closed after the payload, because other servers answer only then.
 */
export function tcpDial(settings: TcpDialSettings): Dial {
  const { payload, replyUntil, match, transport = TCP, ...rest } = settings
  return lanes({
    ...rest,
    transport,
    request: payload,
    halfClose: replyUntil === 'half-close',
    reader: () => outcomesOf(readReply(replyUntil, match), replyUntil),
    bufferBytes: READ_BUFFER_BYTES,
  })
}

function outcomesOf(reply: ReplyReader, replyUntil: ReplyUntil): ConnectionReader {
  return {
    start: reply.start,
    take(buffer, bytes) {
      const text = reply.take(buffer, bytes)
      return text === undefined ? undefined : replied(text, reply)
    },
    end() {
      const text = reply.end()
      if (text === undefined) return { kind: 'closed' }
      const unfinished = replyUntil === 'newline'
      return unfinished ? { kind: 'reply', text, unfinished } : { kind: 'reply', text }
    },
    reset() {
      const incomplete = reply.end()
      return incomplete === undefined ? { kind: 'reset' } : { kind: 'reset', incomplete }
    },
    timedOut() {
      const incomplete = reply.end()
      return incomplete === undefined ? { kind: 'timeout' } : { kind: 'timeout', incomplete }
    },
  }
}

function replied(text: string, reply: ReplyReader): ConnectionOutcome {
  if (reply.isTruncated()) return { kind: 'reply', text, truncated: true }
  const whole = reply.whole()
  return whole === undefined ? { kind: 'reply', text } : { kind: 'reply', text, whole }
}

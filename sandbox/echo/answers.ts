import type { Socket } from 'node:net'
import type { ReplyFault } from '../faults/destination-fault.ts'
import { createLater } from './later.ts'

/** A connection, and what ends it with a reset. */
type Connection = { socket: Socket; drop: () => void }

/** Answers connections as a fault requires. */
export type Answers = {
  /** Answers a line on a connection. */
  line(connection: Connection, line: Buffer, prefix: string, fault: ReplyFault | undefined): void
  /** What is sent on a new connection before anything is received. */
  greeting(socket: Socket, prefix: string, fault: ReplyFault | undefined): void
  stop(): void
}

/** Time for the first half of a reply to arrive before the connection ends. */
export const CUT_MS = 5
const FILLER = Buffer.alloc(64 * 1024, 'x')

export function createAnswers(): Answers {
  const { in: later, stop } = createLater()
  const drip = (socket: Socket, bytes: Buffer, everyMs: number) => {
    write(socket, bytes.subarray(0, 1))
    if (bytes.length > 1 && socket.writable)
      later(everyMs, () => drip(socket, bytes.subarray(1), everyMs))
  }

  return {
    line({ socket, drop }, line, prefix, fault) {
      const reply = replyTo(line, fault?.kind === 'prefix' ? fault.prefix : prefix)
      const half = reply.subarray(0, Math.ceil(reply.length / 2))
      switch (fault?.kind) {
        case undefined:
        case 'prefix':
        case 'status':
        case 'grpc-status':
        case 'no-version':
          return write(socket, reply)
        case 'slow':
          return later(fault.delayMs, () => write(socket, reply))
        case 'silent':
        case 'speaks-first':
          return undefined
        case 'half-line':
          return fault.afterwards === 'close' ? void socket.end(half) : write(socket, half)
        case 'two-packets':
          write(socket, half)
          return later(fault.gapMs, () => write(socket, reply.subarray(half.length)))
        case 'crlf':
          return write(socket, Buffer.concat([reply.subarray(0, -1), Buffer.from('\r\n')]))
        case 'endless':
          return pour(socket, reply.subarray(0, -1), fault.bytes ?? Number.POSITIVE_INFINITY)
        case 'invalid-utf8':
          return write(socket, Buffer.concat([Buffer.from([0xff, 0xfe, 0xc3, 0x28]), reply]))
        case 'cut':
          write(socket, half)
          return later(CUT_MS, drop)
        case 'eof':
          return void socket.end()
        case 'resets':
          return drop()
        case 'drip':
          return drip(socket, reply, fault.everyMs)
        case 'reply':
          return write(socket, Buffer.from(fault.bytes))
      }
    },
    greeting(socket, prefix, fault) {
      if (fault?.kind === 'speaks-first') write(socket, replyTo(Buffer.from('hello'), prefix))
    },
    stop,
  }
}

function replyTo(line: Buffer, prefix: string): Buffer {
  return Buffer.concat([Buffer.from(`${prefix} `), line, Buffer.from('\n')])
}

function write(socket: Socket, bytes: Uint8Array): void {
  if (socket.writable) socket.write(bytes)
}

/** Writes `left` bytes as fast as the other side reads them: `first`, then filler. */
function pour(socket: Socket, first: Buffer, left: number): void {
  if (!socket.writable || left <= 0) return
  const chunk = first.length > 0 ? first : FILLER
  const part = chunk.subarray(0, left)
  const goOn = () => pour(socket, Buffer.alloc(0), left - part.length)
  if (socket.write(part)) setImmediate(goOn)
  else socket.once('drain', goOn)
}

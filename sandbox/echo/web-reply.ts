import type { ReplyFault } from '../faults/destination-fault.ts'
import { CUT_MS } from './answers.ts'

/** A reply to a request, before faults. */
export type WebReply = { status: number; headers: Record<string, string>; body: Buffer }

/** Sends a reply, or a part of it. */
export type Sending = {
  start(status: number, headers: Record<string, string>): void
  write(bytes: Buffer): void
  end(bytes?: Buffer): void
  /** Ends the connection, or the HTTP/2 stream, with a reset. */
  reset(): void
  /** Ends it without one. */
  close(): void
  isOpen(): boolean
}

/** Acts after a delay, unless the server has stopped by then. */
export type Later = (delayMs: number, act: () => void) => void

const FILLER = Buffer.alloc(64 * 1024, 'x')

/** Sends a reply as a fault requires. */
export function send(to: Sending, reply: WebReply, fault: ReplyFault | undefined, later: Later) {
  const { status, headers, body } = reply
  const half = body.subarray(0, Math.ceil(body.length / 2))
  const whole = () => {
    to.start(status, { ...headers, 'content-length': String(body.length) })
    to.end(body)
  }
  const begin = (bytes: Buffer) => {
    to.start(status, headers)
    to.write(bytes)
  }
  switch (fault?.kind) {
    case 'slow':
      return later(fault.delayMs, whole)
    case 'silent':
      return undefined
    case 'half-line':
      begin(half)
      return fault.afterwards === 'close' ? later(CUT_MS, to.close) : undefined
    case 'cut':
      begin(half)
      return later(CUT_MS, to.reset)
    case 'two-packets':
      begin(half)
      return later(fault.gapMs, () => to.end(body.subarray(half.length)))
    case 'endless':
      begin(body)
      return pour(to, fault.bytes ?? Number.POSITIVE_INFINITY)
    case 'invalid-utf8':
      to.start(status, headers)
      return to.end(Buffer.concat([Buffer.from([0xff, 0xfe, 0xc3, 0x28]), body]))
    case 'eof':
      return to.close()
    case 'resets':
      return to.reset()
    case 'drip':
      begin(body.subarray(0, 1))
      return drip(to, body.subarray(1), fault.everyMs, later)
    case 'reply':
      to.start(status, headers)
      return to.end(Buffer.from(fault.bytes))
    default:
      return whole()
  }
}

function drip(to: Sending, bytes: Buffer, everyMs: number, later: Later): void {
  later(everyMs, () => {
    if (!to.isOpen()) return
    if (bytes.length <= 1) {
      to.end(bytes)
      return
    }
    to.write(bytes.subarray(0, 1))
    drip(to, bytes.subarray(1), everyMs, later)
  })
}

function pour(to: Sending, left: number): void {
  if (!to.isOpen()) return
  if (left <= 0) {
    to.end()
    return
  }
  const part = FILLER.subarray(0, left)
  to.write(part)
  setImmediate(pour, to, left - part.length)
}

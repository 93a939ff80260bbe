import type { ConnectionOutcome } from '../connection-outcome.ts'

type Failed = Extract<ConnectionOutcome, { kind: 'failed' }>

const TLS_ALERT = 21
const TLS_MAJOR_VERSION = 3
const SETTINGS_FRAME = 4
const FRAME_HEAD_BYTES = 9

/** Of a reply's head, and of those of informational replies before it. */
export const MOST_HEAD_BYTES = 64 * 1024

export const LONG_HEAD: Failed = {
  kind: 'failed',
  why: "the reply's head is longer than 64 KiB",
  cause: 'no HTTP',
}

/** A reply that is not HTTP/1.1, for a reason that completes "the reply is not HTTP/1.1: ...". */
export function notHttp(why: string): Failed {
  return { kind: 'failed', why: `the reply is not HTTP/1.1: ${why}`, cause: 'no HTTP' }
}

/**
 * The stream ended inside of a reply.
 * @param bodyBytes what arrived of the body; undefined before it
 */
export function cutShort(bodyBytes: number | undefined): Failed {
  const where =
    bodyBytes === undefined ? 'inside of its head' : `after ${bodyBytes} bytes of its body`
  return { kind: 'failed', why: `the connection ended before the reply was complete, ${where}` }
}

/** Another protocol that the first bytes of a connection show. */
export function otherProtocol(buffer: Buffer, bytes: number): Failed | undefined {
  if (bytes >= 2 && buffer[0] === TLS_ALERT && buffer[1] === TLS_MAJOR_VERSION)
    return { kind: 'failed', why: 'the reply is a TLS alert', cause: 'expects TLS' }
  const isFrame = bytes >= FRAME_HEAD_BYTES && buffer[0] === 0 && buffer[1] === 0
  if (isFrame && buffer[3] === SETTINGS_FRAME)
    return { kind: 'failed', why: 'the reply is HTTP/2', cause: 'expects HTTP/2' }
  return undefined
}

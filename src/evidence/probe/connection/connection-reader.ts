import type { ConnectionOutcome } from '../connection-outcome.ts'

/** Reads the bytes of one connection, and after it of another. */
export type ConnectionReader = {
  /** Forgets what is left of the connection before. */
  start(): void
  /** Takes the first so many bytes of a buffer. How the connection ended, or undefined while more is needed. */
  take(buffer: Buffer, bytes: number): ConnectionOutcome | undefined
  /** The other side has ended the stream. */
  end(): ConnectionOutcome
  /** The time is over. */
  timedOut(): ConnectionOutcome
  /** The other side has reset the connection. Absent: what arrived before does not matter. */
  reset?(): ConnectionOutcome
  /** After a reply: whether the connection can carry another request. Absent: it cannot. */
  mayBeKept?(): boolean
}

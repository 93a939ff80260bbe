import type { ConnectionOutcome } from '../connection-outcome.ts'

/** A connection that carries one request after another, never two at once. */
export type KeptConnection = {
  /** Sends the request, as soon as the connection is established. `ended` is called once. */
  send(ended: (end: RequestEnd) => void): void
  /** The time of the request in flight is over. Ends the connection. */
  timedOut(): void
  /** Ends the connection, and with it the request in flight, which then has no outcome. */
  close(): void
}

/** How a request ended. Unless its connection is kept, that is closed by then. */
export type RequestEnd =
  | { connection: 'kept'; outcome: ConnectionOutcome }
  /** `outcome`: undefined where it was closed here. */
  | { connection: 'closed'; outcome: ConnectionOutcome | undefined }
  /**
   * The other side closed a connection that had carried a request before, and nothing of a reply to this one has come.
   * The request can be sent again, because it does no harm twice, or because it is certain that it was not served.
   */
  | { connection: 'stale' }

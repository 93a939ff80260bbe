/**
 * The side that closes first keeps the connection's port for a minute (TIME-WAIT, RFC 9293, 3.5), and a machine has some
 * 28,000. A reset keeps none, but shows in the gateway's statistics, so only long runs end that way.
 */
const ORDINARY_CLOSES = 10_000

/** What can be closed, and perhaps reset. */
type Closable = { socket: { destroy(): unknown }; reset?: () => void }

/** Closes sockets in order; those that were answered it resets once that has taken many ports. */
export type Closing = {
  close(opened: Closable, answered: boolean): void
  /** Whether connections that are opened now may have to be reset. */
  resets(): boolean
}

export function startClosing(ordinaryCloses = ORDINARY_CLOSES): Closing {
  let closes = 0
  return {
    close({ socket, reset }, answered) {
      closes += 1
      // Where the other side has closed first no port is kept, and there is nothing to reset.
      if (closes > ordinaryCloses && answered && reset) reset()
      else socket.destroy()
    },
    resets: () => closes >= ordinaryCloses,
  }
}

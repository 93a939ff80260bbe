import type { ConnectionOutcome, KeptDial } from '../connection-outcome.ts'
import { startClocks } from './clocks.ts'
import type { KeptConnection, RequestEnd } from './kept-connection.ts'

export type KeepSettings = {
  /** Opens a connection. `lost` is called where it ends while it carries no request. */
  open: (lost: () => void) => KeptConnection
  timeoutMs: number
  /** Milliseconds; 1,000 by default. */
  mostIdleMs?: number | undefined
}

/**
 * A connection that has been idle for longer is not used again. Servers close idle connections, and what forwards packets
 * forgets them, after some seconds or more. At less than one request a second new connections cost next to nothing.
 */
const MOST_IDLE_MS = 1000

/** For so many replies one request is sent again before connections are kept no longer. */
const REPLIES_FOR_A_REPEAT = 1000

/**
 * Sends each request on the connection that was used last, and opens another one where all are in use.
 *
 * A request whose connection turns out to be closed is sent again, on a new connection, where that is harmless. But a
 * connection whose time was over looks the same as one that the server closes because of the request, which a run must
 * see. So repeats are few: one for each request that was in flight at once, because a gateway may close all its
 * connections at once, and one for 1,000 replies. From then on each request has a new connection, and there is nothing to
 * repeat: a connection that is closed in place of a reply is the outcome of its request.
 */
export function keepConnections(settings: KeepSettings): KeptDial {
  const { open, timeoutMs, mostIdleMs = MOST_IDLE_MS } = settings
  const clocks = startClocks(timeoutMs)
  /** The one that was used last comes last. */
  const idle: { connection: KeptConnection; sinceMs: number }[] = []
  let keeps = true
  let inFlight = 0
  let mostInFlight = 0
  let replies = 0
  let repeats = 0

  function idleOne(): KeptConnection | undefined {
    const last = idle.pop()
    if (last === undefined) return undefined
    if (performance.now() - last.sinceMs <= mostIdleMs) return last.connection
    last.connection.close()
    // Those before it have been idle for longer still.
    closeIdle()
    return undefined
  }

  function newOne(): KeptConnection {
    const connection = open(() => {
      const place = idle.findIndex((one) => one.connection === connection)
      if (place >= 0) idle.splice(place, 1)
    })
    return connection
  }

  function closeIdle(): void {
    for (const { connection } of idle.splice(0)) connection.close()
  }

  function keep(connection: KeptConnection): void {
    if (keeps) idle.push({ connection, sinceMs: performance.now() })
    else connection.close()
  }

  function keepNoMore(): void {
    keeps = false
    closeIdle()
  }

  function dial(done: (outcome: ConnectionOutcome) => void): () => void {
    const clock = clocks.take()
    let connection = idleOne() ?? newOne()
    let hasEnded = false
    inFlight += 1
    mostInFlight = Math.max(mostInFlight, inFlight)

    function onEnd(end: RequestEnd): void {
      if (end.connection === 'stale') {
        repeats += 1
        if (repeats >= mostInFlight + Math.floor(replies / REPLIES_FOR_A_REPEAT)) keepNoMore()
        connection = newOne()
        send()
        return
      }
      hasEnded = true
      inFlight -= 1
      clock.stopwatch.stop()
      clocks.free(clock)
      if (end.outcome?.kind === 'reply') replies += 1
      if (end.connection === 'kept') keep(connection)
      if (end.outcome !== undefined) done(end.outcome)
    }

    function send(): void {
      clock.running = connection
      connection.send(onEnd)
    }

    clock.stopwatch.start()
    send()
    return () => {
      // Once the request has ended, the connection may carry another one.
      if (!hasEnded) connection.close()
    }
  }

  return {
    dial,
    close: keepNoMore,
  }
}

/** One time limit for many things, each known by what is called when its time is over. */
export type SharedTimeout = {
  start(onTimeout: () => void): void
  stop(onTimeout: () => void): void
}

/**
 * The same time limit for many things at once, kept by one timer: those that began first end first, so
 * only the oldest needs it. A timer for each of some thousand connections a second costs more than all
 * else that is done for them here. For the same reason the timer goes on when the last one is stopped,
 * as the next is usually not far: it is set anew about once a limit. It keeps no process alive; that is
 * for what is waited for to do.
 *
 * @param limitMs milliseconds
 * @param nowMs a clock that never goes back, in milliseconds
 */
export function sharedTimeout(limitMs: number, nowMs: () => number): SharedTimeout {
  // A Map keeps the order of its entries. (A chain of objects is quicker to change, but then V8 takes
  // its links for long-lived, and with them all of a connection that is over: collecting garbage costs
  // several times as much as the Map.)
  const waiting = new Map<() => void, number>()
  let armed = false

  function arm(ms: number): void {
    armed = true
    setTimeout(expire, Math.ceil(ms)).unref()
  }

  function expire(): void {
    const now = nowMs()
    for (const [onTimeout, endsMs] of waiting) {
      if (endsMs > now) {
        arm(endsMs - now)
        return
      }
      waiting.delete(onTimeout)
      // What begins in here comes last, and finds the timer armed, as it will be for the oldest.
      onTimeout()
    }
    armed = false
  }

  return {
    start(onTimeout) {
      waiting.set(onTimeout, nowMs() + limitMs)
      if (!armed) arm(limitMs)
    },
    stop(onTimeout) {
      waiting.delete(onTimeout)
    },
  }
}

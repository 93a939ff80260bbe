/** One of those that wait, between the one that began before it and the one that began after it. */
export type Waiting = {
  readonly endsMs: number
  readonly onTimeout: () => void
  before: Waiting | undefined
  after: Waiting | undefined
}

/** One time limit for many things. */
export type SharedTimeout = {
  /** Starts the clock of one more; what it returns stops it. */
  start(onTimeout: () => void): Waiting
  /** Does nothing to what was stopped before, or whose time was over. */
  stop(waiting: Waiting): void
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
  // A chain by age, which whoever is stopped leaves without a search; a Map takes several times as long.
  let oldest: Waiting | undefined
  let latest: Waiting | undefined
  let armed = false

  function arm(ms: number): void {
    armed = true
    setTimeout(expire, Math.ceil(ms)).unref()
  }

  function expire(): void {
    const now = nowMs()
    while (oldest !== undefined && oldest.endsMs <= now) {
      const { onTimeout } = oldest
      stop(oldest)
      // What begins in here comes last and finds the timer armed, which it is for the oldest below.
      onTimeout()
    }
    armed = false
    if (oldest !== undefined) arm(oldest.endsMs - now)
  }

  function start(onTimeout: () => void): Waiting {
    const endsMs = nowMs() + limitMs
    const waiting: Waiting = { endsMs, onTimeout, before: latest, after: undefined }
    if (latest === undefined) oldest = waiting
    else latest.after = waiting
    latest = waiting
    if (!armed) arm(limitMs)
    return waiting
  }

  function stop(waiting: Waiting): void {
    const { before, after } = waiting
    if (before !== undefined) before.after = after
    else if (oldest === waiting) oldest = after
    if (after !== undefined) after.before = before
    else if (latest === waiting) latest = before
    // The next time it is none of the chain.
    waiting.before = undefined
    waiting.after = undefined
  }

  return { start, stop }
}

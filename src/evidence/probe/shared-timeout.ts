/** Times one thing that is waited for, and then the next. */
export type Stopwatch = {
  /** Does nothing if it is running. */
  start(): void
  /** Does nothing if it is not running, as after its time was over. */
  stop(): void
}

type Waiting = {
  readonly onTimeout: () => void
  running: boolean
  endsMs: number
  /** Those that were started just before and after it. */
  before: Waiting | undefined
  after: Waiting | undefined
}

/** If a timer is later than this, the whole process was held up, not only the timer. */
const HELD_UP_MS = 100

/**
 * The same time limit for many things at once, kept by one timer. Those that began first end first, so only the oldest
 * needs it. A timer for each of some thousand connections a second costs more than everything else that is done for them
 * here. For the same reason the timer goes on when the last one is stopped, because the next is usually near: it is set
 * about once per limit. It does not keep the process alive; what is waited for does that.
 *
 * It returns a function that makes stopwatches. Stopwatches are meant to be reused. They are linked by age, which makes
 * them quick to remove, but V8 takes the links of a list for long-lived: if they were made for each connection, everything
 * that they refer to would be collected late and at a high cost.
 *
 * Time in which this process did not run (a suspended machine, a frozen container) does not count. What came meanwhile is
 * still to be read, and a timeout would blame the other side.
 *
 * @param limitMs milliseconds
 * @param nowMs a clock that never goes back, in milliseconds
 */
export function sharedTimeout(
  limitMs: number,
  nowMs: () => number,
): (onTimeout: () => void) => Stopwatch {
  let oldest: Waiting | undefined
  let latest: Waiting | undefined
  let armed = false

  function arm(ms: number): void {
    armed = true
    const dueMs = nowMs() + Math.ceil(ms)
    setTimeout(() => expire(dueMs), Math.ceil(ms)).unref()
  }

  function expire(dueMs: number): void {
    const now = nowMs()
    // What was given its time back is checked again when what came meanwhile has been read.
    if (now - dueMs > HELD_UP_MS) giveBack(now - dueMs, now)
    else endThoseBefore(now)
    armed = false
    if (oldest !== undefined) arm(oldest.endsMs - now)
  }

  function endThoseBefore(now: number): void {
    while (oldest !== undefined && oldest.endsMs <= now) {
      const { onTimeout } = oldest
      stop(oldest)
      // What starts in here comes last, and the timer is set by then.
      onTimeout()
    }
  }

  function giveBack(ms: number, now: number): void {
    for (let each = oldest; each !== undefined; each = each.after)
      // What began since then lost no time.
      each.endsMs = Math.min(each.endsMs + ms, now + limitMs)
  }

  function start(waiting: Waiting): void {
    if (waiting.running) return
    waiting.running = true
    waiting.endsMs = nowMs() + limitMs
    waiting.before = latest
    if (latest === undefined) oldest = waiting
    else latest.after = waiting
    latest = waiting
    if (!armed) arm(limitMs)
  }

  function stop(waiting: Waiting): void {
    if (!waiting.running) return
    waiting.running = false
    const { before, after } = waiting
    if (before === undefined) oldest = after
    else before.after = after
    if (after === undefined) latest = before
    else after.before = before
    waiting.before = undefined
    waiting.after = undefined
  }

  return (onTimeout) => {
    const waiting: Waiting = {
      onTimeout,
      running: false,
      endsMs: 0,
      before: undefined,
      after: undefined,
    }
    return { start: () => start(waiting), stop: () => stop(waiting) }
  }
}

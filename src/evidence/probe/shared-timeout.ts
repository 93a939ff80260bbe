/** The clock of one thing that is waited for, and after it of another. */
export type Stopwatch = {
  /** What is not running is started; what is runs on. */
  start(): void
  /** Does nothing to what is not running, as after its time was over. */
  stop(): void
}

type Waiting = {
  readonly onTimeout: () => void
  running: boolean
  endsMs: number
  /** Those that were started next before and after it. */
  before: Waiting | undefined
  after: Waiting | undefined
}

/** A timer that is so much late was not held up by other work of the process: the process was. */
const HELD_UP_MS = 100

/**
 * The same time limit for many things at once, kept by one timer: those that began first end first, so
 * only the oldest needs it. A timer for each of some thousand connections a second costs more than all
 * else that is done for them here. For the same reason the timer goes on when the last one is stopped,
 * as the next is usually not far: it is set again about once a limit. It keeps no process alive; that is
 * for what is waited for to do.
 *
 * What it returns makes a stopwatch. Stopwatches are meant to be used again: they stand in a chain by
 * age, which is quick to leave, but V8 takes the links of a chain for long-lived, and were they made again
 * each time, all that hangs on them would be collected late and dearly.
 *
 * Time in which this process did not run (a machine that was suspended, a container that was frozen) is
 * nobody's: what came meanwhile is still to be read, and to end what waits for it would be to say of the
 * other side that it had been silent.
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
    // What was given its time back is looked at again when what came meanwhile has been read.
    if (now - dueMs > HELD_UP_MS) giveBack(now - dueMs, now)
    else endThoseBefore(now)
    armed = false
    if (oldest !== undefined) arm(oldest.endsMs - now)
  }

  function endThoseBefore(now: number): void {
    while (oldest !== undefined && oldest.endsMs <= now) {
      const { onTimeout } = oldest
      stop(oldest)
      // What begins in here comes last, and finds the timer armed, as it will be for the oldest.
      onTimeout()
    }
  }

  function giveBack(ms: number, now: number): void {
    for (let each = oldest; each !== undefined; each = each.after)
      // What began since then has lost nothing.
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

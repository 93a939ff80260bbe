/** Starts the clock of one more thing that is waited for; the function returned stops it. */
export type SharedTimeout = (onTimeout: () => void) => () => void

/**
 * The same time limit for many things at once, kept by one timer: those that began first end first, so
 * only the oldest needs it. A timer for each of some thousand connections a second costs more than all
 * else that is done for them here.
 *
 * @param limitMs milliseconds
 * @param nowMs a clock that never goes back, in milliseconds
 */
export function sharedTimeout(limitMs: number, nowMs: () => number): SharedTimeout {
  const waiting = new Map<() => void, number>()
  let timer: NodeJS.Timeout | undefined

  function arm(): void {
    const [oldest] = waiting.values()
    timer = oldest === undefined ? undefined : setTimeout(expire, Math.ceil(oldest - nowMs()))
  }

  function expire(): void {
    const now = nowMs()
    for (const [onTimeout, endsMs] of waiting) {
      if (endsMs > now) break
      waiting.delete(onTimeout)
      onTimeout()
    }
    arm()
  }

  return (onTimeout) => {
    waiting.set(onTimeout, nowMs() + limitMs)
    if (timer === undefined) arm()
    return () => {
      waiting.delete(onTimeout)
      if (waiting.size > 0) return
      clearTimeout(timer)
      timer = undefined
    }
  }
}

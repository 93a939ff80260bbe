/** When the next connection may go. Times in milliseconds of the caller's clock. */
export type Pace = {
  /** How long the next connection has to wait; 0 or less: not at all. */
  waitMs(nowMs: number): number
  launched(nowMs: number): void
}

/** Spaces connections evenly, and allows no more than `ratePerSecond` in any second, also where they catch up after a stall. */
export function startPace(ratePerSecond: number, startedMs: number): Pace {
  const mostInWindow = Math.max(1, Math.floor(ratePerSecond))
  const windowMs = (mostInWindow * 1000) / ratePerSecond
  const latest: number[] = []
  let count = 0
  return {
    waitMs(nowMs) {
      const evenMs = startedMs + (count * 1000) / ratePerSecond
      const oldestMs = latest[count % mostInWindow] ?? Number.NEGATIVE_INFINITY
      return Math.max(evenMs, oldestMs + windowMs) - nowMs
    },
    launched(nowMs) {
      latest[count % mostInWindow] = nowMs
      count += 1
    },
  }
}

/** Part of a stake that is placed before the first sample, where more is placed later. */
const AT_ONCE = 0.5

/** How often a part is placed. */
const EVERY_MS = 1000

/** Seconds that a check takes about, and more than most do. */
export const CHECK_SECONDS = 60

/** What is placed on a test, little by little. All of it sums to 1. */
export type Stakes = {
  /** What to place before a sample that is launched at this moment; mostly nothing. */
  due(launchedMs: number): number
  /** What is left is placed evenly until then. */
  lastUntil(nowMs: number, untilMs: number): void
  /** The test starts over: half of what is left is due at once. */
  restart(): void
}

/**
 * A test that has seen thousands of good samples needs thousands of bad ones. So half of the stake is placed at the start,
 * and the rest second by second: each part is a test that starts there. During a check, each second takes its part of what
 * is left, so that something is left however long the check takes. During the watch, what is left is placed evenly.
 *
 * @param seconds over about how many seconds; 0: all of the stake is placed at once
 */
export function startStakes(seconds: number): Stakes {
  let left = 1
  let placedMs: number | undefined
  let endsMs: number | undefined

  function take(part: number): number {
    const taken = left * Math.min(1, part)
    left -= taken
    return taken
  }

  function partOf(fromMs: number, toMs: number): number {
    if (endsMs === undefined) return -Math.expm1((fromMs - toMs) / (1000 * seconds))
    return toMs < endsMs ? (toMs - fromMs) / (endsMs - fromMs) : 1
  }

  return {
    due(launchedMs) {
      if (placedMs === undefined) {
        placedMs = launchedMs
        return take(seconds > 0 ? AT_ONCE : 1)
      }
      const passedMs = launchedMs - placedMs
      if (passedMs < EVERY_MS || left === 0) return 0
      const part = partOf(placedMs, launchedMs)
      placedMs = launchedMs
      return take(part)
    },
    lastUntil(nowMs, untilMs) {
      if (placedMs !== undefined) placedMs = Math.max(placedMs, nowMs)
      endsMs = Math.max(untilMs, nowMs + EVERY_MS)
    },
    restart() {
      placedMs = undefined
    },
  }
}

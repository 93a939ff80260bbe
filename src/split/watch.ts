import type { ChangePoint } from './change-point.ts'
import { FIRST_TRY_DELAY_MS, LONGEST_WATCH_MS } from './tries.ts'

/** Draws after which a switch must on average be told; weights that are more alike are not waited for. */
const MOST_DRAWS_TO_TELL = 100

/** The wait between a write and its first try: it ends as soon as draws show that the gateway has switched. */
export type Watch = {
  /**
   * @param destination index of a destination; anything else is a connection without a known reply
   * @param launchedMs as `ChangePoint` takes it
   */
  observe(destination: number, launchedMs: number): void
  /** Milliseconds after the write's answer at which the first try begins, by what was seen so far; 0: now. */
  endsMs(): number
}

/**
 * When the first try begins. A switch that is seen begins it at once: that the draws before it chose the moment takes
 * nothing from its error, since its own draws are new ones, and its ratios start at 1 whenever it starts. Nothing seen
 * after 200 ms: where a switch would show, it is waited for up to a second, as a try would meet the old weights;
 * where old and new are too alike to tell, or connections go unanswered, the try itself has to find out.
 *
 * @param change fed by this watch, and by nobody else while it lasts; undefined: no weights to tell apart
 * @param propagationTimeoutMs the gateway should have switched by then
 */
export function watchForSwitch(
  change: ChangePoint | undefined,
  propagationTimeoutMs: number,
): Watch {
  const longestMs = Math.max(FIRST_TRY_DELAY_MS, Math.min(LONGEST_WATCH_MS, propagationTimeoutMs))
  const mayShow = change !== undefined && change.drawsToTell <= MOST_DRAWS_TO_TELL
  let unanswered = false
  return {
    observe(destination, launchedMs) {
      if (destination < 0) unanswered = true
      else change?.observe(destination, launchedMs)
    },
    endsMs() {
      if (change?.estimateMs() !== undefined) return 0
      return mayShow && !unanswered ? longestMs : FIRST_TRY_DELAY_MS
    },
  }
}

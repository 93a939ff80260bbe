import type { ChangePoint } from './change-point.ts'
import {
  FIRST_ATTEMPT_DELAY_MS,
  LONGEST_WAIT_FOR_SWITCH_MS,
  SWITCH_SPREAD_MS,
} from './error-spending.ts'

/** Draws after which a switch must on average be told; weights that are more alike are not waited for. */
export const MOST_SAMPLES_TO_TELL = 100

/** The wait between a write and its first try: its draws show when the gateway switches. */
export type Watch = {
  /**
   * @param destination index of a destination; anything else is a connection without a known reply
   * @param launchedMs as `ChangePoint` takes it
   */
  observe(destination: number, launchedMs: number): void
  /** When the first try begins, on the clock of `launchedMs`, by what was seen so far. */
  endsMs(): number
}

/**
 * When the first try begins: 200 ms after the write, or, where the gateway is later, as soon as draws show that it has
 * switched and 100 ms are over since. Nothing seen by then: where a switch would show, it is waited for up to a second,
 * as a try would only meet the old weights and spend most of the error on them; where old and new are too alike to
 * tell, or connections go unanswered, the try itself has to find out.
 *
 * The moment is chosen by draws, and takes nothing from the error of the try. It is a stopping time: whether the try
 * has begun by some draw depends on that draw and those before it. The try judges none of these, only connections
 * launched after it began, and its ratios start at 1 there. So given all that was seen before, each ratio of a
 * share beyond an edge against that edge (and of "old until some draw, beyond the edge since" against its
 * likeliest story) is a supermartingale that starts at 1, Ville's inequality holds for it, whatever was seen, hence
 * on average too: passes at most `beta` of the try, and so the fail test at `alpha`. Both bounds hold after a false
 * alarm too. The try then begins with old weights, as any before `propagationTimeoutMs` may: the crossing guard is on,
 * and a fail by shares does not count yet. It costs the first try's part of the error: later tries have less to spend.
 *
 * What the choice can do is to prefer a moment at which the replicas of a gateway differ, as the first one's switch is
 * what shows. Together they may then serve a share within the band that none is to keep, and no rule that looks at
 * draws can tell this from the right split. Hence the 200 ms before and the 100 ms after: begun at the alarm itself,
 * tries passed 7% of gateways whose replicas went from 20 to 55, asked 50, 100 and 200 ms after the write, not 0.7%.
 *
 * @param change fed by this watch, and by nobody else while it lasts; undefined: no weights to tell apart
 * @param startMs when the write was answered, on the clock of `launchedMs`
 * @param propagationTimeoutMs the gateway should have switched by then
 */
export function awaitSwitch(
  change: ChangePoint | undefined,
  startMs: number,
  propagationTimeoutMs: number,
): Watch {
  const leastMs = startMs + FIRST_ATTEMPT_DELAY_MS
  const mostMs = Math.max(
    leastMs,
    startMs + Math.min(LONGEST_WAIT_FOR_SWITCH_MS, propagationTimeoutMs),
  )
  const mayShow = change !== undefined && change.samplesToDistinguish <= MOST_SAMPLES_TO_TELL
  let unanswered = false
  return {
    observe(destination, launchedMs) {
      if (destination < 0) unanswered = true
      else change?.observe(destination, launchedMs)
    },
    endsMs() {
      const switchedMs = change?.estimateMs()
      if (switchedMs !== undefined) return Math.max(leastMs, switchedMs + SWITCH_SPREAD_MS)
      return mayShow && !unanswered ? mostMs : leastMs
    },
  }
}

import type { ChangePoint } from './change-point.ts'
import {
  FIRST_ATTEMPT_DELAY_MS,
  LONGEST_WAIT_FOR_SWITCH_MS,
  SWITCH_SPREAD_MS,
} from './error-spending.ts'

/** Samples by which a switch must show on average. Weights that are more alike are not waited for. */
export const MOST_SAMPLES_TO_TELL = 100

/** Detects the switch between a write and its first attempt. */
export type SwitchDetector = {
  /**
   * @param destination index of a destination; anything else is a connection without a recognized reply
   * @param launchedMs as `ChangePoint` takes it
   */
  observe(destination: number, launchedMs: number): void
  /** When the first attempt begins, on the clock of `launchedMs`, by the samples so far. */
  endsMs(): number
}

/**
 * When the first attempt begins: 200 ms after the write, or, where the gateway is later, 100 ms after samples show that
 * it has switched. Where a switch would show and was not seen yet, it is waited for up to a second, because an attempt
 * would only see the previous weights and spend most of the error on them. Where the old and the new weights are too alike to
 * tell, or connections go unanswered, the attempt itself has to find out.
 *
 * Samples choose the moment, and that takes nothing from the error of the attempt. The moment is a stopping time: whether
 * the attempt has begun by some sample depends on that sample and those before it. The attempt judges none of these, only
 * connections launched after it began, and its ratios start at 1 there. So given all that was seen before, each ratio of a
 * share beyond a margin against that margin (and of "old until some sample, beyond the margin since" against its
 * likeliest alternative) is a supermartingale that starts at 1. Ville's inequality holds for it, whatever was seen, hence
 * on average too: passes at most `beta` of the attempt, and so the fail test at `alpha`. Both bounds hold after a false
 * alarm too. The attempt then begins with previous weights, as any attempt before `propagationTimeoutMs` may: the crossing guard
 * is on, and a fail by shares does not count yet. It costs the first attempt's part of the error: later attempts have less
 * to spend.
 *
 * What the choice can do is to prefer a moment at which the replicas of a gateway differ, because the switch of the first
 * one is what shows. Together they may then serve a share within the band that none of them is to keep, and no rule that
 * depends on samples can distinguish this from the right split. Hence the 200 ms before and the 100 ms after: attempts that
 * began at the alarm itself passed 7% of gateways whose replicas went from 20 to 55, asked for 50, 100 and 200 ms after the
 * write, not 0.7%.
 *
 * @param change fed by this detector, and by nothing else until it ends; undefined: no weights to distinguish
 * @param startMs when the write was answered, on the clock of `launchedMs`
 * @param propagationTimeoutMs the gateway should have switched by then
 */
export function switchDetector(
  change: ChangePoint | undefined,
  startMs: number,
  propagationTimeoutMs: number,
): SwitchDetector {
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

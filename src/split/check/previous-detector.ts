import { SWITCH_SPREAD_MS } from '../judge/error-spending.ts'
import type { Sample } from '../sample.ts'

/** Where so many samples are not answered, the attempt itself has to find out why. */
const MOST_UNANSWERED = 10

/** Detects that the gateway has the new configuration, where each sample shows which one it met. */
export type PreviousDetector = {
  observe(sample: Sample): void
  /** When the next attempt begins, on the clock of `launchedMs`, by the samples so far. */
  endsMs(): number
  /** When the last sample of a former configuration was launched; undefined where there was none. */
  switchedMs(): number | undefined
}

/**
 * An attempt begins once no sample of a former configuration has come for the time that other replicas of the gateway may
 * need, and at the latest when the gateway should have switched: then the attempt shows that it has not.
 *
 * @param startMs when the write was answered, on the clock of `launchedMs`
 * @param mostMs when the gateway should have switched
 */
export function previousDetector(startMs: number, mostMs: number): PreviousDetector {
  let firstNewMs: number | undefined
  let lastPreviousMs: number | undefined
  let unanswered = 0
  return {
    observe(sample) {
      if (sample.kind === 'counts') return
      if (sample.previous === true) lastPreviousMs = sample.launchedMs
      else if (sample.destination === undefined) unanswered += 1
      else firstNewMs ??= sample.launchedMs
    },
    endsMs() {
      if (firstNewMs === undefined) return unanswered < MOST_UNANSWERED ? mostMs : startMs
      const quietFromMs = Math.max(startMs, firstNewMs, lastPreviousMs ?? firstNewMs)
      return Math.min(mostMs, quietFromMs + SWITCH_SPREAD_MS)
    },
    switchedMs: () => lastPreviousMs,
  }
}

import type { Context } from './context.ts'

/** The signals that bound a run's phases. */
export type TimeLimits = {
  /** For everything up to the verdict: aborts on a cancel, and early enough to leave time for a rollback. */
  work: AbortSignal
  /** Ends what is still under way of the work. */
  endWork: () => void
  /** For the calls that put things in order; a cancelled run has little time for them. */
  settle: () => AbortSignal
  /** For showing that the gateway acts on a rollback: not after a cancel, and within the run's time. */
  proof: AbortSignal
  end: () => void
}

/** Kept back from the run's time for the rollback; of a short run half. */
const RESERVE_MS = 7000
/** The runner sends SIGTERM 7.5 s after a cancel and kills 2.5 s later. */
const AFTER_CANCEL_MS = 6500

export function limits(context: Context): TimeLimits {
  const { timeoutMs } = context.options
  const endMs = context.nowMs() + timeoutMs
  const reserveMs = Math.min(RESERVE_MS, timeoutMs / 2)
  const work = new AbortController()
  const late = new AbortController()
  const timers = [
    setTimeout(() => work.abort(), timeoutMs - reserveMs),
    setTimeout(() => late.abort(), timeoutMs),
  ]
  return {
    work: AbortSignal.any([work.signal, context.cancelled]),
    endWork: () => work.abort(),
    settle: () =>
      AbortSignal.timeout(
        context.cancelled.aborted
          ? AFTER_CANCEL_MS
          : Math.ceil(Math.max(RESERVE_MS, endMs - context.nowMs())),
      ),
    proof: AbortSignal.any([late.signal, context.cancelled]),
    end: () => {
      late.abort()
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

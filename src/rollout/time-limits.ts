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

/** Kept back from the run's time for the rollback, of a short run half; a rollback that meets trouble gets as much in any case. */
const RESERVE_MS = 7000
/** From the cancel on: the runner sends SIGTERM 7.5 s after it and kills 2.5 s later. */
const AFTER_CANCEL_MS = 6500

/** Starts the clocks of a run. */
export function limits(context: Context): TimeLimits {
  const { cancelled, nowMs, options } = context
  const { timeoutMs } = options
  const endMs = nowMs() + timeoutMs
  const reserveMs = Math.min(RESERVE_MS, timeoutMs / 2)
  const work = new AbortController()
  const late = new AbortController()
  const afterCancel = new AbortController()
  const timers = [
    setTimeout(() => work.abort(), timeoutMs - reserveMs),
    setTimeout(() => late.abort(), timeoutMs),
  ]
  const onCancel = () => {
    timers.push(setTimeout(() => afterCancel.abort(), AFTER_CANCEL_MS))
  }
  if (cancelled.aborted) onCancel()
  else cancelled.addEventListener('abort', onCancel, { once: true })
  return {
    work: AbortSignal.any([work.signal, cancelled]),
    endWork: () => work.abort(),
    settle: () => {
      const leftMs = Math.ceil(Math.max(RESERVE_MS, endMs - nowMs()))
      return AbortSignal.any([AbortSignal.timeout(leftMs), afterCancel.signal])
    },
    proof: AbortSignal.any([late.signal, cancelled]),
    end: () => {
      late.abort()
      cancelled.removeEventListener('abort', onCancel)
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

import type { Mode } from '../options/options.ts'
import { type AbortCause, Aborted } from '../problem/aborted.ts'
import type { Context } from './model/context.ts'

/** Kept back from the run's time for the rollback, of a short run half; a rollback that meets trouble gets as much in any case. */
export const RESERVE_MS = 7000
/** What a run that writes nothing keeps back, of a short one half: to read what helps to understand its check. */
const READING_RESERVE_MS = 1000
/** From the cancel on: the runner sends SIGTERM 7.5 s after it and kills 2.5 s later; what is left is for the report. */
export const AFTER_CANCEL_MS = 6000
/**
 * A restore that is refused, or held back, is repeated for so long: a refusal that lasts a minute is not temporary, and
 * a person has to know. One that gets no answer is repeated until the end.
 */
export const REFUSED_MS = 60_000
/** What remains after a restore, to delete Jobs. */
const AFTER_RESTORE_MS = 1000
/** How long deleting them may take in any case. */
const CLOSING_MS = 10_000
/** The longest that a read may take which only helps to understand a fail. */
const LOOK_MS = 5000
/** After a cancel proxies are read for so long: most take over restored weights in less, and the runner waits. */
const PROXIES_AFTER_CANCEL_MS = 2000

/** Moments of a run by its clock, in milliseconds. */
type Deadlines = {
  /** The work is cut short, so that there is time for a rollback. */
  workMs: number
  /** The run's time is up. */
  endMs: number
}

/** The deadlines of a run that starts now. */
export function deadlines(startMs: number, timeoutMs: number, mode: Mode): Deadlines {
  const reserveMs = Math.min(mode === 'shift' ? RESERVE_MS : READING_RESERVE_MS, timeoutMs / 2)
  return { workMs: startMs + timeoutMs - reserveMs, endMs: startMs + timeoutMs }
}

/**
 * When the calls that restore the object are given up, if they begin now: at the run's end, or later where less
 * than the reserve is left until then, since weights that are not rolled back are worse than a run that is late; so a run
 * ends at most `RESERVE_MS` after its time, and one of 14 s or more in its time. After a cancel there is no such grace.
 */
export function releaseEndMs({ endMs }: Deadlines, nowMs: number, cancelledMs = Infinity): number {
  return Math.min(Math.max(endMs, nowMs + RESERVE_MS), cancelledMs + AFTER_CANCEL_MS)
}

/** When a read that only helps is given up, if it begins now. */
export function lookEndMs({ endMs }: Deadlines, nowMs: number): number {
  return Math.min(endMs, nowMs + LOOK_MS)
}

/** The signals that bound a run's phases. */
export type TimeLimits = {
  /** For everything up to the verdict: aborts on a cancel, and early enough to leave time for a rollback. */
  work: AbortSignal
  /** Ends what is still under way of the work. */
  endWork: () => void
  /** For the calls that restore or release the object; a cancelled run has little time for them. */
  release: () => AbortSignal
  /** For checking that the gateway uses restored weights: not after a cancel, and within the run's time. */
  check: AbortSignal
  /** For reading which proxies have restored weights: as the check, and after a cancel for a moment. */
  proxies: () => AbortSignal
  /** For a read that only helps: as the check, and not for long. */
  look: () => AbortSignal
  /** For what is closed or deleted when all of this is done. */
  closing: () => AbortSignal
  end: () => void
}

/** Starts the clocks of a run. Each signal says as its reason why it ended what it bounds. */
export function limits({
  cancelled,
  nowMs,
  startTimer = systemTimer,
  options,
  most = Infinity,
}: Pick<Context, 'cancelled' | 'nowMs' | 'startTimer'> & {
  options: Pick<Context['options'], 'mode' | 'timeoutMs'>
  /** The longest that the run may take, whatever `timeout` says. Milliseconds. */
  most?: number
}): TimeLimits {
  const timeMs = Math.min(options.timeoutMs, most)
  const ofRun: AbortCause =
    timeMs < options.timeoutMs ? { kind: 'time-limit', ms: timeMs } : { kind: 'run-time' }
  const due = deadlines(nowMs(), timeMs, options.mode)
  const timers: (() => void)[] = []
  const abortAt = (atMs: number, why: AbortCause = ofRun, controller = new AbortController()) => {
    const over = () => controller.abort(new Aborted(why))
    timers.push(startTimer(Math.max(0, Math.ceil(atMs - nowMs())), over))
    return controller.signal
  }
  const worked = new AbortController()
  const stopped = new AbortController()
  const afterCancel = new AbortController()
  const afterRestore = new AbortController()
  let cancelledMs: number | undefined
  const onCancel = () => {
    cancelledMs = nowMs()
    stopped.abort(new Aborted({ kind: 'cancelled' }))
    abortAt(cancelledMs + AFTER_CANCEL_MS, AFTER_CANCEL, afterCancel)
    abortAt(cancelledMs + AFTER_CANCEL_MS + AFTER_RESTORE_MS, AFTER_CANCEL, afterRestore)
  }
  if (cancelled.aborted) onCancel()
  else cancelled.addEventListener('abort', onCancel, { once: true })
  const check = AbortSignal.any([abortAt(due.endMs), stopped.signal])
  return {
    work: AbortSignal.any([abortAt(due.workMs, ofRun, worked), stopped.signal]),
    endWork: () => worked.abort(new Aborted({ kind: 'over' })),
    release: () =>
      AbortSignal.any([abortAt(releaseEndMs(due, nowMs(), cancelledMs)), afterCancel.signal]),
    check,
    proxies() {
      if (cancelledMs === undefined) return check
      const endMs = nowMs() + PROXIES_AFTER_CANCEL_MS
      return AbortSignal.any([abortAt(endMs, A_LOOK_AFTER_CANCEL), afterCancel.signal])
    },
    look: () => AbortSignal.any([abortAt(lookEndMs(due, nowMs()), A_LOOK), check]),
    closing: () => AbortSignal.any([abortAt(nowMs() + CLOSING_MS, A_CLOSING), afterRestore.signal]),
    end: () => {
      cancelled.removeEventListener('abort', onCancel)
      for (const stop of timers) stop()
    },
  }
}

const AFTER_CANCEL: AbortCause = { kind: 'time-limit', ms: AFTER_CANCEL_MS }
const A_LOOK_AFTER_CANCEL: AbortCause = { kind: 'time-limit', ms: PROXIES_AFTER_CANCEL_MS }
const A_CLOSING: AbortCause = { kind: 'time-limit', ms: CLOSING_MS }
const A_LOOK: AbortCause = { kind: 'time-limit', ms: LOOK_MS }

export function systemTimer(ms: number, over: () => void): () => void {
  const timer = setTimeout(over, ms)
  return () => clearTimeout(timer)
}

import type { RunningJob } from './start-job.ts'

/** A Job that takes samples, and how many a second. */
export type PacedJob = { job: RunningJob; rate: number }

/** The pace at which samples are taken, each by a Job of its own. */
export type JobPaces = {
  /** The pace that was asked for last. */
  asked(): number
  /** Goes on with a Job of this pace. Where there can be none, the present one stays. */
  ask(rate: number): void
  /** Starts no further Job, and leaves the present one to the caller. */
  close(): void
  present(): RunningJob
}

export type PaceSteps = {
  /** Resolves when all Pods of a new Job report samples; undefined: there is none, or it is no longer asked for. */
  startAt(rate: number, signal: AbortSignal): Promise<RunningJob | undefined>
  /** Resolves when the Job before is needed no more. */
  switchTo(job: RunningJob): Promise<void>
  leave(job: RunningJob): void
}

/** Keeps the pace that was asked for last. A pace that is asked for while a Job starts or takes over comes next. */
export function startPaces(first: PacedJob, { startAt, switchTo, leave }: PaceSteps): JobPaces {
  let present = first
  let asked = first.rate
  let isChanging = false
  let isOver = false
  let starting = new AbortController()

  async function change(): Promise<void> {
    isChanging = true
    while (!isOver && asked !== present.rate) {
      const rate = asked
      starting = new AbortController()
      const job = await startAt(rate, starting.signal)
      if (job === undefined) {
        // The next phase that needs this pace asks again.
        if (asked === rate) asked = present.rate
      } else if (isOver || asked !== rate) leave(job)
      else {
        const before = present.job
        present = { job, rate }
        await switchTo(job)
        leave(before)
      }
    }
    isChanging = false
  }

  return {
    asked: () => asked,
    ask(rate) {
      if (isOver || rate === asked) return
      asked = rate
      starting.abort()
      if (!isChanging) void change()
    },
    close() {
      isOver = true
      starting.abort()
    },
    present: () => present.job,
  }
}

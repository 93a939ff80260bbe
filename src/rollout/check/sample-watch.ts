import type { CountedSample, EvidenceSample, Sampling } from '../../evidence/evidence-source.ts'
import { startLatency } from '../../evidence/probe/latency.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import type { CheckMachine } from '../../split/check/check-machine.ts'
import type { Watch } from '../model/check.ts'
import type { CheckTask } from './check-task.ts'
import { type NotedErrors, note, startErrors } from './observed-replies.ts'
import { startParts } from './watch-parts.ts'

const PROGRESS_EVERY_MS = 500

/** What is to be watched, and how. Times in milliseconds of the run's clock. */
export type WatchOrder = {
  /** When the write was answered, or the check began. */
  startMs: number
  /** Undefined: until the limits are decided. */
  untilMs: number | undefined
  /** How long it is to last; undefined as `untilMs`. */
  lastsMs: number | undefined
  samplesPerSecond: number | undefined
  onProgress: (now: Watch) => void
}

/** Samples that were taken after the split was confirmed, and their errors. */
export type Watched = { watch: Watch; errors: NotedErrors }

/** Takes samples after the split was confirmed: until the machine has another step, or the signal aborts. */
export function sampleWatch(
  task: CheckTask,
  machine: CheckMachine,
  order: WatchOrder,
): Promise<Watched> {
  const { signal, nowMs } = task
  const tally = startTally(task, order)
  order.onProgress(tally.watch())
  return new Promise((resolve) => {
    let sampling: Sampling | undefined
    let over = false
    const finish = () => {
      sampling?.stop()
      clearInterval(reporting)
      clearTimeout(ending)
      over = true
      signal.removeEventListener('abort', finish)
      if (signal.aborted) machine.stop()
      resolve({ watch: tally.watch(), errors: tally.errors })
    }
    const isOver = () => {
      const { kind } = machine.next(nowMs())
      return kind !== 'settle' && kind !== 'watch'
    }
    // By the clock, not by samples: a gateway that answers nothing is worth a report, and an end, too.
    const reporting = setInterval(() => {
      if (isOver()) finish()
      else order.onProgress(tally.watch())
    }, PROGRESS_EVERY_MS)
    const { untilMs } = order
    const ending =
      untilMs === undefined
        ? undefined
        : setTimeout(() => isOver() && finish(), Math.max(0, untilMs - nowMs()) + 1)
    const { samplesPerSecond } = order
    const budget = samplesPerSecond === undefined ? {} : { samplesPerSecond }
    sampling = task.source.start(budget, (sample) => {
      if (over || !tally.take(sample)) return
      if (machine.observe(sample) && isOver()) finish()
    })
    if (over) sampling.stop()
    else if (signal.aborted) finish()
    else signal.addEventListener('abort', finish)
  })
}

/** What is shown of the samples, beside what they decide. */
function startTally(task: CheckTask, order: WatchOrder) {
  const { check, source, nowMs } = task
  const seesErrors = source.details.has('errors')
  const beganMs = nowMs()
  const parts = startParts(check.names.length)
  const errors = startErrors(check.names.length)
  const tallies = check.names.map(() => ({ ok: 0, errors: 0 }))
  const latencies = [...check.names, undefined].map(() => startLatency())
  const latestMs: (number | undefined)[] = check.names.map(() => undefined)
  let previous = 0
  let clientLimits = 0

  function countReply({ classified, destination, launchedMs, tookMs, error }: ProbeSample): void {
    errors.note(classified)
    latencies[destination ?? check.names.length]?.observe(tookMs)
    if (destination === undefined) return
    latestMs[destination] = launchedMs + tookMs - order.startMs
    const tally = tallies[destination]
    if (tally) tally[error === true ? 'errors' : 'ok'] += 1
  }

  function countSingle(sample: ProbeSample): void {
    const { classified, destination } = sample
    countReply(sample)
    parts.add(1, (open) => {
      if (classified.kind === 'unclassified') note(open.lost, classified)
      if (destination === undefined) open.unclassified += 1
      else open.counts[destination] = (open.counts[destination] ?? 0) + 1
    })
  }

  function countAll(sample: CountedSample): void {
    const { lost = [], replies = [] } = sample.own ?? {}
    for (const one of replies) countReply(one)
    const samples = sample.counts.reduce((sum, count) => sum + count, lost.length)
    parts.add(samples, (open) => {
      for (const one of lost) note(open.lost, one)
      open.unclassified += lost.length
      sample.counts.forEach((more, index) => {
        open.counts[index] = (open.counts[index] ?? 0) + more
      })
    })
    for (const [index, tally] of tallies.entries()) {
      const ok = sample.successes?.[index] ?? 0
      tally.ok += ok
      tally.errors += sample.errors[index] ?? 0
      if (ok > 0) latestMs[index] = sample.toMs - order.startMs
    }
  }

  return {
    errors: errors.noted,
    /** Returns whether it is a sample of what is watched. */
    take(sample: EvidenceSample): boolean {
      if (sample.kind === 'counts') {
        countAll(sample)
        return true
      }
      if (sample.classified.kind === 'client-limit') {
        clientLimits += 1
        return false
      }
      if (sample.classified.kind === 'previous') previous += 1
      else countSingle(sample)
      return true
    },
    watch(): Watch {
      const { counts, unclassified, outcomes = {}, examples = {}, ownReplies } = parts.sum()
      return {
        startedMs: beganMs - order.startMs,
        tookMs: nowMs() - beganMs,
        lastsMs: order.lastsMs,
        samplesPerSecond: order.samplesPerSecond,
        samples: counts.reduce((sum, count) => sum + count, unclassified),
        unclassified,
        counts,
        parts: parts.parts(),
        tallies: seesErrors ? tallies.map((one) => ({ ...one })) : undefined,
        outcomes,
        examples,
        ...(ownReplies && { ownReplies }),
        latestMs: [...latestMs],
        previous,
        clientLimits,
        latencies: latencies.map((tally) => tally.latency()),
        ended: undefined,
      }
    },
  }
}

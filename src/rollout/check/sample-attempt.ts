import type { EvidenceSample, Sampling } from '../../evidence/evidence-source.ts'
import { startLatency } from '../../evidence/probe/latency.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import type { CheckMachine } from '../../split/check/check-machine.ts'
import { shareInterval } from '../../split/numeric/interval.ts'
import type { Attempt } from '../model/check.ts'
import type { CheckTask } from './check-task.ts'
import { startEvidence } from './evidence.ts'
import type { RecordedMachine } from './health-course.ts'
import { type NotedErrors, note, nothingLost, startErrors } from './observed-replies.ts'

const PROGRESS_EVERY_MS = 500

/** An attempt that has ended, and its errors. */
type Sampled = { attempt: Attempt; errors: NotedErrors }

/** Takes samples until the attempt is over, or the signal aborts. */
export function sampleAttempt(
  task: CheckTask,
  machine: RecordedMachine,
  startMs: number,
): Promise<Sampled> {
  const { signal } = task
  const tally = startTally(task, machine, startMs)
  return new Promise((resolve) => {
    // By the clock, not by samples: a gateway that answers nothing is worth a report too.
    const reporting = setInterval(() => {
      const check = { ...task.check, ...machine.seen() }
      task.emit({ kind: 'progress', check, now: tally.attempt() })
    }, PROGRESS_EVERY_MS)
    let sampling: Sampling | undefined
    let over = false
    const finish = () => {
      sampling?.stop()
      clearInterval(reporting)
      over = true
      signal.removeEventListener('abort', finish)
      if (signal.aborted) machine.stop()
      resolve({ attempt: tally.attempt(), errors: tally.errors })
    }
    const isConfirmed = machine.attempt().part === 'confirmed'
    const keepsConnections = task.sharesConnections === true && isConfirmed
    const budget = { most: machine.most, keepsConnections, isConfirmed }
    sampling = task.source.start(budget, (sample) => {
      if (!over && tally.take(sample)) finish()
    })
    if (over) sampling.stop()
    else if (signal.aborted) finish()
    else signal.addEventListener('abort', finish)
  })
}

/** What an attempt shows in reports, beside what it is decided by. */
function startTally(task: CheckTask, machine: CheckMachine, startMs: number) {
  const { check, alpha, nowMs } = task
  const beganMs = nowMs()
  const lost = nothingLost()
  const ownLost = nothingLost()
  const counts = check.names.map(() => 0)
  let unclassified = 0
  const evidence = startEvidence(() => ({
    atMs: nowMs() - beganMs,
    counts: [...counts],
    unclassified,
  }))
  const latencies = [...check.names, undefined].map(() => startLatency())
  let clientLimits = 0
  let previous = 0
  const own = { answered: 0, unanswered: 0 }
  const errors = startErrors(check.names.length)

  function countReply({ classified, destination, tookMs }: ProbeSample): void {
    errors.note(classified)
    latencies[destination ?? counts.length]?.observe(tookMs)
  }

  function countSingle(sample: ProbeSample): void {
    const { classified, destination } = sample
    countReply(sample)
    if (classified.kind === 'unclassified') note(lost, classified)
    if (destination === undefined) unclassified += 1
    else counts[destination] = (counts[destination] ?? 0) + 1
  }

  /** Returns whether the attempt is over. */
  function take(sample: EvidenceSample): boolean {
    if (sample.kind === 'counts') {
      sample.counts.forEach((more, index) => {
        counts[index] = (counts[index] ?? 0) + more
      })
      unclassified += sample.doubtful ?? 0
      for (const one of sample.own?.lost ?? []) note(ownLost, one)
      for (const one of sample.own?.replies ?? []) countReply(one)
      own.answered += sample.own?.answered ?? 0
      own.unanswered += sample.own?.unanswered ?? 0
    } else {
      const { classified } = sample
      if (classified.kind === 'client-limit') {
        clientLimits += 1
        return false
      }
      if (classified.kind === 'previous') {
        previous += 1
        return machine.observe(sample)
      }
      countSingle(sample)
    }
    const isOver = machine.observe(sample)
    evidence.observe()
    return isOver
  }

  function attempt(): Attempt {
    const state = machine.attempt()
    // Beside counters, samples of this run that went unanswered are counted only where they decide.
    const decides = own.unanswered > 0 && state.decision === 'no-reply'
    const { outcomes, examples, ownReplies } = decides ? ownLost : lost
    const more = decides ? own.unanswered : 0
    return {
      ...state,
      samples: state.samples + more,
      unclassified: state.unclassified + more,
      ...(own.answered + own.unanswered > 0 && { own: { ...own } }),
      startedMs: beganMs - startMs,
      tookMs: nowMs() - beganMs,
      outcomes: { ...outcomes },
      examples: { ...examples },
      ...(ownReplies && { ownReplies: { ...ownReplies } }),
      previous,
      clientLimits,
      intervals: state.counts.map((hits) =>
        shareInterval(hits, state.samples - state.unclassified, alpha, check.plan.mean),
      ),
      evidence: evidence.points(),
      latencies: latencies.map((tally) => tally.latency()),
    }
  }

  return { take, attempt, errors: errors.noted }
}

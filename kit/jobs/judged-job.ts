import type { Budget } from '../../src/evidence/evidence-source.ts'
import { jobSource } from '../../src/evidence/jobs/job-source.ts'
import type { ProbeSample } from '../../src/evidence/probe/probe-sample.ts'
import type { Decision } from '../../src/split/judge/judge.ts'
import { judgeAttempt, UNCLASSIFIED } from '../../src/split/judge/judge-attempt.ts'
import type { JudgeRules } from '../../src/split/judge/judge-rules.ts'
import { type RunningJob, runJob, type SimulatedJob } from './simulated-job.ts'

/** A simulated Job that is read as a run reads one. */
export function readJob(job: SimulatedJob) {
  const running = runJob(job)
  const source = jobSource(running.streams, {
    destinations: 2,
    probeTimeoutMs: 5000,
    redact: (text) => text,
    nowMs: running.nowMs,
  })
  running.runUntil(1000)
  return { running, source }
}

/** Takes samples that begin now, until `take` says that they are enough, or `mostMs` have passed. */
export function takeSamples(
  { running, source }: ReturnType<typeof readJob>,
  take: (sample: ProbeSample) => boolean,
  { budget = {}, mostMs = 600_000 }: { budget?: Budget; mostMs?: number } = {},
): void {
  let isOver = false
  const sampling = source.start(budget, (sample) => {
    if (!isOver) isOver = take(sample)
  })
  running.runUntil(running.nowMs() + mostMs, () => isOver)
  sampling.stop()
}

/** As `takeSamples`, as wrong as can be: results as they arrive, of samples that were launched from now on. */
export function takeAsTheyArrive(running: RunningJob, take: (outcome: number) => boolean): void {
  const fromMs = running.nowMs()
  const launches: number[][] = running.streams.pods.map(() => [])
  let isOver = false
  const unlisten = running.streams.listen((pod, event) => {
    if (event.kind !== 'samples') return
    launches[pod]?.push(...event.launchesMs)
    for (const { outcome } of event.results) {
      const launchedMs = launches[pod]?.shift() ?? 0
      if (!isOver && launchedMs >= fromMs) isOver = take(outcome)
    }
  })
  running.runUntil(fromMs + 600_000, () => isOver)
  unlisten()
}

export type Judged = { decision: Decision | undefined; counts: readonly number[]; samples: number }

/** Attempts one after the other on one running Job. */
export function judgeAttempts(job: SimulatedJob, rules: JudgeRules, attempts: number): Judged[] {
  const read = readJob(job)
  return Array.from({ length: attempts }, () => {
    const judge = judgeAttempt(rules)
    let decision: Decision | undefined
    takeSamples(read, ({ destination, stream }) => {
      decision = judge.observe(destination ?? UNCLASSIFIED, stream)
      return decision !== undefined
    })
    const { counts, samples } = judge.standing()
    return { decision, counts, samples }
  })
}

/** The same by arrival, each attempt on a Job that has just begun. */
export function judgeByArrival(
  job: () => SimulatedJob,
  rules: JudgeRules,
  attempts: number,
): Judged[] {
  return Array.from({ length: attempts }, () => {
    const judge = judgeAttempt(rules)
    let decision: Decision | undefined
    const simulated = job()
    takeAsTheyArrive(runJob(simulated), (outcome) => {
      const classified = simulated.outcomes[outcome]
      decision = judge.observe(classified?.kind === 'destination' ? classified.index : UNCLASSIFIED)
      return decision !== undefined
    })
    const { counts, samples } = judge.standing()
    return { decision, counts, samples }
  })
}

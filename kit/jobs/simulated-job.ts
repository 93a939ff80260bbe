import { type Queue, startQueue } from '../../src/evidence/jobs/merging/queue.ts'
import type { PodEvent, PodResult } from '../../src/evidence/jobs/pod-event.ts'
import type { PodStreams, TakePodEvent } from '../../src/evidence/jobs/pod-streams.ts'
import type { Classified } from '../../src/evidence/probe/classify.ts'

/** How one sample ends: the number of an outcome, after so many milliseconds. */
export type Drawn = { outcome: number; tookMs: number }

export type SimulatedJob = {
  pods: number
  /** Samples in flight in each Pod. */
  concurrency: number
  /** The pace of each Pod; undefined: as fast as `concurrency` allows. */
  ratePerSecond?: number
  outcomes: readonly Classified[]
  draw: (pod: number) => Drawn
  /** How much later than it was written a line arrives. */
  delayMs?: (pod: number) => number
  /** What a Pod's clock shows when the clock of the run shows 0. */
  clockMs?: (pod: number) => number
  zones?: readonly string[]
  /** When the Pods begin, by the clock of the run. */
  beginMs?: number
}

/** Pods of a Job on a clock of their own, which moves only with `runUntil`. */
export type RunningJob = {
  streams: PodStreams
  nowMs(): number
  /** Lets time pass up to this moment; ends earlier where `isOver` says so after a line. */
  runUntil(ms: number, isOver?: () => boolean): void
  /** From now on nothing of this Pod arrives. */
  cutOff(pod: number): void
  /** Samples launched so far. */
  launched(): number
}

/** Pods write what came every 20 ms, and something each second. */
const LINE_MS = 20
const QUIET_MS = 1000

export function runJob(job: SimulatedJob): RunningJob {
  const { pods, delayMs = () => 0, clockMs = () => 0, outcomes, zones, beginMs = 0 } = job
  const all = Array.from({ length: pods }, (_, pod) => startPod(job, pod))
  const cut = new Set<number>()
  let take: TakePodEvent = () => undefined
  let now = beginMs
  let saidHello = false

  function line(pod: number): void {
    const one = all[pod]
    if (one === undefined) return
    const { launches, results } = one.until(now)
    const isQuiet = launches.length === 0 && results.length === 0
    if ((isQuiet && now - one.wroteMs < QUIET_MS) || cut.has(pod)) return
    one.wroteMs = now
    const offset = clockMs(pod)
    for (let i = 0; i < launches.length; i++) launches[i] = (launches[i] ?? 0) + offset
    say(pod, { kind: 'samples', emittedMs: now + offset, launchesMs: launches, results })
  }

  function say(pod: number, event: PodEvent): void {
    take(pod, event, now + delayMs(pod))
  }

  function sayHello(): void {
    if (saidHello) return
    saidHello = true
    for (let pod = 0; pod < pods; pod++) {
      say(pod, { kind: 'hello', atMs: now + clockMs(pod) })
      outcomes.forEach((classified, id) => {
        say(pod, { kind: 'outcome', id, classified })
      })
    }
  }

  return {
    streams: {
      pods: all.map((_, index) => ({
        index,
        name: `probe-${index}`,
        node: `node-${index}`,
        zone: zones?.[index % zones.length],
      })),
      inFlight: job.concurrency,
      listen(taker) {
        take = taker
        return () => {
          take = () => undefined
        }
      },
    },
    nowMs: () => now,
    runUntil(ms, isOver = () => false) {
      sayHello()
      while (now < ms && !isOver()) {
        now += LINE_MS
        for (let pod = 0; pod < pods; pod++) line(pod)
      }
    },
    cutOff: (pod) => void cut.add(pod),
    launched: () => all.reduce((sum, { launched }) => sum + launched(), 0),
  }
}

type Pod = {
  wroteMs: number
  launched(): number
  /** What happened since the last call. */
  until(ms: number): { launches: number[]; results: PodResult[] }
}

type Started = { endsMs: number; result: PodResult }

/** Launches as the prober does: no more in flight than `concurrency`, and no more than four times as many without a result. */
function startPod(
  { concurrency, ratePerSecond, draw, pods, beginMs = 0 }: SimulatedJob,
  pod: number,
): Pod {
  const gapMs = ratePerSecond === undefined ? 0 : 1000 / ratePerSecond
  const ends: number[] = Array(concurrency).fill(0)
  const unreported: Queue<Started> = startQueue()
  let dueMs = beginMs + (pod * gapMs) / pods
  let launched = 0
  let atMs = beginMs

  /** The place of the sample in flight that ends first. */
  function firstFree(): number {
    let first = 0
    for (let i = 1; i < ends.length; i++) if ((ends[i] ?? 0) < (ends[first] ?? 0)) first = i
    return first
  }

  return {
    wroteMs: 0,
    launched: () => launched,
    until(ms) {
      const launches: number[] = []
      const results: PodResult[] = []
      const report = (until: number) => {
        for (
          let head = unreported.first();
          head && head.endsMs <= until;
          head = unreported.first()
        ) {
          unreported.shift()
          results.push(head.result)
        }
      }
      for (;;) {
        const free = firstFree()
        let nextMs = Math.max(atMs, dueMs, ends[free] ?? 0)
        // The one that is waited for hands over those behind it.
        if (unreported.length >= 4 * concurrency)
          nextMs = Math.max(nextMs, unreported.first()?.endsMs ?? 0)
        if (nextMs > ms) break
        report(nextMs)
        const { outcome, tookMs } = draw(pod)
        ends[free] = nextMs + tookMs
        unreported.push({ endsMs: nextMs + tookMs, result: { outcome, tookMs } })
        launches.push(nextMs)
        launched += 1
        atMs = nextMs
        dueMs = Math.max(dueMs, nextMs - gapMs) + gapMs
      }
      report(ms)
      return { launches, results }
    },
  }
}

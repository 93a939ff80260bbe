import { type Latency, startLatency } from '../../evidence/probe/latency.ts'
import type { CheckMachine } from '../../split/check/check-machine.ts'
import type { CountsSample, SingleSample } from '../../split/sample.ts'
import type { Check, HealthPoint } from '../model/check.ts'

/** What a check shows of health so far, and of places where there are several. */
export type HealthSeen = Pick<Check, 'health' | 'healthCourse' | 'latencies' | 'places'>

const MOST_POINTS = 200

/**
 * Keeps a course in at most 200 points, however long it is: every sample at first, and whenever the list is full, every
 * second point is dropped. They are evenly spaced over time, as a watch has few samples a second, and a check many.
 */
function startCourse(stand: (atMs: number) => HealthPoint) {
  let kept: HealthPoint[] = []
  let gapMs = 0
  return {
    observe(atMs: number): void {
      if (atMs - (kept.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) < gapMs) return
      kept.push(stand(atMs))
      // One place is for the latest sample, which is seldom kept.
      if (kept.length < MOST_POINTS - 1) return
      kept = kept.filter((_, index) => index % 2 === 1)
      gapMs = Math.max(2 * gapMs, (2 * atMs) / MOST_POINTS)
    },
    points(atMs: number): HealthPoint[] {
      const latest = stand(atMs)
      const last = kept.at(-1)
      return last === undefined || isMore(latest, last) ? [...kept, latest] : [...kept]
    },
  }
}

function isMore(latest: HealthPoint, last: HealthPoint): boolean {
  return (
    latest.unattributedErrors > last.unattributedErrors ||
    latest.replies.some((count, index) => count > (last.replies[index] ?? 0))
  )
}

export type RecordedMachine = CheckMachine & { seen(): HealthSeen }

/**
 * A check machine that also keeps how its samples grew to what they show of health, and how long they took: from the write
 * on, whatever they are taken for, and within bounds however many they are.
 *
 * @param destinations how many there are
 * @param sinceMs milliseconds since the write was answered, or since the check began without one
 */
export function withHealthCourse(
  machine: CheckMachine,
  destinations: number,
  sinceMs: () => number,
): RecordedMachine {
  const latencies = Array.from({ length: destinations + 1 }, () => startLatency())
  const testsHealth = machine.health() !== undefined
  const replies = Array.from({ length: destinations }, () => 0)
  const errors = Array.from({ length: destinations }, () => 0)
  let unattributedErrors = 0
  const course = startCourse((atMs) => ({
    atMs,
    replies: [...replies],
    errors: [...errors],
    unattributedErrors,
  }))

  function count({ destination, tookMs, error }: SingleSample): void {
    latencies[destination ?? destinations]?.observe(tookMs)
    if (!testsHealth || error === undefined) return
    if (destination === undefined) unattributedErrors += error ? 1 : 0
    else {
      replies[destination] = (replies[destination] ?? 0) + 1
      errors[destination] = (errors[destination] ?? 0) + (error ? 1 : 0)
    }
    course.observe(sinceMs())
  }

  function countAll({ successes, errors: more, own }: CountsSample): void {
    for (const reply of own?.replies ?? []) count(reply)
    if (!testsHealth || successes === undefined) return
    successes.forEach((ok, index) => {
      const failed = more[index] ?? 0
      replies[index] = (replies[index] ?? 0) + ok + failed
      errors[index] = (errors[index] ?? 0) + failed
    })
    course.observe(sinceMs())
  }

  return {
    ...machine,
    observe(sample) {
      const isOver = machine.observe(sample)
      if (sample.kind === 'counts') countAll(sample)
      else if (sample.previous !== true) count(sample)
      return isOver
    },
    seen: () => ({
      health: machine.health(),
      ...(testsHealth && { healthCourse: course.points(sinceMs()) }),
      latencies: latencies.map((tally): Latency => tally.latency()),
    }),
  }
}

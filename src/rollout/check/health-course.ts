import { type Latency, startLatency } from '../../evidence/probe/latency.ts'
import type { CheckMachine } from '../../split/check/check-machine.ts'
import type { SingleSample } from '../../split/sample.ts'
import type { Check, HealthPoint } from '../model/check.ts'
import { startEvidence } from './evidence.ts'

/** What a check shows of health so far. */
export type HealthSeen = Pick<Check, 'health' | 'healthCourse' | 'latencies'>

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
  const course = startEvidence(
    (): HealthPoint => ({
      atMs: sinceMs(),
      replies: [...replies],
      errors: [...errors],
      unattributedErrors,
    }),
  )

  function count({ destination, tookMs, error }: SingleSample): void {
    latencies[destination ?? destinations]?.observe(tookMs)
    if (!testsHealth || error === undefined) return
    if (destination === undefined) unattributedErrors += error ? 1 : 0
    else {
      replies[destination] = (replies[destination] ?? 0) + 1
      errors[destination] = (errors[destination] ?? 0) + (error ? 1 : 0)
    }
    course.observe()
  }

  return {
    ...machine,
    observe(sample) {
      const isOver = machine.observe(sample)
      if (sample.kind === 'single' && sample.previous !== true) count(sample)
      return isOver
    },
    seen: () => ({
      health: machine.health(),
      ...(testsHealth && { healthCourse: course.points() }),
      latencies: latencies.map((tally): Latency => tally.latency()),
    }),
  }
}

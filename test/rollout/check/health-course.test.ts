import { describe, expect, test } from 'vitest'
import { latencyOf } from '../../../kit/report/run.ts'
import { comparisonOf } from '../../../kit/split/health.ts'
import { withHealthCourse } from '../../../src/rollout/check/health-course.ts'
import { checkMachine } from '../../../src/split/check/check-machine.ts'
import type { CheckHealth, CheckRules } from '../../../src/split/check/check-rules.ts'
import { COUNT_JUDGES } from '../../../src/split/judges.ts'

const VERIFY: CheckRules = {
  target: [0.5, 0.5],
  tolerance: [0.1, 0.1],
  old: undefined,
  alpha: 0.01,
  hypotheses: 1,
  samples: 'auto',
  plannedLimit: 5000,
  writtenMs: undefined,
  propagationTimeoutMs: 0,
  mayRecover: false,
}

/** A check that samples of 50/50 come to, every fifth of the second destination an error; one a millisecond. */
function recorded(samples: number, health?: CheckHealth) {
  let nowMs = 0
  const machine = withHealthCourse(checkMachine({ ...VERIFY, health }), 2, () => nowMs)
  machine.next(0)
  for (nowMs = 1; nowMs <= samples; nowMs += 1) {
    const destination = nowMs % 2
    const error = destination === 1 && nowMs % 10 === 1
    machine.observe({ kind: 'single', destination, launchedMs: nowMs, tookMs: destination, error })
  }
  nowMs = samples
  return machine.seen()
}

describe('what a check shows of health', () => {
  test('grows from the write on, and ends where it is', () => {
    const { healthCourse = [], health } = recorded(20, comparisonOf(1))
    expect(healthCourse).toHaveLength(20)
    expect(healthCourse.at(0)).toEqual({
      atMs: 1,
      replies: [0, 1],
      errors: [0, 1],
      unattributedErrors: 0,
    })
    expect(healthCourse.at(-1)).toEqual({
      atMs: 20,
      replies: [10, 10],
      errors: [0, 2],
      unattributedErrors: 0,
    })
    expect(health?.tallies[1]).toEqual({ ok: 8, errors: 2 })
  })

  test('is at most 200 points, however many samples there are', () => {
    const { healthCourse = [] } = recorded(100_000, comparisonOf(1))
    expect(healthCourse.length).toBeLessThanOrEqual(200)
    expect(healthCourse.at(-1)?.atMs).toBe(100_000)
  })

  test('has the time of every sample by destination, where errors are not tested too', () => {
    const seen = recorded(4)
    expect(seen.healthCourse).toBeUndefined()
    expect(seen.latencies).toEqual([latencyOf(0, 0), latencyOf(1, 1), latencyOf()])
  })
})

test('the errors that proxies count are a part of the course', () => {
  const machine = withHealthCourse(
    checkMachine({ ...VERIFY, health: comparisonOf(1) }, COUNT_JUDGES),
    2,
    () => 200,
  )
  machine.next(0)
  const counts = { counts: [20, 20], errors: [0, 3], successes: [18, 15] }
  machine.observe({ kind: 'counts', proxy: 'demo/a', fromMs: 0, toMs: 200, ...counts })
  expect(machine.seen().healthCourse).toEqual([
    { atMs: 200, replies: [18, 18], errors: [0, 3], unattributedErrors: 0 },
  ])
})

import { describe, expect, test } from 'vitest'
import { comparisonOf } from '../../../kit/split/health.ts'
import { type CheckMachine, checkMachine } from '../../../src/split/check/check-machine.ts'
import type { CheckRules } from '../../../src/split/check/check-rules.ts'
import { seededUniform } from '../../../src/split/numeric/seeded-uniform.ts'
import type { SingleSample } from '../../../src/split/sample.ts'

/** A shift of 80/20 to 50/50 whose replies carry stamps, and whose write was answered at 0 ms. */
const RULES: CheckRules = {
  target: [0.5, 0.5],
  tolerance: [0.05, 0.05],
  old: [0.8, 0.2],
  alpha: 0.01,
  hypotheses: 1,
  samples: 'auto',
  plannedLimit: 3000,
  writtenMs: 0,
  propagationTimeoutMs: 5000,
  mayRecover: false,
  showsPrevious: true,
  health: comparisonOf(1),
}

type Reply = Pick<SingleSample, 'destination'> & Partial<SingleSample>

/** Runs a machine on replies, one a millisecond, until it ends. Returns how it ended, and when. */
function run(machine: CheckMachine, replyAt: (ms: number) => Reply) {
  for (let ms = 1; ms < 60_000; ms++) {
    const step = machine.next(ms)
    if (step.kind === 'end') return { ended: step.ended, ms }
    if (step.kind !== 'wait')
      machine.observe({ kind: 'single', launchedMs: ms, tookMs: 1, ...replyAt(ms) })
  }
  throw new Error('the check did not end')
}

const PREVIOUS: Reply = { destination: undefined, previous: true, error: false }

describe('a check of replies with stamps', () => {
  test('begins its attempt 100 ms after the last reply of the former configuration, and passes', () => {
    const machine = checkMachine(RULES)
    const random = seededUniform(1)
    const { ended, ms } = run(machine, (at) =>
      at <= 300 ? PREVIOUS : { destination: random() < 0.5 ? 0 : 1, error: false },
    )
    expect(ended).toBe('pass')
    expect(machine.attempt().number).toBe(1)
    expect(ms - machine.attempt().samples).toBeGreaterThanOrEqual(400)
    expect(machine.switchedMs()).toBe(300)
  })

  test('never passes while a replica has the former configuration', () => {
    const random = seededUniform(2)
    const machine = checkMachine(RULES)
    const { ended, ms } = run(machine, () =>
      random() < 0.1 ? PREVIOUS : { destination: random() < 0.5 ? 0 : 1, error: false },
    )
    expect(ended).toBe('not-propagated')
    expect(ms).toBeGreaterThanOrEqual(5000)
  })

  test('fails where the new version answers with nothing but errors, although the split fits', () => {
    const random = seededUniform(3)
    const machine = checkMachine(RULES)
    const { ended, ms } = run(machine, () => {
      const destination = random() < 0.5 ? 0 : 1
      return { destination, error: destination === 1 }
    })
    expect(ended).toBe('unhealthy')
    expect(ms).toBeLessThan(200)
    expect(machine.health()?.failed?.destination).toBe(1)
  })

  test('does not pass a split of nothing but errors', () => {
    const random = seededUniform(4)
    const { ended } = run(checkMachine(RULES), () => ({
      destination: random() < 0.5 ? 0 : 1,
      error: true,
    }))
    expect(ended).toBe('unhealthy')
  })

  test('cannot decide where the only requests to a small destination failed, and were few', () => {
    const random = seededUniform(5)
    const rules: CheckRules = {
      ...RULES,
      target: [0.98, 0.02],
      tolerance: [0.3, 0.3],
      health: comparisonOf(),
      propagationTimeoutMs: 1,
    }
    const { ended } = run(checkMachine(rules), () => {
      const destination = random() < 0.98 ? 0 : 1
      return { destination, error: destination === 1 }
    })
    expect(ended).toBe('health-undecided')
  })
})

test('a check of replies without a status has no health', () => {
  const { health: _, showsPrevious: __, ...rules } = RULES
  const random = seededUniform(6)
  const machine = checkMachine({ ...rules, writtenMs: undefined })
  run(machine, () => ({ destination: random() < 0.5 ? 0 : 1 }))
  expect(machine.health()).toBeUndefined()
})

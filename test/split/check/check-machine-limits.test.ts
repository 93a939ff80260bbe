import { describe, expect, test } from 'vitest'
import { type CheckMachine, checkMachine } from '../../../src/split/check/check-machine.ts'
import type { CheckRules } from '../../../src/split/check/check-rules.ts'
import { seededUniform } from '../../../src/split/numeric/seeded-uniform.ts'
import type { SingleSample } from '../../../src/split/sample.ts'

const LIMITS: NonNullable<CheckRules['health']> = {
  growing: [1],
  questions: [{ kind: 'compare' }, { kind: 'max-errors', limit: 0.01 }],
  spanMs: 0,
  gapMs: 0,
  watchSeconds: 0,
}

/** A shift of 80/20 to 50/50 whose replies carry stamps, and whose write was answered at 0 ms. */
function rules(health: Partial<typeof LIMITS> = {}, changes: Partial<CheckRules> = {}): CheckRules {
  return {
    target: [0.5, 0.5],
    tolerance: [0.1, 0.1],
    old: [0.8, 0.2],
    alpha: 0.01,
    hypotheses: 1,
    samples: 'auto',
    plannedLimit: 3000,
    writtenMs: 0,
    propagationTimeoutMs: 5000,
    mayRecover: false,
    showsPrevious: true,
    health: { ...LIMITS, ...health },
    ...changes,
  }
}

type Reply = Partial<SingleSample>

const random = seededUniform(17)
const either = (): Reply => ({ destination: random() < 0.5 ? 0 : 1, error: false })

type Course = { ended: string | undefined; ms: number; settledMs: number; rates: Set<number> }

/** Runs a machine until it ends. Its source launches as many samples a second as a step asks for, and at most 1,000. */
function run(machine: CheckMachine, replyAt: (ms: number) => Reply, fromMs = 0): Course {
  let settledMs = 0
  const rates = new Set<number>()
  for (let ms = fromMs + 1; ms < fromMs + 2_000_000; ) {
    const step = machine.next(ms)
    if (step.kind === 'end') return { ended: step.ended, ms, settledMs, rates }
    const perSecond = 'samplesPerSecond' in step ? (step.samplesPerSecond ?? 1000) : 1000
    if (step.kind === 'settle') {
      settledMs ||= ms
      rates.add(perSecond)
    }
    if (step.kind !== 'wait')
      machine.observe({
        kind: 'single',
        destination: undefined,
        launchedMs: ms,
        tookMs: 1,
        ...replyAt(ms),
      })
    ms += 1000 / perSecond
  }
  throw new Error('the check did not end')
}

describe('a check with a limit of errors', () => {
  test('goes on after the split is confirmed, until the limit is too', () => {
    const machine = checkMachine(rules())
    const { ended, settledMs } = run(machine, either)
    expect(ended).toBe('pass')
    expect(settledMs).toBeGreaterThan(0)
    const [, limit] = machine.health()?.states ?? []
    // .7 of the error; with all of it 496 would do.
    expect(limit).toMatchObject({ status: 'passed', pass: { samples: 533, events: 0 } })
    expect(limit?.interval[1]).toBeLessThan(0.02)
  })

  test('ends where samples are used up before the limit is confirmed', () => {
    const machine = checkMachine(rules({}, { samples: 700 }))
    expect(run(machine, either).ended).toBe('health-undecided')
    expect(machine.attempt().decision).toBe('pass')
  })

  test('ends by itself near the limit, where it may take any number of samples', () => {
    const machine = checkMachine(rules())
    const { ended } = run(machine, () => ({ ...either(), error: random() < 0.009 }))
    expect(ended).toBe('health-undecided')
  })

  test('is unhealthy as soon as errors come after the split is confirmed', () => {
    const machine = checkMachine(rules())
    const { ended } = run(machine, () => {
      const isSettling = machine.next(0).kind === 'settle'
      const { destination } = either()
      return { destination, error: isSettling && destination === 1 && random() < 0.3 }
    })
    expect(ended).toBe('unhealthy')
    expect(machine.health()?.failed).toMatchObject({ destination: 1 })
  })

  test('does not pass a version whose errors are of no known destination, and says what held it back', () => {
    const machine = checkMachine(rules())
    const { ended } = run(machine, () => (random() < 0.005 ? { error: true } : either()))
    expect(ended).toBe('health-undecided')
    expect(machine.health()?.states[1]).toMatchObject({ heldBackBy: 'unattributed' })
  })

  test('begins again where a reply of a former configuration comes, and needs all its samples again', () => {
    const machine = checkMachine(rules())
    let seen = 0
    const { ended } = run(machine, () => {
      seen += machine.next(0).kind === 'settle' ? 1 : 0
      if (seen !== 20) return either()
      seen += 1
      return { destination: undefined, previous: true }
    })
    expect(ended).toBe('pass')
    expect(machine.attempt().number).toBe(2)
    // .05 of the error.
    expect(machine.health()?.states[1]?.pass.samples).toBeGreaterThan(750)
  })
})

describe('a check whose limit asks for samples over a minute', () => {
  const spread = { spanMs: 60_000, gapMs: 25 }

  test('passes after a minute, at a quarter more samples than it needs', () => {
    const machine = checkMachine(rules(spread))
    const { ended, ms, rates } = run(machine, either)
    expect(ended).toBe('pass')
    expect(ms).toBeGreaterThan(60_000)
    expect(ms).toBeLessThan(61_500)
    expect([...rates]).toEqual([50])
    const pass = machine.health()?.states[1]?.pass
    expect(pass?.spanMs).toBeGreaterThanOrEqual(60_000)
    expect(pass?.samples).toBeLessThan(1300)
  })

  test('does not pass a version that is down for a second in each minute', () => {
    const machine = checkMachine(rules({ ...spread, questions: [LIMITS.questions[1] as never] }))
    const { ended } = run(machine, (ms) => {
      const { destination } = either()
      return {
        destination,
        error: destination === 1 && ms % 60_000 >= 30_000 && ms % 60_000 < 31_000,
      }
    })
    expect(ended).not.toBe('pass')
  })
})

describe('a check with a limit of latency', () => {
  const health = { questions: [{ kind: 'max-latency', limit: 0.05, overMs: 250 }] as const }

  test('passes where replies are fast, although none shows whether it is an error', () => {
    const { ended } = run(checkMachine(rules(health)), () => ({
      destination: either().destination,
      tookMs: 200,
    }))
    expect(ended).toBe('pass')
  })

  test('is unhealthy where too many are slow', () => {
    const machine = checkMachine(rules(health))
    const { ended } = run(machine, () => ({ ...either(), tookMs: random() < 0.2 ? 300 : 20 }))
    expect(ended).toBe('unhealthy')
    expect(machine.health()?.failed?.question.kind).toBe('max-latency')
  })
})

describe('a watch', () => {
  const watched = { watchSeconds: 600, questions: [{ kind: 'compare' }] as const }
  const confirmed = () => {
    const machine = checkMachine(rules(watched))
    const { ended, ms } = run(machine, either)
    expect(ended).toBe('pass')
    machine.watch(ms, ms + 600_000)
    expect(machine.next(ms)).toEqual({ kind: 'watch', untilMs: ms + 600_000, samplesPerSecond: 10 })
    return { machine, ms }
  }

  test('ends with a pass where nothing happens', () => {
    const { machine, ms } = confirmed()
    const course = run(machine, either, ms)
    expect(course.ended).toBe('pass')
    expect(course.ms).toBeGreaterThanOrEqual(ms + 600_000)
  })

  test.each<[string, string, () => Reply]>([
    ['errors of a destination begin', 'unhealthy', () => ({ ...either(), error: random() < 0.2 })],
    ['shares change', 'off-target', () => ({ destination: random() < 0.8 ? 0 : 1, error: false })],
    [
      'samples go unanswered',
      'no-reply',
      () => (random() < 0.1 ? { destination: undefined } : either()),
    ],
    [
      'a reply of a former configuration comes',
      'not-propagated',
      () => ({ destination: undefined, previous: true }),
    ],
  ])('ends at once where %s', (_, ended, after) => {
    const { machine, ms } = confirmed()
    const changesMs = ms + 300_000
    const replies = (at: number) => {
      if (at < changesMs) return either()
      const reply = after()
      return ended === 'unhealthy' && reply.destination === 0 ? { ...reply, error: false } : reply
    }
    const course = run(machine, replies, ms)
    expect(course.ended).toBe(ended)
    expect(course.ms - changesMs).toBeLessThan(45_000)
  })

  test('is refused of what has not passed', () => {
    expect(() => checkMachine(rules(watched)).watch(0, 1)).toThrow('only what has passed')
  })
})

import { describe, expect, test } from 'vitest'
import { checkMachine } from '../../../src/split/check/check-machine.ts'
import type { CheckRules } from '../../../src/split/check/check-rules.ts'
import { startHealth } from '../../../src/split/health/health-monitor.ts'
import type { HealthRules } from '../../../src/split/health/health-rules.ts'
import { COUNT_JUDGES, judgesFor } from '../../../src/split/judges.ts'
import { seededUniform } from '../../../src/split/numeric/seeded-uniform.ts'
import type { CountsSample } from '../../../src/split/sample.ts'

const RULES: CheckRules = {
  target: [0.8, 0.2],
  tolerance: [0.05, 0.05],
  old: undefined,
  alpha: 0.01,
  hypotheses: 1,
  samples: 'auto',
  plannedLimit: 3040,
  writtenMs: undefined,
  propagationTimeoutMs: 5000,
  mayRecover: false,
  health: {
    growing: [1],
    questions: [{ kind: 'compare' }],
    spanMs: 0,
    gapMs: 0,
    watchSeconds: 0,
  },
}

type Users = { share: number; errors: readonly [number, number]; perReading?: number }

/** What a proxy counts in a fifth of a second: users draw v2 with this share, and each version errs with its own rate. */
function reading(ms: number, users: Users, uniform: () => number): CountsSample {
  const counts = [0, 0]
  const errors = [0, 0]
  for (let i = 0; i < (users.perReading ?? 40); i++) {
    const index = uniform() < users.share ? 1 : 0
    counts[index] = (counts[index] ?? 0) + 1
    if (uniform() < (users.errors[index] ?? 0)) errors[index] = (errors[index] ?? 0) + 1
  }
  const successes = counts.map((count, index) => count - (errors[index] ?? 0))
  return { kind: 'counts', proxy: 'demo/a', fromMs: ms - 200, toMs: ms, counts, errors, successes }
}

/** Reads until the machine ends, or for as long as it watches. */
function run(rules: CheckRules, at: (ms: number) => Users, watchMs = 0) {
  const machine = checkMachine(rules, COUNT_JUDGES)
  const uniform = seededUniform(3)
  let isWatching = false
  for (let ms = 200; ms < 600_000; ms += 200) {
    const step = machine.next(ms)
    if (step.kind === 'end') {
      if (isWatching || watchMs === 0 || step.ended !== 'pass')
        return { ended: step.ended, ms, machine }
      isWatching = true
      machine.watch(ms, ms + watchMs)
    }
    machine.observe(reading(ms, at(ms), uniform))
  }
  throw new Error('the check did not end')
}

const GOOD: Users = { share: 0.2, errors: [0, 0] }

describe('a check of counts', () => {
  test('passes after 50 readings where users get the target, whatever the planned limit is', () => {
    const { ended, ms, machine } = run({ ...RULES, plannedLimit: 100 }, () => GOOD)
    expect({ ended, ms }).toEqual({ ended: 'pass', ms: 10_200 })
    expect(machine.attempt()).toMatchObject({ samples: 2000, unclassified: 0 })
  })

  test('fails where users get another split', () => {
    expect(run(RULES, () => ({ ...GOOD, share: 0.35 })).ended).toBe('off-target')
  })

  test('fails where the new version has a higher error rate', () => {
    const { ended, ms } = run(RULES, () => ({ share: 0.2, errors: [0.01, 0.3] }))
    expect(ended).toBe('unhealthy')
    expect(ms).toBeLessThan(5000)
  })

  test('does not pass a version of which no request ended well', () => {
    const silent = checkMachine(RULES, COUNT_JUDGES)
    silent.next(0)
    for (let ms = 200; ms <= 10_000; ms += 200)
      silent.observe({
        ...{ kind: 'counts', proxy: 'demo/a', fromMs: ms - 200, toMs: ms },
        ...{ counts: [80, 20 + (ms % 3)], errors: [0, 0], successes: [80, 0] },
      })
    expect(silent.next(10_200)).toEqual({ kind: 'end', ended: 'health-undecided' })
  })

  test('ends a given number of samples undecided, but waits for batches once the shares are confirmed', () => {
    expect(run({ ...RULES, samples: 400 }, () => GOOD).ended).toBe('limit-reached')
    expect(run({ ...RULES, samples: 1800 }, () => GOOD).ended).toBe('pass')
  })

  test('is inconclusive where the counts are not independent', () => {
    const { ended } = run(RULES, (ms) => ({ ...GOOD, share: ms % 400 === 0 ? 0.35 : 0.05 }))
    expect(ended).toBe('dependent')
  })
})

describe('a check of counts whose proxies are read', () => {
  const readingAt = (ms: number) => reading(ms, { ...GOOD, perReading: 100 }, seededUniform(ms))
  const confirmed = () => {
    const machine = checkMachine({ ...RULES, readsProxies: true }, COUNT_JUDGES)
    machine.next(0)
    machine.proxies({ kind: 'confirmed', fromMs: 0 })
    expect(machine.next(0)).toMatchObject({ kind: 'attempt', part: 'confirmed' })
    for (let ms = 200; !machine.observe(readingAt(ms)); ms += 200);
    expect(machine.next(20_000)).toEqual({ kind: 'read-proxies' })
    return machine
  }

  test('ends after a pass that does not count, as no other attempt could count', () => {
    const machine = confirmed()
    machine.proxiesAgain(false)
    machine.next(30_000)
    expect(machine.next(31_000)).toEqual({ kind: 'end', ended: undefined })
  })

  test('begins no attempt where a proxy cannot be read', () => {
    const machine = checkMachine({ ...RULES, readsProxies: true }, COUNT_JUDGES)
    expect(machine.next(0).kind).toBe('await-switch')
    machine.proxies({ kind: 'guarded' })
    expect(machine.next(0)).toEqual({ kind: 'end', ended: undefined })
  })
})

describe('a limit of errors that is tested by counts', () => {
  const limited = (spanMs: number): CheckRules => ({
    ...RULES,
    health: {
      growing: [1],
      questions: [{ kind: 'max-errors', limit: 0.05 }],
      spanMs,
      gapMs: spanMs / 1000,
      watchSeconds: 60,
    },
  })

  test('passes a version without errors once the samples span long enough', () => {
    const { ended, ms } = run(limited(30_000), () => GOOD)
    expect(ended).toBe('pass')
    expect(ms).toBeGreaterThanOrEqual(30_000)
    expect(ms).toBeLessThan(32_000)
  })

  test('fails a version with twice as many', () => {
    expect(run(limited(30_000), () => ({ share: 0.2, errors: [0, 0.1] })).ended).toBe('unhealthy')
  })

  test('raises an alarm in the watch when errors or shares change', () => {
    const changedTo = (users: Users) =>
      run(limited(0), (ms) => (ms < 20_000 ? GOOD : users), 60_000)
    expect(changedTo({ share: 0.2, errors: [0, 0.2] }).ended).toBe('unhealthy')
    expect(changedTo({ share: 0.5, errors: [0, 0] }).ended).toBe('off-target')
    const { ended, ms } = changedTo(GOOD)
    expect(ended).toBe('pass')
    expect(ms).toBeGreaterThan(60_000)
  })
})

test('counts weigh as much as the same samples one by one', () => {
  const rules: HealthRules = {
    ...{ target: [0.8, 0.2], growing: [1], alpha: 0.0045, beta: 0.01 },
    questions: [{ kind: 'compare' }, { kind: 'max-errors', limit: 0.05 }],
    ...{ spanMs: 0, gapMs: 0, watchSeconds: 0 },
  }
  const [single, counted] = [startHealth(rules), startHealth(rules)]
  single.beginAttempt(1)
  counted.beginAttempt(1)
  const sample = { kind: 'single' as const, launchedMs: 1, tookMs: 1 }
  for (let i = 0; i < 500; i++)
    single.observe({ ...sample, destination: i % 5 === 0 ? 1 : 0, error: i % 250 === 0 })
  const counts = { counts: [400, 100], errors: [0, 2], successes: [400, 98] }
  counted.observe({ kind: 'counts', proxy: 'demo/a', fromMs: 0, toMs: 200, ...counts })
  expect(counted.health()).toEqual(single.health())
})

test('a limit at which the rate is passes no more often than promised, drawn from counts', () => {
  const uniform = seededUniform(9)
  let passed = 0
  for (let run = 0; run < 300; run++) {
    const health = startHealth({
      ...{ target: [0.8, 0.2], growing: [1], alpha: 1e-9, beta: 0.05 },
      questions: [{ kind: 'max-errors', limit: 0.1 }],
      ...{ spanMs: 20_000, gapMs: 40, watchSeconds: 0 },
    })
    health.beginAttempt(1)
    for (let ms = 200; ms < 40_000 && !health.passesLimits(); ms += 200)
      health.observe(reading(ms, { share: 0.2, errors: [0, 0.1] }, uniform))
    if (health.passesLimits()) passed += 1
  }
  expect(passed).toBeLessThanOrEqual(20)
})

test('the judges follow from what samples show', () => {
  expect(judgesFor(new Set(['proxy', 'errors']))).toBe(COUNT_JUDGES)
  expect(judgesFor(new Set(['order']))).not.toBe(COUNT_JUDGES)
})

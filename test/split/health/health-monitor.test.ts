import { describe, expect, test } from 'vitest'
import { healthRulesFor } from '../../../kit/split/health.ts'
import type { Health } from '../../../src/split/health/health.ts'
import { startHealth } from '../../../src/split/health/health-monitor.ts'
import { seededUniform } from '../../../src/split/numeric/seeded-uniform.ts'

type World = {
  /** The true share of the destination at index 1. */
  share: number
  /** The error rates of both. */
  rates: readonly [number, number]
  target?: number
}

/** Errors of both destinations until the alarm; undefined where there was none. */
function alarm({ share, rates, target = share }: World, random: () => number, most: number) {
  const monitor = startHealth(healthRulesFor([1 - target, target]))
  for (let samples = 1; samples <= most; samples++) {
    const destination = random() < share ? 1 : 0
    const error = random() < (rates[destination] ?? 0)
    const sample = { kind: 'single', destination, launchedMs: 0, tookMs: 1, error } as const
    if (monitor.observe(sample))
      return { errors: errorsIn(monitor.health()), health: monitor.health() }
  }
  return undefined
}

function errorsIn({ tallies }: Health): number {
  return tallies.reduce((sum, { errors }) => sum + errors, 0)
}

function alarms(world: World, { runs, most, seed }: { runs: number; most: number; seed: number }) {
  const random = seededUniform(seed)
  return Array.from({ length: runs }, () => alarm(world, random, most))
}

describe('a version that has a higher error rate than the others', () => {
  // Source: exact figures for a form of the test that needs 3 to 6% fewer errors.
  test.each([
    [2, 132],
    [3, 48],
    [5, 21],
    [10, 11],
  ])(
    '%d times as often, at a share of a fifth, is found after about %d errors of both',
    (ratio, mean) => {
      const world = { share: 0.2, rates: [0.02, 0.02 * ratio] } as const
      const found = alarms(world, { runs: 100, most: 60_000, seed: ratio })
      const errors = found.map((one) => one?.errors ?? Number.NaN)
      const average = errors.reduce((a, b) => a + b, 0) / errors.length
      expect(average).toBeGreaterThan(mean * 0.85)
      expect(average).toBeLessThan(mean * 1.25)
    },
  )

  test('with nothing but errors is found within 10 of them, and named', () => {
    const found = alarms({ share: 0.2, rates: [0, 1] }, { runs: 100, most: 1000, seed: 1 })
    for (const one of found) {
      expect(one?.errors).toBeLessThanOrEqual(10)
      expect(one?.health.failed?.destination).toBe(1)
    }
  })
})

describe('versions with the same error rate', () => {
  test.each([
    ['at the target', 0.05, 0.05],
    ['at a share within the tolerance', 0.08, 0.05],
    ['while the previous weights are still in force', 0.01, 0.05],
  ])('%s raise an alarm no more often than promised', (_, share, target) => {
    const world = { share, target, rates: [0.05, 0.05] } as const
    const found = alarms(world, { runs: 400, most: 3000, seed: 7 }).filter(Boolean)
    // 99.9% of the time at most so many of 400 where the chance is the promised 0.45%.
    expect(found.length).toBeLessThanOrEqual(7)
  })

  test('raise no alarm at a rate that does no harm', () => {
    const world = { share: 0.2, rates: [0.00004, 0.0004] } as const
    expect(alarms(world, { runs: 50, most: 20_000, seed: 3 }).filter(Boolean)).toEqual([])
  })

  test('raise no alarm where only errors of the old one have no marker', () => {
    const random = seededUniform(11)
    const monitor = startHealth(healthRulesFor([0.8, 0.2]))
    let worse = false
    for (let i = 0; i < 5000; i++) {
      const index = random() < 0.2 ? 1 : 0
      const error = random() < 0.02
      const destination = error && index === 0 ? undefined : index
      worse = monitor.observe({ kind: 'single', destination, launchedMs: 0, tookMs: 1, error })
    }
    expect(worse).toBe(false)
    expect(monitor.health().unattributedErrors).toBeGreaterThan(50)
  })
})

describe('the successes of an attempt', () => {
  const sample = (destination: number, error: boolean) =>
    ({ kind: 'single', destination, launchedMs: 0, tookMs: 1, error }) as const
  const monitor = () => startHealth(healthRulesFor([0.8, 0.2, 0], { growing: [] }))

  test('are all there once each destination with weight had one', () => {
    const health = monitor()
    expect(health.successes()).toBe('too-few')
    health.observe(sample(0, false))
    expect(health.successes()).toBe('too-few')
    health.observe(sample(1, false))
    expect(health.successes()).toBe('all')
  })

  test('are none where a destination has only errors', () => {
    const health = monitor()
    health.observe(sample(0, false))
    for (let i = 0; i < 10; i++) health.observe(sample(1, true))
    expect(health.successes()).toBe('none')
  })

  test('count from the beginning of the attempt', () => {
    const health = monitor()
    for (const index of [0, 1]) health.observe(sample(index, false))
    health.beginAttempt(1)
    expect(health.successes()).toBe('too-few')
  })
})

test('at a share of 100% nothing is left to compare with', () => {
  const found = alarms({ share: 1, rates: [0, 1] }, { runs: 1, most: 1000, seed: 1 })
  expect(found).toEqual([undefined])
})

/** Samples of the destination from the moment on at which its errors begin, until the alarm; undefined: none came. */
function untilAlarm(
  { goodSeconds, watchSeconds, rate }: { goodSeconds: number; watchSeconds: number; rate: number },
  random: () => number,
): number | undefined {
  const questions = [{ kind: 'max-errors', limit: 0.01 }] as const
  const monitor = startHealth(healthRulesFor([0, 1], { questions, watchSeconds }))
  monitor.watch(0, 1000 * Math.max(watchSeconds, goodSeconds))
  let bad = 0
  for (let ms = 0; ms < 1000 * (goodSeconds + 4000); ms += 100) {
    const isBad = ms >= 1000 * goodSeconds
    if (isBad) bad += 1
    const error = isBad && random() < rate
    if (monitor.observe({ kind: 'single', destination: 1, launchedMs: ms, tookMs: 1, error }))
      return bad
  }
  return undefined
}

describe('a version that exceeds a limit of 1%', () => {
  const meanOf = (rate: number, goodSeconds: number, watchSeconds: number) => {
    const random = seededUniform(rate * 1000)
    const all = Array.from({ length: 60 }, () =>
      untilAlarm({ goodSeconds, watchSeconds, rate }, random),
    )
    return all.reduce<number>((sum, samples) => sum + (samples ?? Number.NaN), 0) / all.length
  }

  // Source: exact figures, 1,700 at 2%.
  test.each([
    [0.05, 172],
    [0.2, 20],
  ])('at a rate of %d fails after about %d of its samples', (rate, mean) => {
    expect(Math.abs(meanOf(rate, 0, 0) - mean)).toBeLessThan(0.2 * mean)
  })

  test('is found after hundreds of samples although thousands before were good, where it is watched', () => {
    // Without a watch after about 2,435.
    expect(meanOf(0.05, 600, 0)).toBeGreaterThan(2000)
    expect(meanOf(0.05, 600, 600)).toBeLessThan(380)
  })
})

test('three growing versions raise an alarm no more often than one', () => {
  const rules = healthRulesFor([0.25, 0.25, 0.25, 0.25], { growing: [1, 2, 3], alpha: 0.05 })
  const random = seededUniform(33)
  const alarmed = Array.from({ length: 300 }, () => {
    const monitor = startHealth(rules)
    for (let i = 0; i < 1500; i++) {
      const destination = Math.floor(4 * random())
      const error = random() < 0.05
      if (monitor.observe({ kind: 'single', destination, launchedMs: i, tookMs: 1, error }))
        return true
    }
    return false
  })
  // 99.9% of the time at most so many where the chance is the promised 5%.
  expect(alarmed.filter(Boolean).length).toBeLessThanOrEqual(28)
})

import { describe, expect, test } from 'vitest'
import { HEALTH_ALPHA, healthRulesFor } from '../../../kit/split/health.ts'
import { startHealth } from '../../../src/split/health/health-monitor.ts'
import type { HealthQuestion } from '../../../src/split/health/health-rules.ts'
import { seededUniform } from '../../../src/split/numeric/seeded-uniform.ts'
import { shownRate } from '../../../src/split/plan/plan-watch.ts'

const WATCH = {
  alpha: HEALTH_ALPHA,
  tests: 1,
  watchSeconds: 600,
  share: 0.2,
  samplesPerSecond: 10,
}

/** Whether a watch raises an alarm where the destination has an error rate from the second minute on. */
function raisesAlarm(question: HealthQuestion, rate: number, random: () => number): boolean {
  const rules = healthRulesFor([0.8, 0.2], { questions: [question], watchSeconds: 720 })
  const monitor = startHealth(rules)
  monitor.watch(0, 720_000)
  for (let launchedMs = 0; launchedMs < 720_000; launchedMs += 100) {
    const destination = random() < 0.2 ? 1 : 0
    const error = destination === 1 && launchedMs >= 120_000 && random() < rate
    if (monitor.observe({ kind: 'single', destination, launchedMs, tookMs: 1, error })) return true
  }
  return false
}

describe('the rate that an interval shows', () => {
  test.each<[string, HealthQuestion]>([
    ['beside a limit', { kind: 'max-errors', limit: 0.01 }],
    ['beside others without an error', { kind: 'compare' }],
  ])('%s raises an alarm in 90%% of simulated intervals, or a few more', (_, question) => {
    const { samples, rate = 1 } = shownRate(question, WATCH)
    expect(samples).toBe(1200)
    const random = seededUniform(9)
    const alarms = Array.from({ length: 150 }, () => raisesAlarm(question, rate, random))
    const part = alarms.filter(Boolean).length / alarms.length
    expect(part).toBeGreaterThan(0.85)
    expect(part).toBeLessThan(0.99)
  })

  test('falls with the number of samples, and is none where too few come', () => {
    const shown = (share: number) =>
      shownRate({ kind: 'max-errors', limit: 0.01 }, { ...WATCH, share }).rate
    expect(shown(0.0003)).toBeUndefined()
    expect(shown(0.01)).toBeGreaterThan(shown(0.2) ?? 1)
  })
})

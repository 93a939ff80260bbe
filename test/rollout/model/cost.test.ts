import { expect, test } from 'vitest'
import { costOf } from '../../../src/rollout/model/cost.ts'
import { planChecks } from '../../../src/rollout/plan/plan-checks.ts'
import { ofHundred } from '../../../src/routes/weights/weights.ts'

const promise = { confidencePercent: 99, tolerancePoints: 5, connections: 'auto' } as const
const checks = planChecks(
  {
    names: ['v1', 'v2'],
    unit: 'connection',
    presentShares: [1, 0],
    targets: [ofHundred([90, 10]), ofHundred([80, 20])],
    writes: true,
  },
  promise,
)
const pace = { concurrency: 16, ratePerSecond: undefined, stepIntervalMs: 60_000 }

test('the cost is the sum of all checks', () => {
  const [first, second] = checks
  const cost = costOf(checks, pace)
  const mean = (first?.plan.mean ?? 0) + (second?.plan.mean ?? 0)
  expect(cost.connectionsMean).toBe(Math.round(mean))
  expect(cost.connectionsMost).toBe((first?.limit ?? 0) + (second?.limit ?? 0))
})

test('connections take their time by what is in flight, or by the rate where that is slower', () => {
  const mean = checks.reduce((sum, { plan }) => sum + plan.mean, 0)
  expect(costOf(checks, pace).connectingMs).toBeCloseTo((mean / 16) * 20, 6)
  expect(costOf(checks, { ...pace, ratePerSecond: 10 }).connectingMs).toBeCloseTo(mean * 100, 6)
  expect(costOf(checks, { ...pace, ratePerSecond: 5000 }).connectingMs).toBeCloseTo(
    (mean / 16) * 20,
    6,
  )
})

test('there is a pause between each step and the next, and none after the last', () => {
  expect(costOf(checks, pace).pausesMs).toBe(60_000)
  expect(costOf(checks.slice(0, 1), pace).pausesMs).toBe(0)
})

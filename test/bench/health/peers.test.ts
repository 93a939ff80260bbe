import { expect, test } from 'vitest'
import { isHigh, passesRankTest } from '../../../bench/health/rank-test.ts'
import { promoted, THRESHOLDS } from '../../../bench/health/thresholds.ts'

const [tutorial] = THRESHOLDS

test('five good checks before five bad ones promote a version with 2% errors in 86% of rollouts with 20 requests a check, and in 20% with 50', () => {
  if (tutorial === undefined) throw new Error('no rule')
  expect(promoted(tutorial, 0.02, 20)).toBeCloseTo(0.8566, 4)
  expect(promoted(tutorial, 0.02, 50)).toBeCloseTo(0.1965, 4)
})

test('one check promotes with the chance that it is good', () => {
  const once = { name: '', most: 0, good: 1, bad: 1 }
  expect(promoted(once, 0.1, 3)).toBeCloseTo(0.9 ** 3, 12)
  expect(promoted({ ...once, good: 2, bad: 2 }, 0.5, 1)).toBeCloseTo(0.25 + 2 * 0.125, 12)
})

test('a rank test sees a shift of all values, and none where most minutes are without errors', () => {
  const baseline = Array.from({ length: 60 }, (_, i) => 10 + (i % 7))
  expect(
    isHigh(
      baseline.map((errors) => errors + 10),
      baseline,
    ),
  ).toBe(true)
  expect(isHigh(baseline, baseline)).toBe(false)
  expect(
    isHigh(
      baseline.map((errors) => errors - 10),
      baseline,
    ),
  ).toBe(false)
  const rare = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 1 : 0))
  expect(
    isHigh(
      rare,
      rare.map(() => 0),
    ),
  ).toBe(false)
})

test('a rank test of 20 requests a minute passes a version with four times the error rate', () => {
  const analysis = { canary: 0.02, baseline: 0.005, requestsPerMinute: 20 }
  expect(passesRankTest(analysis, 30, 1).share).toBe(1)
})

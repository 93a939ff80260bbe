import { describe, expect, test } from 'vitest'
import { gapMsOf, limitCosts, passChance, planLimit } from '../../../src/split/plan/plan-health.ts'

describe('the samples that the pass of a limit takes', () => {
  // Source: an independent computation over every number of samples.
  test.each([
    [0.01, 0.05, 327, 466, 814, 2599],
    [0.01, 0.01, 496, 717, 1249, 3842],
    [0.01, 0.001, 734, 1077, 1865, 5518],
    [0.001, 0.01, 4978, 7201, 12_565, 38_698],
    [0.05, 0.01, 97, 140, 243, 743],
  ])('at a limit of %d and an error of %d', (limit, error, none, tenth, quarter, half) => {
    const { mean } = planLimit(limit, error)
    expect(mean.none).toBe(none)
    expect(mean.tenth).toBeCloseTo(tenth, -0.5)
    expect(mean.quarter).toBeCloseTo(quarter, -0.5)
    expect(Math.abs(mean.half - half)).toBeLessThan(2)
  })

  test('are enough for 99.9% at a quarter of the limit', () => {
    const { p999 } = planLimit(0.01, 0.01)
    const chance = (samples: number) => passChance(0.01, 0.01, { rate: 0.0025, samples })
    expect(chance(p999)).toBeGreaterThanOrEqual(0.999)
    expect(chance(p999 - 1)).toBeLessThan(0.999)
  })
})

test.each([
  [0.01, 0.01],
  [0.01, 0.05],
  [0.05, 0.01],
  [0.2, 0.1],
  [0.001, 0.01],
  [0.5, 0.01],
])('a rate at a limit of %d passes with a chance of at most %d', (limit, error) => {
  const at = (rate: number) => passChance(limit, error, { rate, samples: 100 / limit })
  expect(at(limit)).toBeLessThanOrEqual(error)
  expect(at(limit)).toBeGreaterThan(0.5 * error)
  expect(at(1.5 * limit)).toBeLessThan(at(limit))
})

describe('the cost of the limits of a check', () => {
  const questions = [
    { kind: 'compare' },
    { kind: 'max-errors', limit: 0.01 },
    { kind: 'max-latency', limit: 0.05, overMs: 250 },
  ] as const
  const costs = limitCosts({ target: [0.8, 0.2], growing: [1], questions }, 0.01)

  test('counts all samples until those of the destination are among them', () => {
    expect(costs.map(({ question, total }) => [question.kind, total.mean.none])).toEqual([
      ['max-errors', 2480],
      ['max-latency', 485],
    ])
  })

  test('spreads the samples of the costliest evenly over the span', () => {
    const [dearest] = costs
    expect(60_000 / gapMsOf(60_000, costs)).toBeCloseTo(dearest?.total.mean.quarter ?? 0, 6)
    expect(gapMsOf(60_000, [])).toBe(0)
  })
})

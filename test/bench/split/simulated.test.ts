import { expect, test } from 'vitest'
import { follow } from '../../../bench/split/propagation.ts'
import { brokenByPropagation, unguardedPasses } from '../../../bench/split/propagation-promises.ts'
import { brokenBySimulation, simulate, truthsOfSeveral } from '../../../bench/split/several.ts'
import { quantileOf, seen } from '../../../kit/bench/split/error-bars.ts'

test.each([
  { hits: 81, runs: 263, low: 0.2553, high: 0.3662 },
  { hits: 15, runs: 148, low: 0.0624, high: 0.1605 },
  { hits: 0, runs: 20, low: 0, high: 0.1611 },
])('the error bars of $hits in $runs are those of Newcombe (1998)', ({ hits, runs, low, high }) => {
  const bars = seen(hits, runs, 0.95)
  expect(bars.low).toBeCloseTo(low, 4)
  expect(bars.high).toBeCloseTo(high, 4)
})

test('a quantile is the value that so many do not exceed', () => {
  expect(quantileOf([30, 10, 20, 40], 0.5)).toBe(20)
  expect(quantileOf([30, 10, 20, 40], 0.95)).toBe(40)
})

const three = { target: [0.8, 0.1, 0.1], tolerance: 0.05, error: 0.05 }

test('truths of several put one share on a margin and spread the rest', () => {
  const [onTarget, low] = truthsOfSeveral(three)
  expect(onTarget).toBe(three.target)
  expect(low?.map((share) => Number(share.toFixed(9)))).toEqual([0.75, 0.125, 0.125])
  for (const truth of truthsOfSeveral(three))
    expect(truth.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
})

test('a promise that a simulation breaks beyond its error bars is reported', () => {
  const kept = simulate(three, three.target, 100, 1)
  expect(kept.pass.share).toBeGreaterThan(0.9)
  expect(brokenBySimulation([kept])).toEqual([])
  // Nothing is wrong with the target, so nearly all attempts pass; as a margin that would be a breach.
  expect(brokenBySimulation([{ ...kept, promise: 'must not pass' }])).toHaveLength(1)
})

const SOON = { kind: 'late', fromMs: 100, toMs: 500 } as const

test('from 0 to 20 a gateway some 100 ms late passes within a second or two, mostly in its first attempt', () => {
  const followed = follow({ transition: { from: 0, to: 20, truth: 20 }, lateness: SOON }, 60, 7)
  expect(followed.pass.share).toBe(1)
  expect(followed.medianMs).toBeGreaterThan(400)
  expect(followed.p95Ms).toBeLessThan(2000)
  expect(followed.meanAttempts).toBeLessThan(1.2)
  expect(brokenByPropagation([followed])).toEqual([])
})

test('a gateway that never follows is found out once the window is over', () => {
  const followed = follow(
    { transition: { from: 0, to: 20, truth: 20 }, lateness: { kind: 'never' } },
    40,
    7,
  )
  expect(followed.notPropagated).toBe(1)
  expect(followed.medianMs).toBeGreaterThan(15_000)
})

test('a gateway that goes from one side of the band to the other does not pass', () => {
  const followed = follow({ transition: { from: 15, to: 5, truth: 0 }, lateness: SOON }, 20, 7)
  expect(followed.fail.share).toBe(1)
  const passed = { ...followed, pass: followed.fail, fail: followed.pass }
  expect(brokenByPropagation([passed])).toHaveLength(1)
})

test('replicas on either side of the band can pass together, and the bench says so', () => {
  const lateness = { kind: 'replicas', firstMs: 300, secondMs: 1300 } as const
  const followed = follow({ transition: { from: 40, to: 50, truth: 55 }, lateness }, 12, 7)
  expect(followed.pass.share).toBeGreaterThan(0.3)
  expect(brokenByPropagation([followed])).toEqual([])
  expect(unguardedPasses([followed])).toEqual([
    expect.stringContaining('together serve 47.5% for 1 s'),
  ])
})

test('replicas that all follow before the first attempt may not pass a wrong share, and one that does breaks a promise', () => {
  const transition = { from: 20, to: 50, truth: 80 }
  for (const [firstMs, secondMs] of [
    [100, 200],
    [400, 480],
  ] as const) {
    const followed = follow(
      { transition, lateness: { kind: 'replicas', firstMs, secondMs } },
      20,
      7,
    )
    expect(followed.fail.share).toBe(1)
    const passed = { ...followed, pass: followed.fail, fail: followed.pass }
    expect(brokenByPropagation([passed])).toHaveLength(1)
    expect(unguardedPasses([passed])).toEqual([])
  }
})

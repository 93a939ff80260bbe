import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  judgeSamples,
  meanSamples,
  seededRandom,
  simulateAttempts,
  verifyRules,
} from '../../../kit/split/samples.ts'
import { bandsOf } from '../../../src/split/judge/band.ts'
import { crossesFrom, crossingGuard } from '../../../src/split/judge/crossing-guard.ts'
import type { JudgeRules } from '../../../src/split/judge/judge-rules.ts'
import { marginTests } from '../../../src/split/judge/margin-tests.ts'

type Outcome = 'hit' | 'miss' | 'unclassified'

function testOf(share: number, tolerance: number, side: 'lower' | 'upper') {
  const [band] = bandsOf([share], [tolerance])
  const marginTest = marginTests(bandsOf([share], [tolerance])).find((one) => one.side === side)
  if (marginTest === undefined || band === undefined)
    throw new Error(`no ${side} marginTest at ${share}`)
  return { marginTest, band }
}

/** The likeliest story, by trying every moment of the change. */
function written(samples: readonly boolean[], share: number, old: number, margin: number): number {
  const likelihood = (p: number, some: readonly boolean[]) =>
    some.reduce((product, hit) => product * (hit ? p : 1 - p), 1)
  const stories = Array.from(
    { length: samples.length + 1 },
    (_, moment) =>
      likelihood(old, samples.slice(0, moment)) * likelihood(margin, samples.slice(moment)),
  )
  return Math.log(likelihood(share, samples)) - Math.log(Math.max(...stories))
}

function guarded(
  samples: readonly Outcome[],
  share: number,
  tolerance: number,
  old: number,
): number {
  const { marginTest, band } = testOf(share, tolerance, old < share ? 'upper' : 'lower')
  const guard = crossingGuard(marginTest, band.share, old)
  for (const sample of samples) guard.observe(sample)
  return guard.logRatio()
}

const SETTINGS = [
  { share: 0.2, tolerance: 0.05, old: 0, margin: 0.25 },
  { share: 0.2, tolerance: 0.05, old: 0.15, margin: 0.25 },
  { share: 0.2, tolerance: 0.05, old: 0.6, margin: 0.15 },
  { share: 0.05, tolerance: 0.05, old: 0.15, margin: 0 },
  { share: 0.97, tolerance: 0.05, old: 0.5, margin: 1 },
  { share: 0.97, tolerance: 0.05, old: 0, margin: 1 },
]

test('the target is weighed against the likeliest moment of the change, at margins 0 and 1 too', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SETTINGS),
      fc.array(fc.boolean(), { maxLength: 40 }),
      ({ share, tolerance, old, margin }, samples) => {
        const outcomes = samples.map((hit) => (hit ? 'hit' : 'miss'))
        const expected = written(samples, share, old, margin)
        const actual = guarded(outcomes, share, tolerance, old)
        if (Number.isFinite(expected)) expect(actual).toBeCloseTo(expected, 8)
        else expect(actual).toBe(expected)
      },
    ),
    { seed: 10 },
  )
})

test('a guarded margin test never leads the plain one, and unclassified samples count against it either way', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SETTINGS),
      fc.array(fc.constantFrom<Outcome>('hit', 'miss', 'unclassified'), { maxLength: 60 }),
      fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
      ({ share, tolerance, old }, samples, told) => {
        const truth = samples.map((sample, i) =>
          sample === 'unclassified' ? (told[i] === true ? 'hit' : 'miss') : sample,
        )
        const actual = guarded(truth, share, tolerance, old)
        expect(guarded(samples, share, tolerance, old)).toBeLessThanOrEqual(actual + 1e-9)
        const { marginTest } = testOf(share, tolerance, old < share ? 'upper' : 'lower')
        const hits = truth.filter((sample) => sample === 'hit').length
        expect(actual).toBeLessThanOrEqual(marginTest.logRatio(truth.length, hits) + 1e-9)
      },
    ),
    { seed: 11 },
  )
})

test('a margin test is guarded where the old share lies beyond the opposite margin, the margin included', () => {
  const crosses = (share: number, tolerance: number, side: 'lower' | 'upper', old: number) => {
    const { marginTest, band } = testOf(share, tolerance, side)
    return crossesFrom(marginTest, band, old)
  }
  expect(crosses(0.2, 0.05, 'upper', 0.15)).toBe(true)
  expect(crosses(0.2, 0.05, 'upper', 0.16)).toBe(false)
  expect(crosses(0.2, 0.05, 'upper', 0.5)).toBe(false)
  expect(crosses(0.2, 0.05, 'lower', 0.25)).toBe(true)
  expect(crosses(0.3, 0.1, 'upper', 0.2)).toBe(true)
  expect(crosses(0.01, 0.01, 'upper', 0)).toBe(true)
})

test('at a target of 0 or 1 there is nothing to cross', () => {
  const zero = testOf(0, 0.05, 'upper')
  const one = testOf(1, 0.05, 'lower')
  expect(crossesFrom(zero.marginTest, zero.band, 0)).toBe(false)
  expect(crossesFrom(one.marginTest, one.band, 1)).toBe(false)
})

/** Part of the attempts that pass where the previous weights are served first and wrong ones after. */
function falsePasses(target: number, old: number, truth: number, guard: boolean, runs: number) {
  const random = seededRandom(11)
  const rules: JudgeRules = {
    ...verifyRules([target, 1 - target], 0.05, 0.01),
    old: [old, 1 - old],
    guardCrossing: guard,
    beta: 0.007,
  }
  let passes = 0
  for (let run = 0; run < runs; run++) {
    const lateBy = Math.floor(random() * 1000)
    const outcome = judgeSamples(rules, (sample) =>
      random() < (sample < lateBy ? old : truth) ? 0 : 1,
    )
    if (outcome.decision === 'pass') passes++
  }
  return passes / runs
}

test('at a target of 5 after 15, a gateway that goes to 0 passes often without the guard and hardly ever with it', () => {
  expect(falsePasses(0.05, 0.15, 0, false, 1000)).toBeGreaterThan(0.05)
  expect(falsePasses(0.05, 0.15, 0, true, 4000)).toBeLessThan(0.001)
})

test('at a target of 50 after 40, a gateway that goes to 55 passes often without the guard and hardly ever with it', () => {
  expect(falsePasses(0.5, 0.4, 0.55, false, 500)).toBeGreaterThan(0.05)
  expect(falsePasses(0.5, 0.4, 0.55, true, 1500)).toBeLessThan(0.001)
})

test('from 0 to 20 the guard costs about a tenth more connections', () => {
  const rules = (guardCrossing: boolean) =>
    verifyRules([0.2, 0.8], 0.05, 0.01, { old: [0, 1], guardCrossing, beta: 0.007 })
  const plain = meanSamples(simulateAttempts(500, 21, rules(false), [0.2, 0.8]))
  const withGuard = meanSamples(simulateAttempts(500, 21, rules(true), [0.2, 0.8]))
  expect(withGuard / plain).toBeGreaterThan(1.04)
  expect(withGuard / plain).toBeLessThan(1.2)
})

import { describe, expect, test } from 'vitest'
import { detectRate, detectWorse } from '../../../bench/health/detectors.ts'
import {
  HARMLESS,
  logCompare,
  logFail,
  logPass,
  worseRates,
} from '../../../bench/health/formulas.ts'
import { costOf } from '../../../bench/health/limits.ts'
import { seededRandom } from '../../../kit/split/samples.ts'
import { aboveRate } from '../../../src/split/health/above-rate.ts'
import { belowLimit } from '../../../src/split/health/below-limit.ts'
import { comparison } from '../../../src/split/health/compare.ts'
import { compareDetector } from '../../../src/split/health/compare-detector.ts'
import { planLimit } from '../../../src/split/plan/plan-health.ts'
import { rateDetector } from '../../../src/split/watch/rate-detector.ts'

const LIMITS = [0.0001, 0.01, 0.05, 0.3, 0.5, 0.7, 0.95]

/** Numbers of samples and of events among them, from few to many. */
const COUNTS = [1, 2, 10, 500, 20_000].flatMap((n) =>
  [0, 1, Math.round(n / 100), Math.round(n / 3), n]
    .filter((k) => k <= n)
    .map((k) => [n, k] as const),
)

describe('formulas that were written independently agree with the code:', () => {
  test.each(LIMITS)('the evidence for a rate below a limit of %d', (limit) => {
    const evidence = belowLimit(limit)
    for (const [n, k] of COUNTS)
      expect(evidence.logEvidence(n, k)).toBeCloseTo(logPass(limit)(n, k), 6)
  })

  test.each(LIMITS)('the evidence for a rate above a limit of %d', (limit) => {
    for (const [n, k] of COUNTS)
      expect(aboveRate(limit)(k, n - k)).toBeCloseTo(logFail(limit)(n, k), 6)
  })

  test.each([0.01, 0.2, 0.5, 0.99])('a comparison at a share of %d', (share) => {
    for (const ownOk of [0, 3, 900])
      for (const ownErrors of [1, 40])
        for (const otherOk of [0, 2000])
          for (const otherErrors of [0, 7])
            expect(comparison(share)(ownOk, ownErrors, otherOk, otherErrors)).toBeCloseTo(
              logCompare(share)({ ownOk, ownErrors, otherOk, otherErrors }),
              6,
            )
  })

  test('a change detector of a rate, with the same stakes', () => {
    const seconds = 50
    const ours = detectRate(0.01, seconds)
    const theirs = rateDetector(0.01, worseRates(0.01))
    theirs.place(0.5)
    const random = seededRandom(1)
    for (let second = 0; second < seconds; second++) {
      for (let i = 0; i < 10; i++) {
        const isEvent = random() < 0.02
        ours.sample(true, isEvent)
        theirs.observe(isEvent)
      }
      ours.second()
      theirs.place(0.5 / seconds)
      expect(theirs.value() / ours.value()).toBeCloseTo(1, 9)
    }
  })

  test('a change detector of a comparison, with the same stakes', () => {
    const seconds = 20
    const own = { ok: 0, errors: 0 }
    const all = { ok: 0, errors: 0 }
    const ours = detectWorse(0.2, seconds)
    const theirs = compareDetector(0.2, seconds, { own, all })
    theirs.place(0.5, 0)
    const random = seededRandom(2)
    for (let second = 1; second <= seconds; second++) {
      for (let i = 0; i < 50; i++) {
        const isOwn = random() < 0.2
        const field = random() < (isOwn ? 0.1 : 0.02) ? 'errors' : 'ok'
        ours.sample(isOwn, field === 'errors')
        all[field] += 1
        if (isOwn) own[field] += 1
      }
      expect(theirs.value() / ours.value()).toBeCloseTo(1, 9)
      ours.second()
      theirs.place(0.5 / seconds, 1000 * second)
    }
    expect(theirs.value()).toBeGreaterThan(1)
  })

  test('the plan of a limit', () => {
    const cost = costOf({ limit: 0.05, error: 0.01 })
    const plan = planLimit(0.05, 0.01)
    const { none, tenth, quarter, half } = plan.mean
    for (const [i, mean] of [none, tenth, quarter, half].entries())
      expect(mean).toBeCloseTo(cost.means[i] ?? 0, 0)
    expect(plan.p999).toBe(cost.most)
  })
})

test('a rate that does no harm is the same in the bench and in a comparison', () => {
  const own = { ok: 0, errors: 0 }
  const all = { ok: 0, errors: 0 }
  const detector = compareDetector(0.2, 0, { own, all })
  detector.place(1, 0)
  Object.assign(own, { ok: 10_000, errors: 9 })
  Object.assign(all, { ok: 50_000, errors: 9 })
  const harmful = logFail(HARMLESS)(10_009, 9)
  expect(
    logCompare(0.2)({ ownOk: 10_000, ownErrors: 9, otherOk: 40_000, otherErrors: 0 }),
  ).toBeGreaterThan(harmful)
  expect(Math.log(detector.value())).toBeCloseTo(harmful, 9)
})

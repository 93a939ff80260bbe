import { expect, test } from 'vitest'
import { exactAttempt } from '../../../bench/split/exact-attempt.ts'
import { verifyRules } from '../../../kit/split/samples.ts'
import { bandsOf } from '../../../src/split/judge/band.ts'
import type { PlanRules } from '../../../src/split/judge/judge-rules.ts'
import { expectedSampleSize } from '../../../src/split/plan/expected-sample-size.ts'
import { simulatedCourse } from '../../../src/split/plan/simulated-course.ts'
import { meanSamples, samplesUntil } from '../../../src/split/plan/survival.ts'

const ATTEMPTS = 4000

function simulated(rules: PlanRules) {
  const bands = bandsOf(rules.target, rules.tolerance)
  const usual = expectedSampleSize(bands, Math.log(1 / rules.beta))
  return simulatedCourse(
    rules,
    bands,
    rules.target.map((_, i) => i),
    { expectedSampleSize: usual, most: ATTEMPTS },
  )
}

test.each([
  { name: '20 and 80', rules: verifyRules([0.2, 0.8], 0.05, 0.01) },
  { name: '50 and 50', rules: verifyRules([0.5, 0.5], 0.05, 0.05) },
  { name: 'mostly fails', rules: verifyRules([0.2, 0.8], 0.05, 0.5) },
  { name: 'rare hits, a margin at 0', rules: verifyRules([0.01, 0.99], 0.01, 0.01) },
  {
    name: 'previous weights known',
    rules: verifyRules([0.3, 0.7], 0.05, 0.2, { old: [0.2, 0.8], hypotheses: 2 }),
  },
])('$name: simulated attempts get on as the exact computation says, within 2%', ({ rules }) => {
  const exact = exactAttempt(rules, rules.target[0] ?? 0, { undecided: 1e-5 })
  const survival = simulated(rules)
  expect(Math.abs(meanSamples(survival) / exact.mean - 1)).toBeLessThan(0.02)
  expect(Math.abs(samplesUntil(survival, 0.1) / (exact.quantile(0.9) ?? 0) - 1)).toBeLessThan(0.03)
  expect(Math.abs(samplesUntil(survival, 0.001) / (exact.quantile(0.999) ?? 0) - 1)).toBeLessThan(
    0.06,
  )
})

test('a guard holds more attempts open', () => {
  const plain = verifyRules([0.2, 0.8], 0.05, 0.01, { old: [0.1, 0.9] })
  const guarded = { ...plain, guardCrossing: true }
  expect(meanSamples(simulated(guarded))).toBeGreaterThan(1.15 * meanSamples(simulated(plain)))
})

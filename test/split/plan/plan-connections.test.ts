import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exactAttempt } from '../../../bench/split/exact-attempt.ts'
import { meanSamples, simulateAttempts } from '../../../kit/split/samples.ts'
import type { PlanRules } from '../../../src/split/judge/judge-rules.ts'
import { planConnections } from '../../../src/split/plan/plan-connections.ts'

function rules(
  percents: readonly number[],
  tolerancePoints: number | readonly number[],
  confidence: number,
  more: Partial<PlanRules> = {},
): PlanRules {
  const error = 1 - confidence / 100
  return {
    target: percents.map((percent) => percent / 100),
    tolerance: percents.map(
      (_, i) =>
        (typeof tolerancePoints === 'number' ? tolerancePoints : (tolerancePoints[i] ?? 0)) / 100,
    ),
    guardCrossing: false,
    alpha: error,
    beta: error,
    hypotheses: 1,
    ...more,
  }
}

/** The first attempt after a write from these weights. */
const first = (old: readonly number[], confidence = 99): Partial<PlanRules> => ({
  old: old.map((percent) => percent / 100),
  guardCrossing: true,
  beta: 0.7 * (1 - confidence / 100),
})

test.each([
  { name: '20 and 80 at 95%', plan: rules([20, 80], 5, 95) },
  { name: '20 and 80 at 50%', plan: rules([20, 80], 5, 50) },
  { name: '1 and 99', plan: rules([1, 99], 1, 99) },
  { name: '0.1 and 99.9 within 5', plan: rules([0.1, 99.9], 5, 99) },
  { name: '99.9 and 0.1 within 0.2', plan: rules([99.9, 0.1], 0.2, 99) },
  { name: 'unequal tolerances', plan: rules([30, 70], [10, 6], 99) },
  {
    name: 'an old weight known, three promises',
    plan: rules([80, 20], 10, 99, { old: [1, 0], hypotheses: 3 }),
  },
])('$name: between two destinations the plan is exact', ({ plan }) => {
  const exact = exactAttempt(plan, plan.target[0] ?? 0, { undecided: 1e-6 })
  const planned = planConnections(plan)
  expect(planned.exactness).toBe('exact')
  expect(planned.mean / exact.mean).toBeCloseTo(1, 3)
  expect(planned.p90).toBe(exact.quantile(0.9))
  expect(planned.p999).toBe(exact.quantile(0.999))
})

test('where nothing is left to chance the plan is one number', () => {
  const all = { mean: 98, p90: 98, p999: 98, exactness: 'exact' }
  expect(planConnections(rules([100], 5, 99))).toEqual(all)
  expect(planConnections(rules([0, 100], 5, 99))).toEqual(all)
  expect(planConnections(rules([0, 100, 0], 5, 99))).toEqual(all)
})

// More cases: npm run bench:planner. Per case: 700 simulated attempts, whose mean has a standard error of about 1.9%.
test.each([
  { name: '80, 10, 10', plan: rules([80, 10, 10], 5, 99) },
  { name: '50, 20, 20, 10', plan: rules([50, 20, 20, 10], 10, 95) },
  { name: '20, 80 and one without', plan: rules([20, 80, 0], 10, 95) },
  { name: '0 to 20', plan: rules([20, 80], 5, 99, first([0, 100])) },
  { name: '10 to 5', plan: rules([5, 95], 5, 99, first([10, 90])) },
  { name: '50 to 97', plan: rules([97, 3], [5, 3], 99, first([50, 50])) },
  { name: '100 to 80, 10, 10', plan: rules([80, 10, 10], 5, 99, first([100, 0, 0])) },
])('$name: the approximate plan agrees with simulation', ({ plan }) => {
  const outcomes = simulateAttempts(700, 31, { ...plan, noReplyAlpha: 0.0001 }, plan.target)
  const planned = planConnections(plan)
  const sorted = outcomes.map(({ samples }) => samples).toSorted((a, b) => a - b)
  expect(planned.exactness).toBe('approximate')
  expect(Math.abs(planned.mean / meanSamples(outcomes) - 1)).toBeLessThan(0.08)
  expect(Math.abs(planned.p90 / (sorted[630] ?? 0) - 1)).toBeLessThan(0.1)
  const over = sorted.filter((samples) => samples > planned.p999).length
  expect(over).toBeLessThanOrEqual(3)
})

test('the usual check, 20 and 80 at 5 points and 99%, takes 822 connections on average and hardly ever 3,040', () => {
  const { mean, p90, p999 } = planConnections(rules([20, 80], 5, 99))
  expect(mean).toBeCloseTo(821.5, 1)
  expect([p90, p999]).toEqual([1275, 3040])
})

test('a tenth of the tolerance takes a hundred times the connections', () => {
  for (const percents of [
    [50, 50],
    [20, 80],
  ]) {
    const wide = planConnections(rules(percents, 5, 99.9))
    const narrow = planConnections(rules(percents, 0.5, 99.9))
    expect(narrow.exactness).toBe('approximate')
    for (const figure of ['mean', 'p90', 'p999'] as const) {
      expect(narrow[figure] / wide[figure] / 100).toBeGreaterThan(0.97)
      expect(narrow[figure] / wide[figure] / 100).toBeLessThan(1.06)
    }
  }
})

test('a smaller tolerance, a higher confidence and a guard each take more connections', () => {
  const mean = (plan: PlanRules) => planConnections(plan).mean
  expect(mean(rules([20, 80], 4, 99))).toBeGreaterThan(mean(rules([20, 80], 5, 99)))
  expect(mean(rules([20, 80], 5, 99.9))).toBeGreaterThan(mean(rules([20, 80], 5, 99)))
  expect(mean(rules([20, 80], 5, 99, first([0, 100])))).toBeGreaterThan(
    mean(rules([20, 80], 5, 99, { beta: 0.007, old: [0, 1] })),
  )
})

const points = fc.constantFrom(0.001, 0.1, 0.5, 1, 3, 5, 10, 50)
const confidence = fc.constantFrom(50.001, 75, 90, 99, 99.999)
const hypotheses = fc.integer({ min: 1, max: 20 })

/** Percents of so many destinations, sum 100, 0 and tenths among them. */
const percentsOf = (destinations: number): fc.Arbitrary<number[]> =>
  fc
    .array(fc.integer({ min: 0, max: 1000 }), {
      minLength: destinations - 1,
      maxLength: destinations - 1,
    })
    .map((cuts) => [0, ...cuts.toSorted((a, b) => a - b), 1000])
    .map((cuts) => cuts.slice(1).map((cut, i) => (cut - (cuts[i] ?? 0)) / 10))

const anyPlan = fc.integer({ min: 2, max: 10 }).chain((destinations) =>
  fc
    .record({
      percents: percentsOf(destinations),
      old: fc.option(percentsOf(destinations)),
      points,
      confidence,
      hypotheses,
      guardCrossing: fc.boolean(),
    })
    .map(({ percents, old, guardCrossing, ...more }) =>
      rules(percents, more.points, more.confidence, {
        hypotheses: more.hypotheses,
        ...(old === null ? {} : { ...first(old, more.confidence), guardCrossing }),
      }),
    ),
)

function expectInOrder(plan: PlanRules): void {
  const { mean, p90, p999 } = planConnections(plan)
  expect(mean).toBeGreaterThanOrEqual(1)
  expect(Number.isSafeInteger(p90)).toBe(true)
  expect(Number.isSafeInteger(p999)).toBe(true)
  expect(p90).toBeGreaterThanOrEqual(mean * 0.9)
  expect(p999).toBeGreaterThanOrEqual(p90)
  expect(p999).toBeLessThan(1e13)
}

test('whatever is allowed, a plan is finite and in order', () => {
  fc.assert(fc.property(anyPlan, expectInOrder), { numRuns: 20, seed: 4 })
})

test.each([
  [1, 99],
  [0.1, 99.9],
  [50, 50],
  [0, 100],
  [98.8, 1, 0.1, 0.1],
  [10, 10, 10, 10, 10, 10, 10, 10, 10, 10],
])('at the ends of what is allowed a plan of %s and %s is finite and in order', (...percents) => {
  for (const confidencePercent of [50.00001, 99.999])
    for (const tolerance of [0.001, 0.1, 50])
      for (const old of [undefined, percents.toReversed()])
        expectInOrder(
          rules(
            percents,
            tolerance,
            confidencePercent,
            old === undefined ? {} : first(old, confidencePercent),
          ),
        )
})

test('the same rules have the same plan', () => {
  const plan = rules([60, 30, 10], 4, 95, first([100, 0, 0], 95))
  expect(planConnections(plan)).toEqual(planConnections(plan))
})

test('half the tolerance, a tenth of the error each take more connections, whatever the shares', () => {
  const plan = fc.record({
    percents: fc.constantFrom<number[][]>([50, 50], [30, 70], [60, 20, 20], [40, 30, 20, 10]),
    points: fc.constantFrom(1, 2, 6),
    error: fc.constantFrom(0.1, 1, 10),
  })
  const meanOf = (percents: number[], tolerance: number, error: number) =>
    planConnections(rules(percents, tolerance, 100 - error)).mean
  fc.assert(
    fc.property(plan, ({ percents, points: tolerance, error }) => {
      const mean = meanOf(percents, tolerance, error)
      expect(meanOf(percents, tolerance / 2, error)).toBeGreaterThan(2 * mean)
      expect(meanOf(percents, tolerance, error / 10)).toBeGreaterThan(1.2 * mean)
    }),
    { numRuns: 12, seed: 2 },
  )
})

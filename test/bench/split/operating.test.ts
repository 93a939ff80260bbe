import { expect, test } from 'vitest'
import { exactGuardedAttempt } from '../../../bench/split/exact-guarded-attempt.ts'
import { GRID } from '../../../bench/split/grid.ts'
import { brokenGuarantees, operations } from '../../../bench/split/operating.ts'
import { judgeSamples, meanSamples, partOf, seededRandom } from '../../../kit/split/samples.ts'

const usual = operations({ target: 0.2, tolerance: 0.05, error: 0.01 })

test('with its cap, 20 +-5 at 99% ends as the tables say on target, on the margins and half way', () => {
  const ends = usual.map(({ truth, pass, fail, inconclusive, mean }) => ({
    at: truth.name,
    pass: Number(pass.toFixed(4)),
    fail: Number(fail.toFixed(4)),
    inconclusive: Number(inconclusive.toFixed(4)),
    mean: Math.round(mean),
  }))
  expect(ends).toEqual([
    { at: 'target', pass: 0.9919, fail: 0.0071, inconclusive: 0.001, mean: 821 },
    { at: 'half way down', pass: 0.5743, fail: 0.3403, inconclusive: 0.0854, mean: 1372 },
    { at: 'lower margin', pass: 0.0092, fail: 0.9906, inconclusive: 0.0003, mean: 698 },
    { at: 'below', pass: 0, fail: 1, inconclusive: 0, mean: 328 },
    { at: 'half way up', pass: 0.4625, fail: 0.3727, inconclusive: 0.1648, mean: 1620 },
    { at: 'upper margin', pass: 0.0097, fail: 0.9886, inconclusive: 0.0017, mean: 798 },
    { at: 'above', pass: 0.0001, fail: 0.9999, inconclusive: 0, mean: 394 },
  ])
})

test('every promise is kept wherever a tolerance of 10 points is asked for', () => {
  const wide = GRID.filter(({ tolerance }) => tolerance === 0.1)
  expect(wide.length).toBe(15)
  expect(brokenGuarantees(wide.flatMap(operations))).toEqual([])
})

test('a broken promise is reported', () => {
  const looser = usual.map((one) => ({ ...one, cell: { ...one.cell, error: 0.005 } }))
  expect(brokenGuarantees(looser)).toEqual([
    expect.stringMatching(/truth 0\.2: fails with chance 0\.007/),
    expect.stringMatching(/truth 0\.15\d*: passes with chance 0\.00918/),
    expect.stringMatching(/truth 0\.25: passes with chance 0\.00968/),
  ])
})

const upFrom0 = {
  target: [0.2, 0.8],
  tolerance: [0.05, 0.05],
  old: [0, 1],
  alpha: 0.01,
  beta: 0.007,
  hypotheses: 1,
}

test.each([0, 10])(
  '%i samples late, the exact guarded attempt from 0 to 20 agrees with attempts of judgeAttempt',
  (late) => {
    const cap = 3802
    const exact = exactGuardedAttempt(upFrom0, 0.2, { late, cap })
    const random = seededRandom(21)
    const rules = { ...upFrom0, guardCrossing: true, noReplyAlpha: 0.0007 }
    const outcomes = Array.from({ length: 400 }, () =>
      judgeSamples(rules, (sample) => (sample >= late && random() < 0.2 ? 0 : 1), cap),
    )
    // Some 3 standard errors.
    expect(Math.abs(meanSamples(outcomes) / exact.mean - 1)).toBeLessThan(0.08)
    expect(Math.abs(partOf(outcomes, 'off-target') - exact.offTarget)).toBeLessThan(0.023)
    expect(exact.pass + exact.offTarget + exact.undecided).toBeCloseTo(1, 6)
  },
)

test('from 0 to 20 the guard costs a quarter more connections and keeps late false passes rare', () => {
  expect(exactGuardedAttempt(upFrom0, 0.2, { cap: 3802 }).mean).toBeCloseTo(1015.7, 1)
  const late = exactGuardedAttempt(upFrom0, 0.25, { late: 20, cap: 3802 })
  expect(late.pass).toBeCloseTo(0.000038, 6)
  expect(late.offTarget).toBeCloseTo(0.9991, 4)
})

test('a guarded attempt from elsewhere than 0 is not computed', () => {
  expect(() => exactGuardedAttempt({ ...upFrom0, old: [0.1, 0.9] }, 0.2)).toThrow(RangeError)
})

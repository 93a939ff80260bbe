import fc from 'fast-check'
import { expect, test } from 'vitest'
import { roundShares } from '../../../src/routes/weights/round-shares.ts'

test.each([
  [[1, 1], 100, [50, 50]],
  [[1, 1, 1], 100, [34, 33, 33]],
  [[1, 1, 1], 80, [27, 27, 26]],
  [[2, 1], 90, [60, 30]],
  [[0, 1, 1], 81, [0, 41, 40]],
  [[5, 3, 1], 10, [6, 3, 1]],
  [[0.6, 0.2, 0.2], 0, [0, 0, 0]],
  [[1e-9, 1], 100, [0, 100]],
])(
  '%j of %i is %j: what is left goes to the largest remainders, the earlier first',
  (shares, total, whole) => {
    expect(roundShares(shares, total)).toEqual(whole)
  },
)

test('Whole numbers add up to the total, differ by less than one each, and keep the order of shares', () => {
  const share = fc.oneof(
    fc.integer({ min: 0, max: 1000 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  const shares = fc.array(share, { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(shares, fc.integer({ min: 0, max: 100 }), (given, total) => {
      const sum = given.reduce((a, b) => a + b, 0)
      fc.pre(sum > 1e-6)
      const whole = roundShares(given, total)
      expect(whole.reduce((a, b) => a + b, 0)).toBe(total)
      for (const [i, value] of whole.entries()) {
        expect(Number.isInteger(value) && value >= 0).toBe(true)
        expect(Math.abs(value - ((given[i] ?? 0) / sum) * total)).toBeLessThan(1)
        for (const [j, other] of whole.entries())
          if ((given[i] ?? 0) > (given[j] ?? 0) + 1e-6 * sum)
            expect(value).toBeGreaterThanOrEqual(other)
      }
    }),
    { seed: 1, numRuns: 500 },
  )
})

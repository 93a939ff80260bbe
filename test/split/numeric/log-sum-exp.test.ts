import { expect, test } from 'vitest'
import { logSumExp } from '../../../src/split/numeric/log-sum-exp.ts'

test('what would overflow or vanish as a power is summed all the same', () => {
  expect(logSumExp([10_000, 10_000])).toBeCloseTo(10_000 + Math.LN2, 9)
  expect(logSumExp([-10_000, -10_000, -10_000])).toBeCloseTo(-10_000 + Math.log(3), 9)
})

test('impossible terms add nothing, an infinite one decides', () => {
  expect(logSumExp([Number.NEGATIVE_INFINITY, 2])).toBe(2)
  expect(logSumExp([Number.NEGATIVE_INFINITY])).toBe(Number.NEGATIVE_INFINITY)
  expect(logSumExp([Number.POSITIVE_INFINITY, 2])).toBe(Number.POSITIVE_INFINITY)
  expect(logSumExp([])).toBe(Number.NEGATIVE_INFINITY)
})

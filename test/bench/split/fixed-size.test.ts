import { expect, test } from 'vitest'
import { binomial } from '../../../bench/split/binomial.ts'
import { fixedSize, fixedSizePasses, leastFixedSize } from '../../../bench/split/fixed-size.ts'

test('binomial chances are those of R: pbinom(2, 10, .2), dbinom(50, 100, .5), a far tail', () => {
  expect(binomial(10, 0.2).between(0, 2)).toBeCloseTo(0.6777995264, 10)
  expect(binomial(100, 0.5).between(50, 50)).toBeCloseTo(0.07958923738717, 12)
  expect(binomial(1000, 0.01).between(0, 0) / 0.99 ** 1000).toBeCloseTo(1, 9)
  expect(binomial(5000, 0.3).between(0, 5000)).toBeCloseTo(1, 10)
})

test('rare numbers of hits start where the tail is no longer above the chance', () => {
  const hits = binomial(10, 0.2)
  const high = hits.leastRareAbove(0.05)
  expect(hits.between(high, 10)).toBeLessThanOrEqual(0.05)
  expect(hits.between(high - 1, 10)).toBeGreaterThan(0.05)
  const low = hits.mostRareBelow(0.5)
  expect(hits.between(0, low)).toBeLessThanOrEqual(0.5)
  expect(hits.between(0, low + 1)).toBeGreaterThan(0.5)
})

test('a certain number of hits is the only one', () => {
  expect(binomial(7, 1).between(7, 7)).toBe(1)
  expect(binomial(7, 0).between(1, 7)).toBe(0)
  expect(binomial(7, 0).leastRareAbove(0.01)).toBe(1)
  expect(binomial(7, 1).mostRareBelow(0.01)).toBe(6)
})

test.each([
  { target: 0.2, tolerance: 0.05, error: 0.01, usual: 1192, strong: 1573 },
  { target: 0.2, tolerance: 0.05, error: 0.05, usual: 840, strong: 1159 },
  { target: 0.5, tolerance: 0.05, error: 0.01, usual: 1833, strong: 2408 },
  { target: 0.01, tolerance: 0.01, error: 0.01, usual: 2323, strong: 3094 },
])(
  'two one-sided tests of $target +-$tolerance at $error need $usual or $strong samples',
  ({ usual, strong, ...cell }) => {
    for (const [power, samples] of [
      [0.95, usual],
      [0.99, strong],
    ] as const) {
      expect(leastFixedSize(cell, power).samples).toBe(samples)
      const least = fixedSize(cell, samples)
      expect(fixedSizePasses(least, cell.target)).toBeGreaterThanOrEqual(power)
      expect(fixedSizePasses(least, cell.target + cell.tolerance)).toBeLessThanOrEqual(cell.error)
      expect(fixedSizePasses(fixedSize(cell, samples - 1), cell.target)).toBeLessThan(power)
    }
  },
)

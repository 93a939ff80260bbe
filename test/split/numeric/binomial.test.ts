import fc from 'fast-check'
import { expect, test } from 'vitest'
import { atLeast } from '../../../src/split/numeric/binomial.ts'

/** The same chance for the share 1/of, in whole numbers: the sum of C(n, k) (of - 1)^(n - k) over of^n. */
function exactly(hits: number, draws: number, of: bigint): number {
  let ways = 1n
  let wanted = 0n
  for (let k = 0n; k <= BigInt(draws); k++) {
    if (k >= BigInt(hits)) wanted += ways * (of - 1n) ** (BigInt(draws) - k)
    ways = (ways * (BigInt(draws) - k)) / (k + 1n)
  }
  const digits = 10n ** 40n
  return Number((wanted * digits) / of ** BigInt(draws)) / 1e40
}

test.each([
  [1, 1, 5n],
  [20, 100, 5n],
  [35, 100, 5n],
  [45, 100, 5n],
  [130, 500, 5n],
  [249, 500, 2n],
  [3, 400, 100n],
  [20, 400, 100n],
])('at least %i hits of %i draws, one in %i each, as whole numbers have it', (hits, draws, of) => {
  const wanted = exactly(hits, draws, of)
  expect(atLeast(hits, draws, 1 / Number(of)) / wanted).toBeCloseTo(1, 11)
})

test('certain and impossible numbers of hits', () => {
  expect(atLeast(0, 10, 0.2)).toBe(1)
  expect(atLeast(11, 10, 0.2)).toBe(0)
  expect(atLeast(1, 10, 0)).toBe(0)
  expect(atLeast(10, 10, 1)).toBe(1)
})

test('the chance lies between 0 and 1, falls with the hits wanted, and misses have the rest', () => {
  const setting = fc.record({
    draws: fc.integer({ min: 1, max: 5_000_000 }),
    share: fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
    deviations: fc.double({ min: -6, max: 6, noNaN: true }),
  })
  fc.assert(
    fc.property(setting, ({ draws, share, deviations }) => {
      const spread = Math.sqrt(draws * share * (1 - share))
      const hits = Math.min(draws, Math.max(0, Math.round(draws * share + deviations * spread)))
      const chance = atLeast(hits, draws, share)
      expect(chance).toBeGreaterThanOrEqual(0)
      expect(chance).toBeLessThanOrEqual(1)
      expect(atLeast(hits + 1, draws, share)).toBeLessThanOrEqual(chance)
      expect(chance + atLeast(draws - hits + 1, draws, 1 - share)).toBeCloseTo(1, 7)
    }),
    { seed: 11, numRuns: 200 },
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { atLeast } from '../../../src/split/numeric/binomial.ts'

/** The same chance for the share 1/of, in whole numbers: the sum of C(n, k) (of - 1)^(n - k) over of^n. */
function exactly(hits: number, samples: number, of: bigint): number {
  let ways = 1n
  let wanted = 0n
  for (let k = 0n; k <= BigInt(samples); k++) {
    if (k >= BigInt(hits)) wanted += ways * (of - 1n) ** (BigInt(samples) - k)
    ways = (ways * (BigInt(samples) - k)) / (k + 1n)
  }
  const digits = 10n ** 40n
  return Number((wanted * digits) / of ** BigInt(samples)) / 1e40
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
])(
  'at least %i hits of %i samples, one in %i each, as whole numbers have it',
  (hits, samples, of) => {
    const wanted = exactly(hits, samples, of)
    expect(atLeast(hits, samples, 1 / Number(of)) / wanted).toBeCloseTo(1, 11)
  },
)

test('certain and impossible numbers of hits', () => {
  expect(atLeast(0, 10, 0.2)).toBe(1)
  expect(atLeast(11, 10, 0.2)).toBe(0)
  expect(atLeast(1, 10, 0)).toBe(0)
  expect(atLeast(10, 10, 1)).toBe(1)
})

test('the chance lies between 0 and 1, falls with the hits wanted, and misses have the rest', () => {
  const setting = fc.record({
    samples: fc.integer({ min: 1, max: 5_000_000 }),
    share: fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
    deviations: fc.double({ min: -6, max: 6, noNaN: true }),
  })
  fc.assert(
    fc.property(setting, ({ samples, share, deviations }) => {
      const spread = Math.sqrt(samples * share * (1 - share))
      const hits = Math.min(samples, Math.max(0, Math.round(samples * share + deviations * spread)))
      const chance = atLeast(hits, samples, share)
      expect(chance).toBeGreaterThanOrEqual(0)
      expect(chance).toBeLessThanOrEqual(1)
      expect(atLeast(hits + 1, samples, share)).toBeLessThanOrEqual(chance)
      expect(chance + atLeast(samples - hits + 1, samples, 1 - share)).toBeCloseTo(1, 7)
    }),
    { seed: 11, numRuns: 200 },
  )
})

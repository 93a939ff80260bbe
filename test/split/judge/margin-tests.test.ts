import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bandsOf } from '../../../src/split/judge/band.ts'
import { type MarginTest, marginTests } from '../../../src/split/judge/margin-tests.ts'

function marginTest(share: number, tolerance: number, side: 'lower' | 'upper') {
  const found = marginTests(bandsOf([share, 1 - share], [tolerance, tolerance])).find(
    (one) => one.destination === 0 && one.side === side,
  )
  if (found === undefined) throw new Error(`no ${side} marginTest at ${share}`)
  return found
}

test('the ratios are the likelihoods of the target against those of the margin', () => {
  const direct = (margin: number) =>
    30 * Math.log(0.2) + 70 * Math.log(0.8) - 30 * Math.log(margin) - 70 * Math.log(1 - margin)
  expect(marginTest(0.2, 0.05, 'lower').logRatio(100, 30)).toBeCloseTo(direct(0.15), 10)
  expect(marginTest(0.2, 0.05, 'upper').logRatio(100, 30)).toBeCloseTo(direct(0.25), 10)
})

test('every destination has a lower and an upper margin test, but none below 0 or above 1', () => {
  const sides = (target: number[]) =>
    marginTests(
      bandsOf(
        target,
        target.map(() => 0.05),
      ),
    ).map(({ destination, side }) => `${destination} ${side}`)
  expect(sides([0.2, 0.8])).toEqual(['0 lower', '0 upper', '1 lower', '1 upper'])
  expect(sides([0, 1])).toEqual(['0 upper', '1 lower'])
  expect(sides([1])).toEqual(['0 lower'])
})

test('a margin at 0 is rejected by the first hit and a margin at 1 by the first miss', () => {
  const lower = marginTest(0.03, 0.05, 'lower')
  expect(lower.logRatio(500, 0)).toBeLessThan(0)
  expect(lower.logRatio(500, 1)).toBe(Number.POSITIVE_INFINITY)
  const upper = marginTest(0.97, 0.05, 'upper')
  expect(upper.logRatio(500, 500)).toBeLessThan(0)
  expect(upper.logRatio(500, 499)).toBe(Number.POSITIVE_INFINITY)
})

test('at a target of 1 a lost connection delays the lower margin test but does not forbid it', () => {
  const lower = marginTest(1, 0.05, 'lower')
  const reachedAfter = (misses: number) => {
    let samples = misses
    while (lower.logRatio(samples, samples - misses) < Math.log(100)) samples++
    return samples
  }
  expect(reachedAfter(0)).toBe(98)
  expect(reachedAfter(1)).toBeGreaterThan(reachedAfter(0))
  expect(reachedAfter(2)).toBeLessThan(400)
})

test('at targets 0 and 1 the weight is half on the target and half one point inside', () => {
  const expected = (samples: number, hits: number) =>
    Math.log(
      (0.5 * (hits === 0 ? 1 : 0) + 0.5 * 0.01 ** hits * 0.99 ** (samples - hits)) /
        (0.05 ** hits * 0.95 ** (samples - hits)),
    )
  expect(marginTest(0, 0.05, 'upper').logRatio(40, 0)).toBeCloseTo(expected(40, 0), 10)
  expect(marginTest(0, 0.05, 'upper').logRatio(40, 2)).toBeCloseTo(expected(40, 2), 10)
  expect(marginTest(1, 0.05, 'lower').logRatio(40, 38)).toBeCloseTo(expected(40, 2), 10)
})

test('the mean of each ratio is at most 1 on its margin and beyond it, however narrow the band', () => {
  const samples = 12
  const meanAt = (truth: number, one: MarginTest) => {
    let mean = 0
    for (let outcome = 0; outcome < 2 ** samples; outcome++) {
      const hits = outcome.toString(2).replaceAll('0', '').length
      const probability = truth ** hits * (1 - truth) ** (samples - hits)
      if (probability > 0) mean += probability * Math.exp(one.logRatio(samples, hits))
    }
    return mean
  }
  for (const share of [0, 0.01, 0.2, 0.5, 0.97, 1]) {
    for (const tolerance of [0.05, 0.01, 0.001]) {
      for (const one of marginTests(bandsOf([share], [tolerance]))) {
        const beyond = one.side === 'lower' ? one.margin * 0.9 : 1 - (1 - one.margin) * 0.9
        expect(meanAt(one.margin, one)).toBeLessThan(1 + 1e-9)
        expect(meanAt(beyond, one)).toBeLessThan(1 + 1e-9)
      }
    }
  }
})

test('where a share of 0 or 1 has a narrow band, lost connections do not confirm it', () => {
  const lower = marginTest(1, 0.001, 'lower')
  expect(lower.logRatio(1, 0)).toBeLessThan(0)
  expect(lower.logRatio(1000, 995)).toBeLessThan(lower.logRatio(1000, 996))
})

test('lower ratios rise with hits, upper ones fall, and none is ever NaN up to a million samples', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1000 }),
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (share, tolerance, samples, part) => {
        const hits = Math.floor(part * (samples - 1))
        for (const one of marginTests(bandsOf([share / 1000], [tolerance / 1000]))) {
          const fewer = one.logRatio(samples, hits)
          const more = one.logRatio(samples, hits + 1)
          expect(fewer).not.toBeNaN()
          expect(more).not.toBeNaN()
          if (one.side === 'lower') expect(more).toBeGreaterThanOrEqual(fewer)
          else expect(more).toBeLessThanOrEqual(fewer)
        }
      },
    ),
    { seed: 2 },
  )
})

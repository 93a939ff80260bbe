import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../kit/split/samples.ts'
import {
  logMixtureEvidence,
  mixtureConcentration,
  shareInterval,
} from '../../../src/split/numeric/interval.ts'

/** Wilson's score interval, 95%: valid at one moment only. */
function wilson(hits: number, samples: number): [number, number] {
  const z = 1.959963984540054
  const centre = (hits + (z * z) / 2) / (samples + z * z)
  const reach =
    (z * Math.sqrt((hits * (samples - hits)) / samples + (z * z) / 4)) / (samples + z * z)
  return [centre - reach, centre + reach]
}

const PUBLISHED = [
  { hits: 81, samples: 263, low: 0.2553, high: 0.3662 },
  { hits: 15, samples: 148, low: 0.0624, high: 0.1605 },
  { hits: 0, samples: 20, low: 0, high: 0.1611 },
]

test('an interval for every moment holds the one for a single moment that Newcombe published', () => {
  for (const { hits, samples, low, high } of PUBLISHED) {
    const [wilsonLow, wilsonHigh] = wilson(hits, samples)
    expect(wilsonLow).toBeCloseTo(low, 4)
    expect(wilsonHigh).toBeCloseTo(high, 4)
    for (const plannedSamples of [1, 100, 1000, 100_000]) {
      const interval = shareInterval(hits, samples, 0.05, plannedSamples)
      expect(interval[0]).toBeLessThanOrEqual(Math.max(0, wilsonLow))
      expect(interval[1]).toBeGreaterThanOrEqual(wilsonHigh)
    }
  }
})

test('before the first sample any share is possible', () => {
  expect(shareInterval(0, 0, 0.01, 855)).toEqual([0, 1])
})

test('at an end that is not 0 or 1 the mixture refutes at exactly 1/alpha', () => {
  for (const [hits, samples] of [
    [81, 263],
    [15, 148],
    [0, 20],
    [20, 20],
    [200, 1000],
    [999_000, 1_000_000],
  ] as const) {
    for (const alpha of [0.5, 0.05, 0.01, 1e-5]) {
      const concentration = mixtureConcentration(alpha, 855)
      for (const end of shareInterval(hits, samples, alpha, 855)) {
        if (end === 0 || end === 1) continue
        const evidence = logMixtureEvidence(hits, samples, end, concentration)
        expect(evidence / Math.log(1 / alpha)).toBeCloseTo(1, 6)
      }
    }
  }
})

test('the shares that are not refuted are one piece', () => {
  for (const [hits, samples] of [
    [1, 50],
    [2, 50],
    [15, 148],
    [5, 5],
    [500, 1000],
  ] as const) {
    const [low, high] = shareInterval(hits, samples, 0.01, 855)
    const concentration = mixtureConcentration(0.01, 855)
    for (let i = 1; i < 5000; i++) {
      const p = i / 5000
      const refuted = logMixtureEvidence(hits, samples, p, concentration) >= Math.log(100)
      expect(refuted).toBe(p < low || p > high)
    }
  }
})

test('the concentration follows the planned samples and is at least 1', () => {
  const l = Math.log(100)
  expect(mixtureConcentration(0.01, 855)).toBeCloseTo(855 / (2 * l + Math.log(1 + 2 * l)) - 1, 12)
  expect(mixtureConcentration(0.01, 1)).toBe(1)
})

test('the interval is about narrowest for the planned samples when it was tuned for them', () => {
  const width = (plannedSamples: number) => {
    const [low, high] = shareInterval(200, 1000, 0.01, plannedSamples)
    return high - low
  }
  expect(width(1000)).toBeLessThan(width(50))
  expect(width(1000)).toBeLessThan(width(20_000))
  for (const near of [700, 850, 1200, 1500]) expect(width(1000)).toBeLessThan(width(near) * 1.003)
})

test('the true share is ever refuted in at most alpha of the runs', () => {
  const random = seededRandom(5)
  const concentration = mixtureConcentration(0.05, 500)
  let refuted = 0
  for (let run = 0; run < 1000; run++) {
    let hits = 0
    for (let samples = 1; samples <= 1000; samples++) {
      if (random() < 0.2) hits++
      if (logMixtureEvidence(hits, samples, 0.2, concentration) >= Math.log(20)) {
        refuted++
        break
      }
    }
  }
  expect(refuted).toBeGreaterThan(5)
  expect(refuted).toBeLessThanOrEqual(50)
})

test('it holds the observed share, mirrors with the destinations and is never NaN', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(0.5, 0.1, 0.01, 1e-5),
      fc.integer({ min: 1, max: 10_000_000 }),
      (samples, part, alpha, plannedSamples) => {
        const hits = Math.round(samples * part)
        const [low, high] = shareInterval(hits, samples, alpha, plannedSamples)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect(low).toBeLessThanOrEqual(hits / samples)
        expect(high).toBeGreaterThanOrEqual(hits / samples)
        const [mirroredLow, mirroredHigh] = shareInterval(
          samples - hits,
          samples,
          alpha,
          plannedSamples,
        )
        expect(mirroredLow).toBeCloseTo(1 - high, 6)
        expect(mirroredHigh).toBeCloseTo(1 - low, 6)
      },
    ),
    { seed: 3 },
  )
})

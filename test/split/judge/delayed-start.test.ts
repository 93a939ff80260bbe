import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bandsOf } from '../../../src/split/judge/band.ts'
import {
  delayedStart,
  type Rejection,
  rejectAnywhere,
} from '../../../src/split/judge/delayed-start.ts'
import { type MarginTest, marginTests } from '../../../src/split/judge/margin-tests.ts'

type Setting = { share: number; tolerance: number; beta: number; side: MarginTest['side'] }

function testAndRejection({ share, tolerance, beta, side }: Setting): {
  marginTest: MarginTest
  rejection: Rejection
} {
  const bands = bandsOf([share], [tolerance])
  const marginTest = marginTests(bands).find((one) => one.side === side)
  const [band] = bands
  if (marginTest === undefined || band === undefined) throw new Error('no such marginTest')
  return { marginTest, rejection: delayedStart(marginTest, band, beta) }
}

/**
 * Chance that the margin test rejects within so many samples, each a hit with the chance that `truth` gives for
 * it: by adding up over all numbers of hits.
 */
function rejections(
  { marginTest, rejection }: { marginTest: MarginTest; rejection: Rejection },
  samples: number,
  truth: (sample: number) => number,
): number {
  let open = new Float64Array(samples + 2)
  open[0] = 1
  let rejected = 0
  for (let sample = 1; sample <= samples; sample++) {
    const next = new Float64Array(samples + 2)
    for (let hits = 0; hits <= sample; hits++) {
      const arrived =
        (open[hits] ?? 0) * (1 - truth(sample)) +
        (hits > 0 ? (open[hits - 1] ?? 0) : 0) * truth(sample)
      if (sample >= rejection.from && marginTest.logRatio(sample, hits) >= rejection.level)
        rejected += arrived
      else next[hits] = arrived
    }
    open = next
  }
  return rejected
}

const SETTINGS: Setting[] = [
  { share: 0.2, tolerance: 0.1, beta: 0.01, side: 'lower' },
  { share: 0.2, tolerance: 0.1, beta: 0.01, side: 'upper' },
  { share: 0.5, tolerance: 0.1, beta: 0.05, side: 'lower' },
  { share: 0.9, tolerance: 0.08, beta: 0.001, side: 'upper' },
  { share: 0.05, tolerance: 0.045, beta: 0.01, side: 'lower' },
  { share: 0.3, tolerance: 0.2, beta: 0.5, side: 'upper' },
]

test.each(SETTINGS)(
  'on the margin it rejects with a chance of at most beta: $share +- $tolerance, $beta, $side',
  (setting) => {
    const one = testAndRejection(setting)
    const chance = rejections(one, 6 * one.rejection.from + 50, () => one.marginTest.margin)
    expect(chance).toBeLessThanOrEqual(setting.beta)
    expect(chance).toBeGreaterThan(setting.beta / 4)
  },
)

test('a margin test rejects a share beyond the margin, or one that moves beyond it, less often than one on it', () => {
  const one = testAndRejection({ share: 0.2, tolerance: 0.1, beta: 0.01, side: 'upper' })
  const onMargin = rejections(one, 600, () => 0.3)
  expect(rejections(one, 600, () => 0.32)).toBeLessThan(onMargin)
  expect(rejections(one, 600, (sample) => (sample < one.rejection.from ? 0.5 : 0.3))).toBeLessThan(
    onMargin,
  )
  expect(rejections(one, 600, (sample) => (sample % 2 ? 0.3 : 0.4))).toBeLessThan(onMargin)
})

test('a delayed start lowers the level by what is not risked before it', () => {
  const { rejection } = testAndRejection({ share: 0.2, tolerance: 0.05, beta: 0.01, side: 'lower' })
  expect(rejection.from).toBe(506)
  expect(rejection.level).toBeCloseTo(4.0139, 4)
})

test('no count lets both margin tests of a band stand before the delayed start', () => {
  for (const { share, tolerance, beta } of SETTINGS) {
    const lower = testAndRejection({ share, tolerance, beta, side: 'lower' })
    const upper = testAndRejection({ share, tolerance, beta, side: 'upper' })
    const level = Math.log(1 / beta)
    for (let samples = 1; samples < lower.rejection.from; samples++) {
      for (let hits = 0; hits <= samples; hits++) {
        const both = Math.min(
          lower.marginTest.logRatio(samples, hits),
          upper.marginTest.logRatio(samples, hits),
        )
        expect(both).toBeLessThan(level)
      }
    }
  }
})

test('at 20 +- 5 and 1% no fewer than 584 samples let both margin tests stand, and the start is at 506', () => {
  const lower = testAndRejection({ share: 0.2, tolerance: 0.05, beta: 0.01, side: 'lower' })
  const upper = testAndRejection({ share: 0.2, tolerance: 0.05, beta: 0.01, side: 'upper' })
  const bothStand = (samples: number) =>
    Array.from({ length: samples + 1 }, (_, hits) =>
      Math.min(lower.marginTest.logRatio(samples, hits), upper.marginTest.logRatio(samples, hits)),
    ).some((least) => least >= Math.log(100))
  const first = Array.from({ length: 700 }, (_, i) => i + 1).find(bothStand)
  expect(first).toBe(584)
  expect(lower.rejection.from).toBe(506)
})

test('a margin test of a target of 0 or 1 starts with the first sample', () => {
  const none = bandsOf([0, 1], [0.05, 0.05])
  for (const marginTest of marginTests(none)) {
    const band = none[marginTest.destination]
    expect(band && delayedStart(marginTest, band, 0.01)).toEqual(rejectAnywhere(0.01))
  }
})

test('the level is finite and at most 1/beta for all targets, and the two sides are alike', () => {
  const setting = fc.record({
    share: fc.double({ min: 0.0001, max: 0.9999, noNaN: true }),
    tolerance: fc.constantFrom(0.00001, 0.001, 0.01, 0.1, 0.5),
    beta: fc.constantFrom(0.5, 0.05, 0.01, 0.00001, 0.000_000_1),
  })
  fc.assert(
    fc.property(setting, ({ share, tolerance, beta }) => {
      for (const side of ['lower', 'upper'] as const) {
        const { rejection } = testAndRejection({ share, tolerance, beta, side })
        expect(Number.isInteger(rejection.from) && rejection.from >= 1).toBe(true)
        expect(Number.isFinite(rejection.level)).toBe(true)
        expect(rejection.level).toBeLessThanOrEqual(Math.log(1 / beta) + 1e-6)
        const other = side === 'lower' ? 'upper' : 'lower'
        const mirrored = testAndRejection({
          share: 1 - share,
          tolerance,
          beta,
          side: other,
        }).rejection
        expect(mirrored.from / rejection.from).toBeCloseTo(1, 6)
        expect(mirrored.level).toBeCloseTo(rejection.level, 2)
      }
    }),
    { seed: 3, numRuns: 100 },
  )
})

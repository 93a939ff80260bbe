import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bandsOf } from '../../../src/split/judge/band.ts'
import { type EdgeFlag, edgeFlags } from '../../../src/split/judge/edge-flags.ts'
import { firstLook, type Latch, latchAnywhere } from '../../../src/split/judge/first-look.ts'

type Setting = { share: number; tolerance: number; beta: number; side: EdgeFlag['side'] }

function flagAndLatch({ share, tolerance, beta, side }: Setting): { flag: EdgeFlag; latch: Latch } {
  const bands = bandsOf([share], [tolerance])
  const flag = edgeFlags(bands).find((one) => one.side === side)
  const [band] = bands
  if (flag === undefined || band === undefined) throw new Error('no such flag')
  return { flag, latch: firstLook(flag, band, beta) }
}

/**
 * Chance that the flag latches within so many draws, each a hit with the chance that `truth` gives for
 * it: by adding up over all numbers of hits.
 */
function latches(
  { flag, latch }: { flag: EdgeFlag; latch: Latch },
  draws: number,
  truth: (draw: number) => number,
): number {
  let open = new Float64Array(draws + 2)
  open[0] = 1
  let latched = 0
  for (let draw = 1; draw <= draws; draw++) {
    const next = new Float64Array(draws + 2)
    for (let hits = 0; hits <= draw; hits++) {
      const arrived =
        (open[hits] ?? 0) * (1 - truth(draw)) + (hits > 0 ? (open[hits - 1] ?? 0) : 0) * truth(draw)
      if (draw >= latch.from && flag.logRatio(draw, hits) >= latch.level) latched += arrived
      else next[hits] = arrived
    }
    open = next
  }
  return latched
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
  'on the edge it latches with a chance of at most beta: $share +- $tolerance, $beta, $side',
  (setting) => {
    const one = flagAndLatch(setting)
    const chance = latches(one, 6 * one.latch.from + 50, () => one.flag.edge)
    expect(chance).toBeLessThanOrEqual(setting.beta)
    expect(chance).toBeGreaterThan(setting.beta / 4)
  },
)

test('a share that lies beyond the edge, or moves about beyond it, latches less often than one on it', () => {
  const one = flagAndLatch({ share: 0.2, tolerance: 0.1, beta: 0.01, side: 'upper' })
  const onEdge = latches(one, 600, () => 0.3)
  expect(latches(one, 600, () => 0.32)).toBeLessThan(onEdge)
  expect(latches(one, 600, (draw) => (draw < one.latch.from ? 0.5 : 0.3))).toBeLessThan(onEdge)
  expect(latches(one, 600, (draw) => (draw % 2 ? 0.3 : 0.4))).toBeLessThan(onEdge)
})

test('what it does not risk before the first look lowers the level', () => {
  const { latch } = flagAndLatch({ share: 0.2, tolerance: 0.05, beta: 0.01, side: 'lower' })
  expect(latch.from).toBe(506)
  expect(latch.level).toBeCloseTo(4.0139, 4)
})

test('no count lets both flags of a band stand before the first look', () => {
  for (const { share, tolerance, beta } of SETTINGS) {
    const lower = flagAndLatch({ share, tolerance, beta, side: 'lower' })
    const upper = flagAndLatch({ share, tolerance, beta, side: 'upper' })
    const level = Math.log(1 / beta)
    for (let draws = 1; draws < lower.latch.from; draws++) {
      for (let hits = 0; hits <= draws; hits++) {
        const both = Math.min(lower.flag.logRatio(draws, hits), upper.flag.logRatio(draws, hits))
        expect(both).toBeLessThan(level)
      }
    }
  }
})

test('at 20 +- 5 and 1% no fewer than 584 draws let both flags stand, and the first look is at 506', () => {
  const lower = flagAndLatch({ share: 0.2, tolerance: 0.05, beta: 0.01, side: 'lower' })
  const upper = flagAndLatch({ share: 0.2, tolerance: 0.05, beta: 0.01, side: 'upper' })
  const bothStand = (draws: number) =>
    Array.from({ length: draws + 1 }, (_, hits) =>
      Math.min(lower.flag.logRatio(draws, hits), upper.flag.logRatio(draws, hits)),
    ).some((least) => least >= Math.log(100))
  const first = Array.from({ length: 700 }, (_, i) => i + 1).find(bothStand)
  expect(first).toBe(584)
  expect(lower.latch.from).toBe(506)
})

test('a target of 0 or 1 looks from the first draw on', () => {
  const none = bandsOf([0, 1], [0.05, 0.05])
  for (const flag of edgeFlags(none)) {
    const band = none[flag.destination]
    expect(band && firstLook(flag, band, 0.01)).toEqual(latchAnywhere(0.01))
  }
})

test('whatever is asked for, the level is finite and not above 1/beta, and the two sides are alike', () => {
  const setting = fc.record({
    share: fc.double({ min: 0.0001, max: 0.9999, noNaN: true }),
    tolerance: fc.constantFrom(0.00001, 0.001, 0.01, 0.1, 0.5),
    beta: fc.constantFrom(0.5, 0.05, 0.01, 0.00001, 0.000_000_1),
  })
  fc.assert(
    fc.property(setting, ({ share, tolerance, beta }) => {
      for (const side of ['lower', 'upper'] as const) {
        const { latch } = flagAndLatch({ share, tolerance, beta, side })
        expect(Number.isInteger(latch.from) && latch.from >= 1).toBe(true)
        expect(Number.isFinite(latch.level)).toBe(true)
        expect(latch.level).toBeLessThanOrEqual(Math.log(1 / beta) + 1e-6)
        const other = side === 'lower' ? 'upper' : 'lower'
        const mirrored = flagAndLatch({ share: 1 - share, tolerance, beta, side: other }).latch
        expect(mirrored.from / latch.from).toBeCloseTo(1, 6)
        expect(mirrored.level).toBeCloseTo(latch.level, 2)
      }
    }),
    { seed: 3, numRuns: 100 },
  )
})

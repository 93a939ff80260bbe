import fc from 'fast-check'
import { expect, test } from 'vitest'
import { spread } from '../../../src/split/health/spread.ts'

const SPAN_MS = 60_000

/** How many of launches at these moments are chosen. */
function chosen(gapMs: number, launches: readonly number[]): number[] {
  const choose = spread(gapMs, SPAN_MS)
  return launches.filter((ms) => choose(ms))
}

test('launches that a timer makes late and together are all chosen, where they make up for what was due', () => {
  const bursts = Array.from({ length: 1000 }, (_, i) => Math.floor(i / 10) * 100)
  expect(chosen(10, bursts)).toHaveLength(991)
})

test('more launches than are due are left out, as many as they are', () => {
  const fast = Array.from({ length: 60_000 }, (_, i) => i)
  expect(chosen(100, fast)).toHaveLength(600)
})

test('a long stall is not made up for by a burst after it', () => {
  const burst = Array.from({ length: 5000 }, () => 30_000)
  expect(chosen(10, [0, ...burst])).toHaveLength(61)
})

test('no hundredth of the span has more than twice its part, whenever samples are launched', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 400 }),
      (gapMs, pauses) => {
        let nowMs = 0
        const launches = pauses.map((pause) => {
          nowMs += pause > 200 ? pause * 10 : pause % 3
          return nowMs
        })
        const taken = chosen(gapMs, launches)
        const part = SPAN_MS / 100
        const most = 2 * Math.max(1, Math.round(part / gapMs)) + 1
        for (const begin of taken)
          expect(taken.filter((ms) => ms >= begin && ms < begin + part).length).toBeLessThanOrEqual(
            most,
          )
      },
    ),
    { numRuns: 100 },
  )
})

test('without a span every sample is chosen', () => {
  expect([0, 0, 0, 1].every(spread(0, 0))).toBe(true)
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { startPace } from '../../../src/evidence/probe/pace.ts'

/** Launch times of connections that each go as soon as they may, but not before they are ready. */
function launches(rate: number, readyMs: readonly number[], startedMs = 0): number[] {
  const pace = startPace(rate, startedMs)
  let now = startedMs
  return readyMs.map((ready) => {
    now = Math.max(now, ready)
    now += Math.max(0, pace.waitMs(now))
    pace.launched(now)
    return now
  })
}

describe('connections at a rate', () => {
  test('go evenly, the first at once', () => {
    expect(launches(4, Array(6).fill(0), 1000)).toEqual([1000, 1250, 1500, 1750, 2000, 2250])
  })

  test('may be fewer than one a second', () => {
    expect(launches(0.5, Array(3).fill(0))).toEqual([0, 2000, 4000])
    expect(launches(2.5, Array(6).fill(0))).toEqual([0, 400, 800, 1200, 1600, 2000])
  })

  test('catch up after a stall, but without more in a second than the rate', () => {
    const times = launches(4, [0, 0, ...Array(12).fill(10_000)])
    expect(times.slice(2)).toEqual([
      10_000, 10_000, 10_000, 10_000, 11_000, 11_000, 11_000, 11_000, 12_000, 12_000, 12_000,
      12_000,
    ])
  })

  test('are never more in any second than the rate, whenever they are ready', () => {
    const gaps = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 3000 })), { maxLength: 60 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), gaps, (rate, given) => {
        let ready = 0
        const times = launches(
          rate,
          given.map((gap) => {
            ready += gap
            return ready
          }),
        )
        for (const from of times) {
          const inSecond = times.filter((time) => time >= from && time < from + 1000 - 1e-6)
          expect(inSecond.length).toBeLessThanOrEqual(rate)
        }
      }),
      { seed: 1 },
    )
  })
})

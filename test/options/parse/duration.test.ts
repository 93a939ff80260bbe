import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDurationMs } from '../../../src/options/parse/duration.ts'

test.each([
  ['250ms', 250],
  ['5s', 5000],
  ['2m', 120_000],
  ['1h', 3_600_000],
  ['0s', 0],
  ['1.5s', 1500],
  ['0.25m', 15_000],
  ['596h', 2_145_600_000],
])('%s is %i milliseconds', (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms)
})

test.each([
  ['5', 'no unit'],
  ['s', 'no number'],
  ['5 s', 'a blank inside'],
  ['-5s', 'less than nothing'],
  ['.5s', 'no digit before the point'],
  ['5.s', 'no digit after the point'],
  ['1m30s', 'two units'],
  ['5S', 'a unit in capitals'],
  ['1e3ms', 'an exponent'],
  ['5d', 'days'],
  ['597h', 'longer than a timer can wait'],
  [`${'9'.repeat(400)}h`, 'a number without an end'],
])('%j is no duration: %s', (text) => {
  expect(parseDurationMs(text)).toBeUndefined()
})

test('a whole number of any unit reads as that many milliseconds', () => {
  const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
  fc.assert(
    fc.property(
      fc.nat({ max: 500 }),
      fc.constantFrom('ms' as const, 's' as const, 'm' as const, 'h' as const),
      (count, unit) => parseDurationMs(`${count}${unit}`) === count * units[unit],
    ),
    { seed: 1 },
  )
})

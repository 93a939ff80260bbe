import { expect, test } from 'vitest'
import { defaultTolerance } from '../../../src/split/plan/default-tolerance.ts'

test('the default tolerance is 5 points where neither the share nor the change is less', () => {
  expect(defaultTolerance([0.2, 0.8], undefined)).toEqual([0.05, 0.05])
  expect(defaultTolerance([0.2, 0.8], [0, 1])).toEqual([0.05, 0.05])
})

test('the default tolerance is no more than the share of a destination that has one', () => {
  expect(defaultTolerance([0.01, 0.99], undefined)).toEqual([0.01, 0.05])
  expect(defaultTolerance([0, 0.03, 0.97], undefined)).toEqual([0.05, 0.03, 0.05])
})

test('the default tolerance is no more than the largest change, without rounding errors', () => {
  expect(defaultTolerance([0.21, 0.79], [0.2, 0.8])).toEqual([0.01, 0.01])
  expect(defaultTolerance([0.3, 0.4, 0.3], [0.32, 0.4, 0.28])).toEqual([0.02, 0.02, 0.02])
  expect(defaultTolerance([0.1, 0.5, 0.4], [0.1, 0.47, 0.43])).toEqual([0.03, 0.03, 0.03])
})

test('weights that do not change do not make the default tolerance 0', () => {
  expect(defaultTolerance([0.2, 0.8], [0.2, 0.8])).toEqual([0.05, 0.05])
})

test('a gateway that still serves the previous weights is out of the band of the default tolerance', () => {
  for (let percent = 0; percent <= 100; percent++) {
    for (let move = 1; percent + move <= 100; move++) {
      const old = [percent / 100, 1 - percent / 100]
      const target = [(percent + move) / 100, 1 - (percent + move) / 100]
      const tolerance = defaultTolerance(target, old)
      const moved = target.some(
        (share, i) => Math.abs(share - (old[i] ?? 0)) >= (tolerance[i] ?? 0) - 1e-9,
      )
      expect(moved).toBe(true)
    }
  }
})

import { expect, test } from 'vitest'
import {
  connectionsToDistinguish,
  soleDestination,
} from '../../../src/split/diagnosis/sole-destination.ts'

test('the sole destination is the one that got all connections', () => {
  expect(soleDestination([0, 12])).toBe(1)
  expect(soleDestination([1, 12])).toBeUndefined()
  expect(soleDestination([0, 0])).toBeUndefined()
})

test.each([
  [[0.5, 0.5], 0.01],
  [[0.8, 0.2], 0.01],
  [[0.95, 0.05], 0.001],
  [[0.6, 0.2, 0.2], 0.01],
])(
  'a gateway that gives the others half of %j shows so many at one destination with a chance of at most %d',
  (target, alpha) => {
    // It may favour any of the destinations; the others then have half of what they are to get.
    const chances = target.map((share, index) => {
      const most = 1 - (1 - share) / 2
      return most ** connectionsToDistinguish(target, index, alpha)
    })
    expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeLessThanOrEqual(alpha)
    expect(Math.max(...chances)).toBeGreaterThan(alpha / 10)
  },
)

test('no number of connections shows anything about a destination whose target is everything', () => {
  expect(connectionsToDistinguish([1, 0], 0, 0.01)).toBe(Number.POSITIVE_INFINITY)
})

import { expect, test } from 'vitest'
import { sampleIndex, seededRandom } from '../../../sandbox/mesh/random.ts'

test('indexes are chosen as often as their weights say', () => {
  const random = seededRandom(3)
  const found = [0, 0, 0]
  for (let sample = 0; sample < 10_000; sample += 1) {
    const index = sampleIndex([70, 0, 30], random)
    found[index] = (found[index] ?? 0) + 1
  }
  expect(found[1]).toBe(0)
  // Four standard deviations.
  expect(Math.abs((found[2] ?? 0) - 3_000)).toBeLessThan(184)
})

test('numbers are between 0 and 1, fill that range, and repeat for the same seed', () => {
  const [one, other] = [seededRandom(9), seededRandom(9)]
  const numbers = Array.from({ length: 2_000 }, one)
  expect(numbers).toEqual(Array.from({ length: 2_000 }, other))
  const deciles = new Set(numbers.map((number) => Math.floor(number * 10)))
  expect(deciles).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
})

import { expect, test } from 'vitest'
import { shareInterval } from '../../src/split/interval.ts'
import { looksUnpropagated } from '../../src/split/not-propagated.ts'

const measured = (counts: readonly number[]) => {
  const draws = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => shareInterval(count, draws, 0.01, 855))
}

test('draws that still come with the old weights look unpropagated', () => {
  expect(looksUnpropagated(measured([0, 35]), [0, 1])).toBe(true)
  expect(looksUnpropagated(measured([205, 595, 200]), [0.2, 0.6, 0.2])).toBe(true)
})

test('one old share outside its interval is enough to say otherwise', () => {
  expect(looksUnpropagated(measured([500, 500]), [0, 1])).toBe(false)
  expect(looksUnpropagated(measured([200, 600, 200]), [0.2, 0.4, 0.4])).toBe(false)
})

test('the ends of an interval belong to it', () => {
  expect(
    looksUnpropagated(
      [
        [0.1, 0.2],
        [0.8, 0.9],
      ],
      [0.2, 0.8],
    ),
  ).toBe(true)
})

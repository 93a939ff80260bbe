import { expect, test } from 'vitest'
import { looksUnpropagated } from '../../src/split/not-propagated.ts'

test('draws as the old weights give them look as if the write was never acted on', () => {
  expect(looksUnpropagated([28, 7], [0.8, 0.2], 0.01)).toBe(true)
  expect(looksUnpropagated([3, 0], [1, 0], 0.01)).toBe(true)
})

test('a handful of draws that the old weights would hardly give do not', () => {
  expect(looksUnpropagated([0, 8], [0.8, 0.2], 0.01)).toBe(false)
})

test('one draw of a destination that had no share does not', () => {
  expect(looksUnpropagated([30, 1], [1, 0], 0.01)).toBe(false)
})

test('without a draw nothing speaks against the old weights', () => {
  expect(looksUnpropagated([0, 0], [0.8, 0.2], 0.01)).toBe(true)
})

import { expect, test } from 'vitest'
import { hitsWithin } from '../../../kit/contract/binomial.ts'

test('the bounds are where the exact tails reach half of the surprise', () => {
  // 1, 10, 45 of 1024 for 0, 1, 2 hits of ten at a half.
  expect(hitsWithin(10, 0.5, 2 / 1024)).toEqual({ least: 0, most: 10 })
  expect(hitsWithin(10, 0.5, 4 / 1024)).toEqual({ least: 1, most: 9 })
  expect(hitsWithin(10, 0.5, 24 / 1024)).toEqual({ least: 2, most: 8 })
  // 0.9^10 = 0.349, and 0.264 for two hits or more.
  expect(hitsWithin(10, 0.1, 0.6)).toEqual({ least: 0, most: 1 })
})

test('a thousand connections at 20% stay between these, but for once in a million', () => {
  expect(hitsWithin(1000, 0.2, 1e-6)).toEqual({ least: 141, most: 264 })
})

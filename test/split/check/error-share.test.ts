import { expect, test } from 'vitest'
import { alphaPart, errorShare } from '../../../src/split/check/error-share.ts'

/** More attempts than a check takes in an hour. */
const MANY = 5000

test('an attempt with confirmed proxies and all that may follow it spend no more than the whole error', () => {
  const numbers = Array.from({ length: MANY }, (_, index) => index + 2)
  const early = numbers.map((number) => errorShare({ number, place: 'early', part: 'reserve' }))
  const last = errorShare({ number: MANY + 2, place: 'last', part: 'reserve' })
  const first = errorShare({ number: 1, place: 'only', part: 'confirmed' })
  const all = [first, last, ...early].reduce((sum, share) => sum + share, 0)
  expect(all).toBeLessThanOrEqual(1)
  expect(all).toBeGreaterThan(0.99)
})

test('the two attempts that can fail a check share the chance of a wrong fail', () => {
  expect(alphaPart({ part: 'confirmed' }) + alphaPart({ part: 'reserve' })).toBeCloseTo(1, 12)
  expect(alphaPart({})).toBe(1)
})

import { expect, test } from 'vitest'
import {
  FIRST_ATTEMPT_DELAY_MS,
  pauseBeforeAttemptMs,
  spentShare,
} from '../../../src/split/judge/error-spending.ts'

test('the first attempt waits for 200 ms where samples do not show more, the pauses double up to a second', () => {
  expect(FIRST_ATTEMPT_DELAY_MS).toBe(200)
  expect([2, 3, 4, 5, 6, 50].map(pauseBeforeAttemptMs)).toEqual([100, 200, 400, 1000, 1000, 1000])
})

test('an attempt without a write has all of the error, the last after one a fifth', () => {
  expect(spentShare(1, 'only')).toBe(1)
  expect(spentShare(1, 'last')).toBe(0.2)
  expect(spentShare(7, 'last')).toBe(0.2)
})

test('early attempts have .7, .05, .0167 and so on, and with the last never more than all', () => {
  expect(spentShare(1, 'early')).toBe(0.7)
  expect(spentShare(2, 'early')).toBeCloseTo(0.05, 12)
  expect(spentShare(3, 'early')).toBeCloseTo(0.1 / 6, 12)
  let spent = spentShare(1, 'last')
  for (let j = 1; j <= 10_000; j++) {
    spent += spentShare(j, 'early')
    expect(spent).toBeLessThanOrEqual(1)
  }
  expect(spent).toBeGreaterThan(0.9999)
})

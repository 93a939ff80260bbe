import { expect, test } from 'vitest'
import type { Check, Try } from '../../src/rollout/check.ts'
import { limitMend, seenText, togetherText } from '../../src/rollout/ended.ts'

function tryOf(number: number, ...counts: readonly [number, number]): Try {
  const draws = counts[0] + counts[1]
  return {
    number,
    place: 'early',
    startedMs: 0,
    tookMs: 1,
    draws,
    unclassified: 0,
    counts,
    met: {},
    examples: {},
    clientLimits: 0,
    intervals: [],
    sureness: 1,
    evidence: [],
    latencies: [],
    dependent: false,
    decision: 'off-target',
  }
}

function checkOf(...tries: Try[]): Check {
  return {
    names: ['v1', 'v2'],
    target: [0.9, 0.1],
    old: [1, 0],
    tolerance: [0.05, 0.05],
    plan: { mean: 1, p90: 1, p999: 1, exactness: 'exact' },
    limit: 1,
    tries,
    triesLeftOut: 0,
    propagationMs: undefined,
    ended: 'off-target',
  }
}

test('where a few connections decided, the tries before them show the split', () => {
  const check = checkOf(tryOf(1, 70, 22), tryOf(2, 77, 23), tryOf(3, 0, 3))
  expect(seenText(check)).toBe('v1 0%, v2 100% of 3 connections')
  expect(togetherText(check)).toBe(
    '; the last 3 tries together: v1 75.38%, v2 24.62% of 195 connections',
  )
})

test('tries before a gap are not taken for the last ones', () => {
  const check = checkOf(tryOf(1, 500, 0), tryOf(8, 6, 2), tryOf(9, 0, 1))
  expect(togetherText(check)).toBe(
    '; the last 2 tries together: v1 66.67%, v2 33.33% of 9 connections',
  )
})

test('a try alone, and one of many connections, speak for themselves', () => {
  expect(togetherText(checkOf(tryOf(1, 0, 3)))).toBe('')
  expect(togetherText(checkOf(tryOf(1, 50, 50), tryOf(2, 75, 25)))).toBe('')
})

test.each([
  [{ draws: 40, unclassified: 0, counts: [30, 10] }, 'v1 75%, v2 25% of 40 connections'],
  [{ draws: 50, unclassified: 10, counts: [30, 10] }, 'v1 75%, v2 25% of 50 connections'],
  [{ draws: 1, unclassified: 1, counts: [0, 0] }, 'none of 1 connection with a known reply'],
  [{ draws: 0, unclassified: 0, counts: [0, 0] }, 'no connection'],
])('what a try saw is said without shares of nothing: %j', (met, text) => {
  expect(seenText(checkOf({ ...tryOf(1, 0, 0), ...met }))).toBe(text)
})

test('a check without a try saw no connection', () => {
  expect(seenText(checkOf())).toBe('no connection')
})

test('more connections than those that did not tell are asked for, and auto is named where it allows them', () => {
  const check = checkOf(tryOf(1, 15, 5))
  const plan = { ...check.plan, p999: 1000 }
  expect(limitMend({ ...check, plan, limit: 20 })).toBe(
    'Give more connections than 20 (auto allows 1000 here), or a wider tolerance.',
  )
  expect(limitMend({ ...check, plan, limit: 1000, tries: [tryOf(3, 600, 600)] })).toBe(
    'Give more connections than 1200, or a wider tolerance.',
  )
})

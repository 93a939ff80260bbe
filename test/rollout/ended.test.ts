import { expect, test } from 'vitest'
import type { Try } from '../../src/rollout/check.ts'
import { seenText } from '../../src/rollout/ended.ts'
import { planChecks } from '../../src/rollout/plan-checks.ts'

/** A check of 80/20 whose last try met so much. */
function checkOf(met: Pick<Try, 'draws' | 'unclassified' | 'counts'>) {
  const options = { confidencePercent: 99, tolerancePoints: 5, connections: 100 }
  const checks = planChecks(['v1', 'v2'], [0.8, 0.2], [[80, 20]], false, options)
  return checks.map((check) => ({
    ...check,
    tries: [
      {
        number: 1,
        place: 'only' as const,
        startedMs: 0,
        tookMs: 1,
        met: {},
        examples: {},
        clientLimits: 0,
        intervals: [],
        sureness: 0,
        evidence: [],
        latencies: [],
        dependent: false,
        decision: undefined,
        ...met,
      },
    ],
  }))
}

test.each([
  [{ draws: 40, unclassified: 0, counts: [30, 10] }, 'v1 75%, v2 25% of 40 connections'],
  [{ draws: 50, unclassified: 10, counts: [30, 10] }, 'v1 75%, v2 25% of 50 connections'],
  [{ draws: 3, unclassified: 3, counts: [0, 0] }, 'none of 3 connections with a known reply'],
  [{ draws: 0, unclassified: 0, counts: [0, 0] }, 'no connection'],
])('what a try saw is said without shares of nothing: %j', (met, text) => {
  expect(checkOf(met).map(seenText)).toEqual([text])
})

test('a check without a try saw no connection', () => {
  expect(
    checkOf({ draws: 1, unclassified: 0, counts: [1, 0] }).map((check) =>
      seenText({ ...check, tries: [] }),
    ),
  ).toEqual(['no connection'])
})

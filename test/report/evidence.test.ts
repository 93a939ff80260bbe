import { expect, test } from 'vitest'
import { someAttempt, someCheck } from '../../kit/report/run.ts'
import { evidenceReport, shareGrowth } from '../../src/report/evidence.ts'

const EVIDENCE = [
  { atMs: 1.4, counts: [0, 0], unclassified: 1 },
  { atMs: 99.6, counts: [150, 50], unclassified: 4 },
]

test('a share has an interval that narrows, and is not known before a reply is recognized', () => {
  const [first, last] = shareGrowth(someCheck(), someAttempt({ evidence: EVIDENCE }), 1, 0.01)
  expect(first).toEqual({ samples: 1, observed: undefined, low: 0, high: 100 })
  expect(last).toMatchObject({ samples: 204, observed: 25 })
  expect(last?.low).toBeGreaterThan(10)
  expect(last?.high).toBeLessThan(45)
})

test('in the report it is columns of numbers', () => {
  expect(evidenceReport(['v1', 'v2'], EVIDENCE)).toEqual({
    atMs: [1, 100],
    samples: [1, 204],
    unclassified: [1, 4],
    counts: { v1: [0, 150], v2: [0, 50] },
  })
})

import { describe, expect, test } from 'vitest'
import { someAttempt } from '../../../kit/report/run.ts'
import { startEvidence, withBoundedEvidence } from '../../../src/rollout/check/evidence.ts'

/** The samples at which an attempt of so many samples keeps how it stood. */
function kept(samples: number, most?: number): number[] {
  let seen = 0
  const evidence = startEvidence(() => ({ atMs: 0, counts: [seen], unclassified: 0 }), most)
  for (seen = 1; seen <= samples; seen += 1) evidence.observe()
  seen = samples
  return evidence.points().map(({ counts }) => counts[0] ?? 0)
}

describe('how the evidence of an attempt grew', () => {
  test('is kept sample by sample while there is room', () => {
    expect(kept(0)).toEqual([])
    expect(kept(5)).toEqual([1, 2, 3, 4, 5])
  })

  test('is thinned evenly, and always ends with the latest sample', () => {
    expect(kept(9, 8)).toEqual([2, 4, 6, 8, 9])
    expect(kept(14, 8)).toEqual([4, 8, 12, 14])
  })

  test.each([199, 200, 201, 398, 10_000, 123_457])(
    'is at most 200 points of %d samples',
    (samples) => {
      const points = kept(samples)
      expect(points.length).toBeLessThanOrEqual(200)
      expect(points.length).toBeGreaterThanOrEqual(Math.min(samples, 98))
      expect(points.at(-1)).toBe(samples)
      expect(new Set(points).size).toBe(points.length)
    },
  )

  test('is kept of the twelve latest attempts of a check', () => {
    const attempts = Array.from({ length: 15 }, (_, index) => someAttempt({ number: index + 1 }))
    const bounded = withBoundedEvidence(attempts)
    expect(bounded.map(({ number }) => number)).toEqual(attempts.map(({ number }) => number))
    expect(
      bounded.filter(({ evidence }) => evidence.length > 0).map(({ number }) => number),
    ).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
  })
})

import { expect, test } from 'vitest'
import { countsGuard } from '../../../src/split/counts/counts-guard.ts'
import { bandsOf } from '../../../src/split/judge/band.ts'
import { crossingGuard } from '../../../src/split/judge/crossing-guard.ts'
import { marginTests } from '../../../src/split/judge/margin-tests.ts'
import { seededUniform } from '../../../src/split/numeric/seeded-uniform.ts'

/** What a destination that is to get 5% of the samples, and gets 10%, shows in some samples. */
function batchOf(uniform: () => number) {
  return Array.from({ length: Math.floor(20 * uniform()) }, () => {
    const at = uniform()
    return at < 0.1 ? 'hit' : at < 0.98 ? 'miss' : 'unclassified'
  })
}

test('counts are never stronger evidence than their samples in any order', () => {
  const uniform = seededUniform(1)
  const [guarded] = marginTests(bandsOf([0.05, 0.95], [0.05, 0.05]))
  if (guarded === undefined) throw new Error('there is no margin test')
  for (let run = 0; run < 200; run++) {
    const inOrder = crossingGuard(guarded, 0.05, 0.15)
    const inCounts = countsGuard(guarded, 0.05, 0.15)
    for (let batch = 0; batch < 10; batch++) {
      const outcomes = batchOf(uniform)
      for (const outcome of outcomes) inOrder.observe(outcome)
      const [hits = 0, misses = 0, doubtful = 0] = (['hit', 'miss', 'unclassified'] as const).map(
        (kind) => outcomes.filter((outcome) => outcome === kind).length,
      )
      inCounts.observe({ hits, misses, doubtful })
      expect(inCounts.logRatio()).toBeLessThanOrEqual(inOrder.logRatio() + 1e-9)
    }
  }
})

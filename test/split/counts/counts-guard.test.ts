import { expect, test } from 'vitest'
import { countsGuard } from '../../../src/split/counts/counts-guard.ts'
import { bandsOf } from '../../../src/split/judge/band.ts'
import { crossingGuard } from '../../../src/split/judge/crossing-guard.ts'
import { marginTests } from '../../../src/split/judge/margin-tests.ts'
import { seededUniform } from '../../../src/split/numeric/seeded-uniform.ts'

test('counts are never stronger evidence than their samples in any order', () => {
  const uniform = seededUniform(1)
  const bands = bandsOf([0.05, 0.95], [0.05, 0.05])
  const [guarded] = marginTests(bands)
  if (guarded === undefined) throw new Error('there is no margin test')
  for (let run = 0; run < 200; run++) {
    const inOrder = crossingGuard(guarded, 0.05, 0.15)
    const inCounts = countsGuard(guarded, 0.05, 0.15)
    for (let batch = 0; batch < 10; batch++) {
      let hits = 0
      let misses = 0
      for (let i = 0; i < 20 * uniform(); i++) {
        const isHit = uniform() < 0.1
        inOrder.observe(isHit ? 'hit' : 'miss')
        if (isHit) hits += 1
        else misses += 1
      }
      inCounts.observe(hits, misses)
      expect(inCounts.logRatio()).toBeLessThanOrEqual(inOrder.logRatio() + 1e-9)
    }
  }
})

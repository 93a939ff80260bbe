import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runOn } from '../../../kit/run/run.ts'
import { startSandbox } from '../../../sandbox/sandbox.ts'
import { planChecks } from '../../../src/rollout/plan/plan-checks.ts'
import { findWideTolerance } from '../../../src/rollout/plan/tolerance-warning.ts'
import { ofHundred } from '../../../src/routes/weights/weights.ts'

/** What is found for writes of these percents of the second of two destinations, one after the other. */
function found(before: number, percents: readonly number[], tolerancePoints?: number) {
  const checks = planChecks(
    {
      names: ['v1', 'v2'],
      unit: 'connection',
      presentShares: [1 - before / 100, before / 100],
      targets: percents.map((percent) => ofHundred([100 - percent, percent])),
      writes: true,
    },
    { confidencePercent: 99, tolerancePoints, connections: 1000 },
  )
  return findWideTolerance(checks)
}

describe('a tolerance', () => {
  test('that includes the weights from before is named, with the most that would not', () => {
    const [finding, ...more] = found(40, [45], 20)
    expect(finding?.what).toMatch(/^tolerance .* v1 55%, v2 45%\.$/)
    expect(finding?.remedy).toContain('tolerance to at most 5,')
    expect(more).toEqual([])
  })

  test('is named once with all steps that it is too wide for, by the smallest change', () => {
    const [finding, ...more] = found(0, [20, 24, 27, 60], 10)
    expect(finding?.what).toMatch(/uses v1 76%, v2 24%; v1 73%, v2 27%\.$/)
    expect(finding?.remedy).toContain('tolerance to at most 3,')
    expect(more).toEqual([])
  })

  test('as large as the move does not hold them: the edge counts as outside', () => {
    expect(found(40, [45], 5)).toEqual([])
    expect(found(40, [45], 5.01)).toHaveLength(1)
  })

  test('that is named instead does not hold them, though the move has no end in decimals', () => {
    expect(found(200 / 3, [50], 20)[0]?.remedy).toContain('tolerance to at most 16.66,')
    expect(found(200 / 3, [50], 16.67)).toHaveLength(1)
    expect(found(200 / 3, [50], 16.66)).toEqual([])
  })

  test('that reaches 0 does not hold it: a destination without connections cannot pass', () => {
    expect(found(0, [10], 30)).toEqual([])
  })

  test('that is the default never holds them', () => {
    const percent = fc.integer({ min: 0, max: 100 })
    fc.assert(
      fc.property(percent, percent, (before, after) => {
        fc.pre(before !== after)
        expect(found(before, [after])).toEqual([])
      }),
      { seed: 1, numRuns: 20 },
    )
  })
})

test('a plan warns of it', async () => {
  const sandbox = await startSandbox({ weights: { v1: 60, v2: 40 } })
  try {
    const inputs = { mode: 'plan', subset: 'v2', weight: '45' }
    const wide = await runOn(sandbox, { ...inputs, tolerance: '20' })
    expect(wide.log).toContain('tolerance is so wide')
    const narrow = await runOn(sandbox, { ...inputs, tolerance: '5' })
    expect(narrow.log).not.toContain('tolerance is so wide')
  } finally {
    await sandbox.stop()
  }
})

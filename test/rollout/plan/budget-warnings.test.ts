import { describe, expect, test } from 'vitest'
import { runOn } from '../../../kit/run/run.ts'
import { startSandbox } from '../../../sandbox/sandbox.ts'
import type { Mode } from '../../../src/options/options.ts'
import { findTooLittle } from '../../../src/rollout/plan/budget-warnings.ts'
import { planChecks } from '../../../src/rollout/plan/plan-checks.ts'
import { ofHundred } from '../../../src/routes/weights/weights.ts'

const OPTIONS = {
  mode: 'shift' as Mode,
  connections: 'auto' as number | 'auto',
  concurrency: 16,
  ratePerSecond: undefined as number | undefined,
  stepIntervalMs: 0,
  timeoutMs: 300_000,
}

/** What is found for writes of these percents of the second of two destinations, from 0 on. */
function found(percents: readonly number[], given: Partial<typeof OPTIONS> = {}) {
  const options = { ...OPTIONS, ...given }
  const checks = planChecks(
    {
      names: ['v1', 'v2'],
      unit: 'connection',
      presentShares: [1, 0],
      targets: percents.map((percent) => ofHundred([100 - percent, percent])),
      writes: true,
    },
    { confidencePercent: 99, tolerancePoints: 5, ...options },
  )
  return findTooLittle(checks, options)
}

describe('connections', () => {
  test('that are fewer than a check needs are named once, with each step that they do not suffice for', () => {
    const [finding, ...more] = found([5, 20, 50], { connections: 500 })
    expect(finding).toMatchObject({ severity: 'warning' })
    expect(finding?.what).toMatch(
      /^connections allows 500 per attempt, .*: v1 80%, v2 20% needs about \d,\d{3}; v1 50%, v2 50% needs about \d,\d{3}\.$/,
    )
    expect(more).toEqual([])
  })

  test('that suffice, and those that are counted for the user, are not mentioned', () => {
    expect(found([20], { connections: 2000 })).toEqual([])
    expect(found([5, 20, 50])).toEqual([])
  })
})

describe('rate', () => {
  test('that is too low for the time is named with the time that it takes and the time that there is', () => {
    const [finding, ...more] = found([20], { ratePerSecond: 10, timeoutMs: 20_000 })
    expect(finding?.what).toMatch(
      /^At this rate, the [\d,]{3,5} connections .* take \d{2,3} s with the pauses\. timeout leaves 13 s\.$/,
    )
    expect(more).toEqual([])
  })

  test('is measured in a plan by the time of the shift that it plans', () => {
    const given = { ratePerSecond: 10, timeoutMs: 20_000 }
    expect(found([20], { ...given, mode: 'plan' })).toEqual(found([20], given))
    expect(found([20], { ...given, mode: 'verify' })[0]?.what).toContain('timeout leaves 19 s')
  })

  test('counts the pauses between steps', () => {
    const given = { ratePerSecond: 100, timeoutMs: 60_000 }
    expect(found([20, 50], given)).toEqual([])
    expect(found([20, 50], { ...given, stepIntervalMs: 40_000 })).toHaveLength(1)
  })

  test('that the time suffices for is not mentioned', () => {
    expect(found([20], { ratePerSecond: 100 })).toEqual([])
  })
})

test('a run says so before it writes', async () => {
  const sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
  const { log } = await runOn(sandbox, {
    subset: 'v2',
    weight: '50',
    connections: '20',
    'propagation-timeout': '0s',
  })
  await sandbox.stop()
  const [before = ''] = log.split(/^Written/m)
  expect(before).toContain('connections allows 20 per attempt, fewer than a check needs on average')
})

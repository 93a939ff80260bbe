import { describe, expect, onTestFinished, test } from 'vitest'
import { sampleOf } from '../../../kit/evidence/samples.ts'
import { routeText, writes } from '../../../kit/run/object.ts'
import { runOn } from '../../../kit/run/run.ts'
import { startSandbox } from '../../../sandbox/sandbox.ts'
import type { ProbeSample } from '../../../src/evidence/probe/probe-sample.ts'
import { planChecks } from '../../../src/rollout/plan/plan-checks.ts'
import { connectionsNeeded, rateOf } from '../../../src/rollout/preflight/time/time-needed.ts'
import { ofHundred } from '../../../src/routes/weights/weights.ts'

const PACE = {
  mode: 'shift' as const,
  connections: 'auto' as const,
  concurrency: 16,
  ratePerSecond: undefined as number | undefined,
  stepIntervalMs: 0,
  timeoutMs: 300_000,
}

function answered(...tookMs: number[]): ProbeSample[] {
  return tookMs.map((ms) => sampleOf({ kind: 'destination', index: 0 }, ms))
}

async function mesh() {
  const sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
  onTestFinished(() => sandbox.stop())
  return sandbox
}

describe('the rate that a run can reach', () => {
  test('is about what is in flight over the usual time, and at most about twice that over the least of many', () => {
    const few = rateOf(answered(80, 26, 30, 40, 40), PACE)
    expect(few).toEqual({ bound: 30_000, likely: 400, fastestMs: 26 })
    const many = rateOf(answered(26, ...Array<number>(49).fill(40)), PACE)
    expect(many).toMatchObject({ likely: 400, fastestMs: 26 })
    // Twice 1,000, over the fiftieth root of 1 in 10,000.
    expect(many?.bound).toBeCloseTo(2404.5, 0)
  })

  test('is bounded by few answers too where these are slow, the less the fewer they are', () => {
    const slow = (count: number) => rateOf(answered(...Array<number>(count).fill(1300)), PACE)
    expect(slow(10)?.bound).toBeCloseTo(32 * 10 ** 0.4, 6)
    expect(slow(2)?.bound).toBeCloseTo(32 * 10 ** 2, 6)
  })

  test('exceeds the bound in fewer than 1 in 10,000 samples, whatever part of connections is fast', () => {
    for (const count of [1, 2, 5, 10, 49, 50, 100])
      for (let fast = 0.001; fast < 1; fast += 0.001) {
        // All answers are slow, though this part of all connections takes next to no time.
        const allSlow = (1 - fast) ** count
        const bound = rateOf(answered(...Array<number>(count).fill(2000)), PACE)?.bound ?? 0
        const reached = Math.min(30_000, (PACE.concurrency * 1000) / (2000 * (1 - fast)))
        if (bound < reached) expect(allSlow).toBeLessThanOrEqual(1e-4)
      }
  })

  test('is not bounded by connections so fast that most of their time may be this process itself', () => {
    expect(rateOf(answered(4, ...Array<number>(49).fill(5)), PACE)?.bound).toBe(30_000)
  })

  test('is no more than the input rate, nor than a process can do', () => {
    expect(rateOf(answered(10), { ...PACE, ratePerSecond: 50 })).toMatchObject({
      bound: 50,
      likely: 50,
    })
    expect(rateOf(answered(0.01), PACE)?.bound).toBe(30_000)
  })

  test('is not known without an answer', () => {
    const lost = sampleOf({ kind: 'unclassified', why: 'closed', detail: '' }, 5)
    expect(rateOf([lost], PACE)).toBeUndefined()
  })
})

test('a check hardly ever passes with fewer than half of its mean, or a quarter where a band ends at 0', () => {
  const promise = {
    confidencePercent: 99,
    tolerancePoints: undefined,
    connections: 'auto',
  } as const
  const needed = (percent: number) => {
    const checks = planChecks(
      {
        names: ['v1', 'v2'],
        unit: 'connection',
        presentShares: [1, 0],
        targets: [ofHundred([100 - percent, percent])],
        writes: true,
      },
      promise,
    )
    const { mean, least } = connectionsNeeded(checks)
    return least / mean
  }
  expect(needed(20)).toBeCloseTo(0.5, 9)
  expect(needed(1)).toBeCloseTo(0.25, 9)
})

describe('a check that cannot end within timeout', () => {
  test('is refused before the write, with the figures and what would do', async () => {
    const sandbox = await mesh()
    const before = routeText(sandbox)
    const inputs = { subset: 'v2', weight: '50', tolerance: '0.1', timeout: '20s' }
    const { outcome } = await runOn(sandbox, inputs)
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(outcome.message).toMatch(
      /^A check cannot end within timeout\. It needs about \d,\d{3},\d{3} connections, .* took \d+\.\d ms\. With 16 in flight, .* a second.* timeout leaves 13 s\.$/,
    )
    expect(outcome.remedy).toMatch(
      /^Set timeout: \d+m, or tolerance: \d+(\.\d+)?\. Or set connections/,
    )
    expect(writes(sandbox)).toEqual([])
    expect(routeText(sandbox)).toBe(before)
    // What is advised is accepted.
    const [, tolerance = ''] = /tolerance: ([\d.]+\d)/.exec(outcome.remedy) ?? []
    const cancel = new AbortController()
    const { outcome: advised } = await runOn(
      sandbox,
      { ...inputs, tolerance },
      {
        cancelled: cancel.signal,
        onLine: (text) => /^Written/.test(text) && cancel.abort(),
      },
    )
    expect(advised).toMatchObject({ reason: 'cancelled', rolledBack: true })
  })

  test('is refused where connections are so slow that few are answered before the write', async () => {
    const sandbox = await mesh()
    for (const name of ['v1', 'v2'])
      await sandbox.faults.destination(name, { kind: 'slow', delayMs: 600 })
    const inputs = { subset: 'v2', weight: '50', tolerance: '0.5', timeout: '20s' }
    const { outcome } = await runOn(sandbox, inputs)
    expect(outcome.message).toMatch(
      /^A check cannot end within timeout\. .* never more than \d{2,3}\./,
    )
    expect(writes(sandbox)).toEqual([])
  })

  test('is refused by the input rate, which no run exceeds', async () => {
    const inputs = { subset: 'v2', weight: '50', tolerance: '5', rate: '20', timeout: '10s' }
    const { outcome } = await runOn(await mesh(), inputs)
    expect(outcome.message).toMatch(
      /^A check cannot end within timeout\. .* The input rate allows 20 a second\. /,
    )
    expect(outcome.message).not.toContain('in flight')
    expect(outcome.remedy).toMatch(/^Set timeout: \d+m, or a higher rate, or /)
  })

  test('advises no timeout that the input timeout refuses', async () => {
    const inputs = { subset: 'v2', weight: '50', tolerance: '0.001', timeout: '20s' }
    const { outcome } = await runOn(await mesh(), inputs)
    expect(outcome.message).toMatch(/^A check cannot end within timeout\. /)
    expect(outcome.remedy).toMatch(
      /^Set (tolerance: \d+(\.\d+)?|a wider tolerance)\. Or set connections/,
    )
  })

  test('is only warned of where so little time is left that a refusal would save none', async () => {
    const inputs = { subset: 'v2', weight: '50', tolerance: '0.1', timeout: '2s' }
    const { outcome, record } = await runOn(await mesh(), inputs)
    expect(outcome).toMatchObject({ reason: 'limit-reached', rolledBack: true })
    expect(record.findings.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(/^A check will most likely not end within timeout\. /),
    )
  })

  test('is only warned of where connections says how many may be used', async () => {
    const inputs = { subset: 'v2', weight: '50', rate: '50', timeout: '3s', connections: '5000' }
    const { outcome, record } = await runOn(await mesh(), inputs)
    expect(outcome.reason).not.toBe('preflight')
    expect(record.findings).toContainEqual(
      expect.objectContaining({
        severity: 'warning',
        what: expect.stringMatching(/^A check will most likely not end within timeout\. /),
      }),
    )
  })

  test('is what a plan says as far as it can, as it opens no connection', async () => {
    const sandbox = await mesh()
    const inputs = { mode: 'plan', subset: 'v2', weight: '50', tolerance: '0.1', timeout: '20s' }
    const { outcome, record } = await runOn(sandbox, inputs)
    expect(outcome.verdict).toBe('planned')
    expect(record.findings).toContainEqual(
      expect.objectContaining({
        what: expect.stringMatching(
          /^The [\d,]{9} connections .* if each takes 20 ms .* leaves 13 s\.$/,
        ),
      }),
    )
    expect(sandbox.connections.accepted).toBe(0)
  })

  test('is not one that ends in time: the tutorial’s', async () => {
    const { record } = await runOn(await mesh(), {
      subset: 'v2',
      weight: '50',
      tolerance: '20',
      'propagation-timeout': '0s',
    })
    expect(record.findings.filter(({ what }) => /end within timeout/.test(what))).toEqual([])
  })
})

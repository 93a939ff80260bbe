import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { interruptRun } from '../../kit/run/interrupted.ts'
import { weightsOn } from '../../kit/run/object.ts'
import { runOn, SURE } from '../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { whyLines } from '../../src/report/facts/explanation.ts'
import { headlineOf } from '../../src/report/facts/headline.ts'
import { nextText } from '../../src/report/facts/next.ts'
import { productionOf } from '../../src/report/facts/production.ts'

const ALL_V1 = { subset: 'v1', weight: '100', expect: '{v1: "^one "}' }

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox()
})
afterEach(() => sandbox.stop())

test('plan shows the edit of the object as a diff of its YAML, from now to the end of all steps', async () => {
  const { record, log } = await runOn(sandbox, {
    mode: 'plan',
    subset: 'v2',
    weight: '20',
    steps: '10',
  })
  expect(record.change?.diff).toBe(`--- a/demo/tcp-echo.yaml
+++ b/demo/tcp-echo.yaml
@@ -12,3 +12,10 @@
             port:
               number: 9000
             subset: v1
+          weight: 80
+        - destination:
+            host: tcp-echo
+            port:
+              number: 9000
+            subset: v2
+          weight: 20`)
  expect(log).toContain(record.change?.diff)
})

test('plan of weights that are there has no diff, and the cost of confirming them again', async () => {
  const { record } = await runOn(sandbox, { ...ALL_V1, mode: 'plan' })
  expect(record.change?.diff).toBe('')
  expect(record.change?.cost.connectionsMean).toBeGreaterThan(10)
})

test('a run that is no plan shows no diff', async () => {
  const { record, outcome } = await runOn(sandbox, ALL_V1)
  expect(outcome.verdict).toBe('pass')
  expect(record.change).toBeUndefined()
})

describe('a plan that allows fewer connections than its checks need', () => {
  test.each([
    [undefined, 'fewer than that'],
    ['10', 'too few for 2 of 2 steps'],
  ])(
    'with steps %s says once which limit holds and what follows, and gives no other limit',
    async (steps, which) => {
      const inputs = { mode: 'plan', subset: 'v2', weight: '20', connections: '20', steps }
      const { outcome, record, log } = await runOn(sandbox, inputs)
      const short = `connections allows 20 per attempt, ${which}, so most such runs end inconclusive.`
      expect(outcome.message).toContain(short)
      expect(whyLines(record, outcome).join(' ')).toContain(short)
      expect(log).toMatch(
        /check takes about [\d,]+ connections\. connections allows 20 per attempt, fewer than that,/,
      )
      expect(log).not.toMatch(/20 at most|40 at most/)
    },
  )
})

describe('a plan on an object that has the weights of an interrupted run', () => {
  beforeEach(async () => {
    await runOn(sandbox, { subset: 'v2', weight: '20', confidence: SURE, tolerance: '12' })
    interruptRun(sandbox, Date.now() - 3_600_000)
  })

  test('starts from the weights that a shift restores first, and says which are in force', async () => {
    const plan = await runOn(sandbox, { mode: 'plan', subset: 'v2', weight: '30' })
    expect(plan.outcome.message).toMatch(
      /^demo\/tcp-echo has v1 50%, v2 50%\. A shift first restores v1 80%, v2 20%\. demo\/tcp-echo would go from v1 80%, v2 20% to v1 70%, v2 30%\./,
    )
    expect(headlineOf(plan.record, plan.outcome)).toBe(
      'demo/tcp-echo: v2 would go from 20% (restored first) to 30%. Nothing was written.',
    )
    expect(productionOf(plan.record, plan.outcome).text).toBe(
      'Production now: v1 50%, v2 50%, unchanged.',
    )
    expect(plan.log).toContain('Rule tcp:31400: v1 80%, v2 20% (restored first) -> v1 70%, v2 30%.')
    expect(plan.log).toContain(
      'A shift first restores the previous weights: v1 80%, v2 20%. This plan starts from these',
    )
    expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })

    const shift = await runOn(sandbox, {
      subset: 'v2',
      weight: '30',
      confidence: SURE,
      tolerance: '12',
    })
    expect(shift.outcome.verdict).toBe('pass')
    expect(shift.outcome.previousWeights).toEqual(plan.outcome.previousWeights)
    expect(shift.record.plan?.present).toEqual(plan.record.plan?.present)
    expect(shift.record.plan?.steps).toEqual(plan.record.plan?.steps)
  })

  test('of the weights that are restored does not say that they are in force', async () => {
    const { record, outcome } = await runOn(sandbox, { mode: 'plan', subset: 'v2', weight: '20' })
    expect(outcome.reason).toBe('unchanged')
    expect(headlineOf(record, outcome)).toBe(
      'demo/tcp-echo: a shift would only restore v2 to 20%. Nothing was written.',
    )
    expect(nextText(record, outcome)).toBe('To apply this plan, run it again with mode: shift.')
  })

  test('starts from its weights where they are to be kept', async () => {
    interruptRun(sandbox, Date.now() - 3_600_000, { onFailure: 'keep' })
    const { record } = await runOn(sandbox, { mode: 'plan', subset: 'v1', weight: '40' })
    expect(record.plan?.inForce).toBeUndefined()
  })
})

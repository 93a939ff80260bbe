import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runOn } from '../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { whyLines } from '../../src/report/facts/explanation.ts'

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

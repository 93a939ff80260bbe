import { afterEach, beforeEach, expect, test } from 'vitest'
import { runOn } from '../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

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

import { expect, test } from 'vitest'
import { runHttp, SURE } from '../../kit/run/run.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'

/** Handles that are left open fail each file of tests. */
test('a shift of a tls rule, and the end of the sandbox, leave no socket open', async () => {
  const weights = { v1: 80, v2: 20 }
  const sandbox = await startSandbox({ web: { http: weights, tls: weights }, debounceMs: 10 })
  const { outcome } = await runHttp(sandbox, {
    'virtual-service': 'web-tls',
    probe: 'http',
    'probe-insecure': 'true',
    subset: 'v2',
    weight: '50',
    tolerance: '20',
    confidence: SURE,
  })
  expect(outcome.verdict).toBe('pass')
  await sandbox.stop()
})

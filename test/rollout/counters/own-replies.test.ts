import { expect, test } from 'vitest'
import { runOn, WEB } from '../../../kit/run/run.ts'
import { COUNTERS, mesh } from './support/mesh.ts'

const TCP = { ...COUNTERS, expect: '{v1: "^one", v2: "^two"}', weight: '50' }
const HTTP = { ...WEB, ...COUNTERS, expect: WEB.expect, weight: '50' }
const http = () => mesh({ weights: {}, web: { http: { v1: 80, v2: 20 } } })

test('with expect, the counters show the split, and own replies how long they take', async () => {
  const sandbox = await mesh()
  const limit = { 'max-latency': 'p90=1s', 'health-span': '0s' }
  const { outcome, log } = await runOn(sandbox, { ...TCP, ...limit })
  expect(outcome).toMatchObject({ verdict: 'pass', weights: { v1: 50, v2: 50 } })
  expect(log).toContain('those of users included')
  expect(outcome.checks[0]?.latencies?.[1]?.count).toBeGreaterThan(50)
})

test('own replies that are too slow are rolled back', async () => {
  const sandbox = await mesh()
  await sandbox.faults.destination('v2', { kind: 'slow', delayMs: 60 })
  const limit = { 'max-latency': 'p90=30ms', 'health-span': '0s' }
  const { outcome } = await runOn(sandbox, { ...TCP, ...limit })
  expect(outcome).toMatchObject({ verdict: 'fail', reason: 'unhealthy', rolledBack: true })
  expect(outcome.message).toContain('max-latency')
})

test('errors are those that errors says, also where proxies count a success', async () => {
  const sandbox = await http()
  await sandbox.faults.destination('v2', { kind: 'status', status: 404 }, { every: 2 })
  const { outcome } = await runOn(sandbox, { ...HTTP, errors: '4xx' })
  expect(outcome).toMatchObject({ verdict: 'fail', reason: 'unhealthy', rolledBack: true })
  expect(outcome.message).toContain('v2 has a higher error rate than the others')
})

test('replies that no expectation matches are rolled back, whatever the counters show', async () => {
  const sandbox = await mesh()
  const onLine = (text: string) => {
    if (text.startsWith('Written'))
      void sandbox.faults.destination('v2', { kind: 'prefix', prefix: 'other' })
  }
  const { outcome } = await runOn(sandbox, TCP, { onLine })
  expect(outcome).toMatchObject({ verdict: 'fail', reason: 'no-reply', rolledBack: true })
})

test('an expectation that is missing is an error before the write', async () => {
  const sandbox = await mesh()
  const { outcome } = await runOn(sandbox, { ...TCP, expect: '{v1: "^one"}' })
  expect(outcome).toMatchObject({ verdict: 'error', wrote: false, code: 'ITS-EXPECT-INCOMPLETE' })
})

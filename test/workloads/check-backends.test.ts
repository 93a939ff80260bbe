import { afterAll, beforeAll, expect, test } from 'vitest'
import { respond } from '../../sandbox/faults/api-acts.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { checkBackends } from '../../src/workloads/check-backends.ts'
import { apiOf, NEVER } from '../kube/support/cluster.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.stop())

function look(host: string, subset: string, signal = NEVER) {
  const api = apiOf(sandbox.kubeconfig)
  const where = {
    api,
    workloads: api,
    istioVersion: 'v1',
    kind: 'VirtualService',
    namespace: 'demo',
  }
  const destination = { host, port: 9000, subset, weight: undefined }
  return checkBackends(where, [{ name: subset, destination }], signal)
}

test('a subset that is defined has its Pods counted', async () => {
  const { counts, findings } = await look('tcp-echo', 'v1')
  expect(findings).toEqual([])
  expect(counts).toMatchObject([{ name: 'v1', counted: { ready: 1, pods: 1 } }])
})

test('of a subset that nobody defines there is a finding and no count', async () => {
  const { counts, findings } = await look('tcp-echo', 'v9')
  expect(counts).toEqual([])
  expect(findings).toMatchObject([{ severity: 'error', reason: 'preflight' }])
})

test('that Pods cannot be read does not hide what the rules show', async () => {
  await sandbox.faults.api({
    match: { method: 'GET', path: /\/pods\b/ },
    act: respond(400, { body: { message: 'no Pods today' } }),
  })
  const { counts, findings, failures } = await look('tcp-echo', 'v9')
  await sandbox.faults.clear()
  expect(counts).toEqual([])
  expect(findings).toMatchObject([{ severity: 'error', reason: 'preflight' }])
  expect(failures.map(String)).toEqual(['ApiError: no Pods today'])
})

test('rules that cannot be read are told of once, also where no Service waits for them', async () => {
  const gone = AbortSignal.abort(new Error('the run is over'))
  for (const host of ['tcp-echo', 'echo.example.com']) {
    const { counts, findings, failures } = await look(host, 'v1', gone)
    expect({ counts, findings }).toEqual({ counts: [], findings: [] })
    expect(new Set(failures.map(String)).size).toBe(1)
  }
})

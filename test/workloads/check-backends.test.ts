import { afterAll, beforeAll, expect, test } from 'vitest'
import { respond } from '../../sandbox/faults/api-acts.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { checkBackends } from '../../src/workloads/check-backends.ts'
import { apiOf, NEVER } from '../kube/support/cluster.ts'
import { destinationOf } from '../routes/support/objects.ts'

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
    apiVersion: 'v1',
    kind: 'VirtualService',
    namespace: 'demo',
  }
  const destination = destinationOf(host, { port: 9000, subset })
  return checkBackends(where, [{ name: subset, destination }], signal)
}

test('the Pods of a subset that a DestinationRule defines are counted', async () => {
  const { counts, findings } = await look('tcp-echo', 'v1')
  expect(findings).toEqual([])
  expect(counts).toMatchObject([{ name: 'v1', counted: { ready: 1, pods: 1 } }])
})

test('a subset that no DestinationRule defines has a finding and no count', async () => {
  const { counts, findings } = await look('tcp-echo', 'v9')
  expect(counts).toEqual([])
  expect(findings).toMatchObject([{ severity: 'error', reason: 'preflight' }])
})

test('Pods that cannot be read do not hide what the DestinationRules show', async () => {
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

test('DestinationRules that cannot be read are reported once, also if no host is a Service', async () => {
  const gone = AbortSignal.abort(new Error('the run is over'))
  for (const host of ['tcp-echo', 'echo.example.com']) {
    const { counts, findings, failures } = await look(host, 'v1', gone)
    expect({ counts, findings }).toEqual({ counts: [], findings: [] })
    expect(new Set(failures.map(String)).size).toBe(1)
  }
})

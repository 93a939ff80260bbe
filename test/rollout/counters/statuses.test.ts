import { expect, test } from 'vitest'
import { runOn, WEB } from '../../../kit/run/run.ts'
import { COUNTERS, mesh, webUsers } from './support/mesh.ts'

const USERS = { ...WEB, ...COUNTERS, rate: undefined, traffic: 'users', weight: '50' }
const http = () => mesh({ proxies: 'statistics', weights: {}, web: { http: { v1: 80, v2: 20 } } })

test('statuses that users get are errors where errors says so', async () => {
  const sandbox = await http()
  webUsers(sandbox)
  await sandbox.faults.destination('v2', { kind: 'status', status: 404 }, { every: 2 })
  const { outcome } = await runOn(sandbox, { ...USERS, errors: '4xx' })
  expect(outcome).toMatchObject({ verdict: 'fail', reason: 'unhealthy', rolledBack: true })
  expect(outcome.message).toContain('v2 has a higher error rate than the others')
})

test('a status that errors leaves out is none', async () => {
  const sandbox = await http()
  webUsers(sandbox)
  await sandbox.faults.destination('v2', { kind: 'status', status: 503 }, { every: 2 })
  const { outcome } = await runOn(sandbox, { ...USERS, errors: '500' })
  expect(outcome.verdict).toBe('pass')
})

test('errors is refused for connections, which have no status', async () => {
  const sandbox = await mesh()
  const { outcome } = await runOn(sandbox, { ...COUNTERS, weight: '50', errors: '5xx' })
  expect(outcome).toMatchObject({ verdict: 'error', wrote: false, code: 'ITS-INPUTS-CONFLICT' })
})

test('errors is refused before the write where the versions of subsets do not tell them apart', async () => {
  const sandbox = await http()
  const rules = { group: 'networking.istio.io', resource: 'destinationrules', namespace: 'demo' }
  sandbox.objects.patch(
    { ...rules, name: 'web' },
    {
      spec: {
        subsets: [
          { name: 'v1', labels: { track: 'a' } },
          { name: 'v2', labels: { track: 'b' } },
        ],
      },
    },
  )
  const { outcome } = await runOn(sandbox, { ...WEB, ...COUNTERS, weight: '50', errors: '4xx' })
  expect(outcome).toMatchObject({ wrote: false, code: 'ITS-STATUSES-NOT-COUNTED' })
})

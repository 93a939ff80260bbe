import { expect, test } from 'vitest'
import { runOn } from '../../../kit/run/run.ts'
import { COUNTERS, mesh, users } from './support/mesh.ts'

const USERS = { ...COUNTERS, rate: undefined, traffic: 'users' }

test('a shift is confirmed by what users do, and the run opens no connection to the gateway', async () => {
  const sandbox = await mesh()
  users(sandbox)
  const { outcome, log } = await runOn(sandbox, { ...USERS, weight: '50' })
  expect(outcome).toMatchObject({ verdict: 'pass', weights: { v1: 50, v2: 50 } })
  expect(log).toContain('connections of users')
  expect(log).not.toContain('Preflight: ')
  expect(log).not.toContain('ITS-GATEWAY-NOT-COUNTED')
})

test('a split that is not that of the weights is rolled back', async () => {
  const sandbox = await mesh()
  users(sandbox)
  await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 0.75, v2: 0.25 } })
  const { outcome } = await runOn(sandbox, { ...USERS, weight: '50' })
  expect(outcome).toMatchObject({ verdict: 'fail', reason: 'off-target', rolledBack: true })
})

test('a version that refuses connections is rolled back', async () => {
  const sandbox = await mesh()
  users(sandbox)
  await sandbox.faults.destination('v2', { kind: 'dead' })
  const { outcome } = await runOn(sandbox, { ...USERS, weight: '50' })
  expect(outcome).toMatchObject({ verdict: 'fail', reason: 'unhealthy', rolledBack: true })
  expect(outcome.message).toContain('v2 has a higher error rate than the others')
})

test('nothing is written where users do too little for a check to end', async () => {
  const sandbox = await mesh()
  const { outcome } = await runOn(sandbox, {
    ...USERS,
    tolerance: '2',
    weight: '50',
    timeout: '20s',
  })
  expect(outcome).toMatchObject({ verdict: 'error', wrote: false })
  expect(outcome.code).toBe('ITS-TOO-LITTLE-TRAFFIC')
})

test('weights that are in force are verified by what users do', async () => {
  const sandbox = await mesh()
  users(sandbox)
  const inputs = { ...USERS, mode: 'verify', subset: undefined, weights: 'current' }
  expect((await runOn(sandbox, inputs)).outcome).toMatchObject({ verdict: 'pass', wrote: false })
})

test('endpoints of the gateway that are no proxies that are read are named in a warning', async () => {
  const sandbox = await mesh()
  users(sandbox)
  sandbox.objects.create({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'from-another-network',
      namespace: 'istio-system',
      labels: { 'kubernetes.io/service-name': 'istio-ingressgateway' },
    },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['192.0.2.7'], conditions: { ready: true } }],
    ports: [{ name: 'tcp', port: 31400, protocol: 'TCP' }],
  })
  const { record } = await runOn(sandbox, { ...USERS, weight: '50' })
  const warnings = record.findings.map(({ code, what }) => [code, what])
  expect(warnings).toContainEqual([
    'ITS-GATEWAY-NOT-COUNTED',
    'Service istio-system/istio-ingressgateway also leads to 192.0.2.7, which is not read. What users do there is not counted.',
  ])
})

test('tunnels that break while users are counted are opened again', async () => {
  const sandbox = await mesh()
  users(sandbox)
  let isBroken = false
  const breakOnce = (line: string) => {
    if (isBroken || !line.includes('proxies have')) return
    isBroken = true
    sandbox.tunnels.break()
  }
  const inputs = { ...USERS, weight: '50' }
  const { outcome } = await runOn(sandbox, inputs, { onLine: breakOnce, countersLostMs: 3000 })
  expect(isBroken).toBe(true)
  expect(outcome).toMatchObject({ verdict: 'pass' })
})

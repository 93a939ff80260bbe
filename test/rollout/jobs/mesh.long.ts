import { describe, expect, test } from 'vitest'
import { MESH_RULES, type MeshRule } from '../../../kit/run/mesh-rules.ts'
import { runOn, SURE } from '../../../kit/run/run.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { sandboxWith } from '../../kube/support/cluster.ts'
import { nothingLeft } from './support/left.ts'

const SHIFT = {
  connect: 'job',
  proxies: 'off',
  weight: '60',
  tolerance: '35',
  confidence: SURE,
  rate: '200',
  timeout: '60s',
}

const { 'a VirtualService without gateways': PLAIN, ...OTHERS } = MESH_RULES

async function mesh(rule: MeshRule): Promise<Sandbox> {
  const sandbox = await sandboxWith({ web: true, jobs: true, gatewayApi: true, debounceMs: 10 })
  sandbox.objects.create(rule.object({ v1: 80, v2: 20 }))
  await sandbox.applied()
  return sandbox
}

function shift(sandbox: Sandbox, rule: MeshRule, inputs: Record<string, string | undefined> = {}) {
  const { object } = rule.inputs
  const [v1, v2] = [rule.destination('v1'), rule.destination('v2')]
  return runOn(sandbox, {
    ...SHIFT,
    object,
    'virtual-service': undefined,
    expect: `{${v1}: {header: {x-version: '^v1$'}}, ${v2}: {header: {x-version: '^v2$'}}}`,
    subset: v2,
    ...inputs,
  })
}

describe('Pods of a Job in the mesh', () => {
  test.each(Object.entries(OTHERS))('confirm a shift of %s', async (_, rule) => {
    const sandbox = await mesh(rule)
    const { outcome, log } = await shift(sandbox, rule)
    expect({ outcome, log }).toMatchObject({
      outcome: { verdict: 'pass', weights: { [rule.destination('v2')]: 60 } },
    })
    expect(log).toContain('Address in the mesh: ')
    expect(log).toContain('a Pod of a Job in namespace demo, through its own new sidecar')
    await nothingLeft(sandbox)
  })

  test('refute a split of a VirtualService without gateways that their sidecars do not make, and the weights are restored', async () => {
    const sandbox = await mesh(PLAIN)
    await sandbox.faults.sidecar({ kind: 'shares', shares: { v1: 0.98, v2: 0.02 } })
    const { outcome } = await shift(sandbox, PLAIN, { weight: '90', 'propagation-timeout': '1s' })
    expect(outcome).toMatchObject({ verdict: 'fail', rolledBack: true })
    await nothingLeft(sandbox)
  })
})

test('Pods on the network of their node, which are not part of the mesh, are refused before the write', async () => {
  const sandbox = await mesh(PLAIN)
  const { outcome } = await shift(sandbox, PLAIN, { 'job-template': '{spec: {hostNetwork: true}}' })
  expect(outcome).toMatchObject({ wrote: false, code: 'ITS-JOB-HOST-NETWORK' })
  await nothingLeft(sandbox)
})

test('without a Job, an error names connect: job and client-pods', async () => {
  const sandbox = await mesh(PLAIN)
  const { outcome } = await shift(sandbox, PLAIN, { connect: undefined })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
  expect(JSON.stringify(outcome.problems)).toMatch(/connect: job.*client-pods/)
})

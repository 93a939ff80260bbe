import { afterEach, beforeEach, expect, test } from 'vitest'
import { weightsOn } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ separateClusters: true })
})
afterEach(() => sandbox.stop())

test('with Istio objects behind one API server, and Services and Pods behind another, a shift finds its way and passes', async () => {
  const { outcome, log, record } = await runOn(sandbox, {
    subset: 'v2',
    weight: '20',
    tolerance: '15',
    'gateway-kubeconfig': sandbox.gatewayKubeconfig,
  })
  expect(outcome.verdict).toBe('pass')
  expect(record.findings).toEqual([])
  expect(log).toMatch(/Services and Pods on https:/)
  expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
})

test('without the second kubeconfig the gateway is not found, and nothing is written', async () => {
  const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '20' })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
  expect(outcome.remedy).toMatch(/gateway-kubeconfig/)
  expect(weightsOn(sandbox)).toEqual({ v1: undefined })
})

test('a second kubeconfig that is given but empty is an error', async () => {
  const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '20', 'gateway-kubeconfig': '' })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'input' })
  expect(outcome.message).toContain('gateway-kubeconfig')
})

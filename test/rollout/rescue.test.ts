import { expect, onTestFinished, test } from 'vitest'
import { weightsOn, writes } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

async function mesh(): Promise<Sandbox> {
  const sandbox = await startSandbox({ weights: { v1: 100, v2: 0 } })
  onTestFinished(() => sandbox.stop())
  return sandbox
}

const ALL = { subset: 'v2', weight: '100' }

test('all traffic moves away from a version without a ready Pod, with a warning that says why', async () => {
  const sandbox = await mesh()
  await sandbox.faults.destination('v1', { kind: 'not-ready' })
  await sandbox.applied()
  const { outcome, record } = await runOn(sandbox, ALL)
  expect(outcome.verdict).toBe('pass')
  expect(weightsOn(sandbox)).toEqual({ v1: 0, v2: 100 })
  expect(record.findings).toContainEqual(
    expect.objectContaining({
      severity: 'warning',
      what: expect.stringMatching(/^v1 has 100% and no ready Pod, and none of 10 connections/),
    }),
  )
})

test('a write that leaves traffic to a version without a ready Pod is refused with the cause and the way out', async () => {
  const sandbox = await mesh()
  await sandbox.faults.destination('v1', { kind: 'not-ready' })
  await sandbox.applied()
  const { outcome } = await runOn(sandbox, { ...ALL, steps: '50' })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
  expect(outcome.message).toContain('v1 has 100% and no ready Pod')
  expect(outcome.remedy).toMatch(/get pods --selector/)
  expect(outcome.remedy).toContain('To move all traffic away from v1, write 0% at once')
  expect(writes(sandbox)).toEqual([])
})

test('a version that fails although its Pods are ready loses its traffic to a run with on-failure keep only', async () => {
  const sandbox = await mesh()
  await sandbox.faults.destination('v1', { kind: 'dead' })
  const refused = await runOn(sandbox, ALL)
  expect(refused.outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
  expect(refused.outcome.message).toMatch(
    /v1 has 100% and \d+ ready Pods?, so the gateway, the probe or v1/,
  )
  expect(refused.outcome.remedy).toContain('on-failure: keep')
  const { outcome } = await runOn(sandbox, { ...ALL, 'on-failure': 'keep' })
  expect(outcome.verdict).toBe('pass')
  expect(weightsOn(sandbox)).toEqual({ v1: 0, v2: 100 })
})

test('a verify names the version without a ready Pod where no connection is answered', async () => {
  const sandbox = await mesh()
  await sandbox.faults.destination('v1', { kind: 'not-ready' })
  await sandbox.applied()
  const { outcome } = await runOn(sandbox, { mode: 'verify', weights: 'current' })
  expect(outcome.message).toContain('v1 has 100% and no ready Pod')
})

import { describe, expect, test } from 'vitest'
import { runOn } from '../../../kit/run/run.ts'
import { sandboxWith } from '../../kube/support/cluster.ts'
import { created, nothingLeft } from './support/left.ts'
import { SHIFT as JOB_SHIFT, PACE } from './support/shift.ts'

const SHIFT = { ...JOB_SHIFT, timeout: '60s' }
const MESH = {
  weights: { v1: 80, v2: 20 },
  jobs: { 'node-a': 'zone-a', 'node-b': 'zone-b' },
}

describe('a shift with connect: job', () => {
  test('takes its samples from the Pods of Jobs, shows those of each zone, and leaves none of the Pods', async () => {
    const sandbox = await sandboxWith(MESH)
    const { outcome, log } = await runOn(sandbox, { ...SHIFT, 'job-pods': '2' })
    expect(outcome).toMatchObject({ verdict: 'pass', weights: { v1: 40, v2: 60 } })
    expect(log).toMatch(/from 2 Pods of a Job in namespace demo/)
    const [{ places = [], attempts = [] } = {}] = outcome.checks
    expect(places.map(({ kind, name, pods }) => `${kind} ${name} ${pods}`).sort()).toEqual([
      'zone zone-a 1',
      'zone zone-b 1',
    ])
    const samples = places.reduce((sum, place) => sum + place.samples, 0)
    expect(samples).toBe(attempts.at(-1)?.samples)
    expect(log).toContain('By zone:')
    // The first one measures the pace of the second one.
    expect(created(sandbox, 'jobs')).toHaveLength(2)
    expect(created(sandbox, 'secrets')).toEqual([])
    await nothingLeft(sandbox)
  })

  test('needs one Job with rate, and sends a payload to its Pods in a Secret', async () => {
    const sandbox = await sandboxWith(MESH)
    const { outcome } = await runOn(sandbox, { ...SHIFT, ...PACE, payload: 'sesame\\n' })
    expect(outcome).toMatchObject({ verdict: 'pass' })
    const [job, ...others] = created(sandbox, 'jobs')
    expect(others).toEqual([])
    expect(JSON.stringify(job)).not.toMatch(/sesame|c2VzYW1l|shareProcessNamespace/)
    expect(created(sandbox, 'secrets')).toHaveLength(1)
    await nothingLeft(sandbox)
  })

  test('lets the Pods of a command share processes, because Node.js does not reap what commands leave', async () => {
    const sandbox = await sandboxWith(MESH)
    await sandbox.faults.job({ kind: 'refused', message: 'exceeded quota: small' })
    const command = { probe: 'command', 'probe-command': 'client' }
    await runOn(sandbox, { ...SHIFT, ...command, rate: '20', timeout: '8s' })
    expect(created(sandbox, 'jobs').join()).toContain('"shareProcessNamespace":true')
    await nothingLeft(sandbox)
  })

  test('fails for a split that the gateway does not make, and restores the weights', async () => {
    const sandbox = await sandboxWith(MESH)
    await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 0.98, v2: 0.02 } })
    const { outcome } = await runOn(sandbox, {
      ...SHIFT,
      ...PACE,
      weight: '90',
      'propagation-timeout': '1s',
    })
    expect(outcome).toMatchObject({ verdict: 'fail', rolledBack: true })
    await nothingLeft(sandbox)
  })
})

test('verify with connect: job writes nothing to the route object', async () => {
  const sandbox = await sandboxWith(MESH)
  const { outcome } = await runOn(sandbox, {
    ...SHIFT,
    ...PACE,
    mode: 'verify',
    subset: undefined,
    weight: undefined,
    weights: 'current',
  })
  expect(outcome).toMatchObject({ verdict: 'pass', wrote: false })
  await nothingLeft(sandbox)
})

test('plan starts no Job', async () => {
  const sandbox = await sandboxWith(MESH)
  const { outcome } = await runOn(sandbox, { ...SHIFT, mode: 'plan' })
  expect(outcome).toMatchObject({ verdict: 'planned' })
  expect(created(sandbox, 'jobs')).toEqual([])
})

test('counters of the proxies can be the evidence of connections from Pods', async () => {
  const sandbox = await sandboxWith({ ...MESH, proxies: true })
  const { outcome } = await runOn(sandbox, {
    ...SHIFT,
    ...PACE,
    proxies: undefined,
    expect: undefined,
    evidence: 'counters',
  })
  expect(outcome).toMatchObject({ verdict: 'pass' })
  await nothingLeft(sandbox)
})

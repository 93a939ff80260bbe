import { afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { MESH_RULES, type MeshRule } from '../../kit/run/mesh-rules.ts'
import { parseJson } from '../../sandbox/objects/json.ts'
import { faultyVersion } from '../faults/faulty.ts'
import { clientRoutesChanged } from '../objects/envoy-filters.ts'
import { PROXY_PODS } from '../processes/envoy/proxy-pods.ts'
import { startSidecar } from '../processes/envoy.ts'
import { startJobs } from '../processes/jobs.ts'
import { killProcess } from '../processes/process.ts'
import { podName } from '../processes/web.ts'
import { type Ended, runJob } from './support/job.ts'
import { nothingLeft } from './support/left-of-jobs.ts'
import { CLIENTS, clientSplits, lend, lendRule, meshClients } from './support/mesh-clients.ts'
import { api, objectText } from './support/route.ts'
import { NOT_THE_TUTORIAL } from './support/web.ts'

const configuration = meshClients()
beforeAll(startJobs)
afterEach(() => configuration().release())

const BEFORE = { v1: 80, v2: 20 }
const RULE = MESH_RULES['a VirtualService without gateways']

/** A shift of the rule to 60% of v2, with samples from eight Pods that each have a sidecar. */
function shift(rule: MeshRule, inputs: Record<string, string | undefined> = {}): Promise<Ended> {
  const [v1, v2] = [rule.destination('v1'), rule.destination('v2')]
  return runJob({
    ...NOT_THE_TUTORIAL,
    object: rule.inputs.object,
    expect: `{${v1}: ${podName('v1')}, ${v2}: ${podName('v2')}}`,
    connect: 'job',
    'job-pods': '8',
    proxies: 'off',
    subset: v2,
    weight: '60',
    tolerance: '10',
    'propagation-timeout': '5s',
    ...inputs,
  })
}

async function textOf(rule: MeshRule): Promise<string> {
  return objectText(await api.read(rule.object(BEFORE)))
}

/** A run of the rule that fails, restores the weights byte for byte, and leaves nothing of its Job. */
async function refuted(inputs: Record<string, string | undefined> = {}): Promise<Ended> {
  const before = await textOf(RULE)
  const run = await shift(RULE, inputs)
  expect(run.outputs, run.text).toMatchObject({ verdict: 'fail', 'rolled-back': 'true' })
  expect(await textOf(RULE)).toBe(before)
  await nothingLeft()
  return run
}

describe('eight Pods of a Job, each behind a sidecar of the mesh,', () => {
  test.each(['a VirtualService without gateways', 'an HTTPRoute of a Service'] as const)(
    'confirm a shift of %s, and nothing of them is left',
    async (name) => {
      const rule = MESH_RULES[name]
      const v2 = rule.destination('v2')
      await lendRule(rule, BEFORE)
      const run = await shift(rule)
      expect(run.outputs, run.text).toMatchObject({ verdict: 'pass' })
      expect(parseJson(run.outputs.weights ?? '')).toMatchObject({ [v2]: 60 })
      expect(run.text).toMatch(/from 8 Pods of a Job .* each through its own new sidecar/)
      for (const client of CLIENTS)
        await clientSplits(client, rule.port, { [rule.destination('v1')]: 40, [v2]: 60 })
      await nothingLeft()
    },
  )

  test('refute a split that no dump of their sidecars shows', async () => {
    // Far from the hidden 90/10, so that nothing can be taken for the previous weights.
    await lendRule(RULE, { v1: 50, v2: 50 })
    for (const client of CLIENTS)
      await lend(clientRoutesChanged(PROXY_PODS[client].pod, 'hidden-weights'))
    const run = await refuted()
    expect(run.outputs.reason, run.text).toBe('off-target')
  })

  test('refute weights that the sidecars of half of them have not received', async () => {
    await lendRule(RULE, BEFORE)
    configuration().hold()
    const run = await refuted()
    expect(['off-target', 'not-propagated'], run.text).toContain(run.outputs.reason)
  })

  test('find a new version that answers with errors', async () => {
    await lendRule(RULE, BEFORE)
    const error = { kind: 'status', status: 500 } as const
    onTestFinished(await faultyVersion('web', 'v2', error, { share: 0.3 }))
    const run = await refuted()
    expect(run.outputs.reason, run.text).toBe('unhealthy')
  })

  test('are named before the write if a sidecar of theirs is never ready', async () => {
    await lendRule(RULE, BEFORE)
    const before = await textOf(RULE)
    await killProcess(PROXY_PODS.client.process)
    onTestFinished(() => startSidecar('client'))
    const run = await shift(RULE, { timeout: '20s' })
    expect(run.outputs, run.text).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(run.text).toContain('ITS-JOB-SIDECAR-NOT-READY')
    expect(await textOf(RULE)).toBe(before)
    await nothingLeft()
  })
})

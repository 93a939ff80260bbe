import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { listAt, textAt } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { startJobs } from '../processes/jobs.ts'
import { within } from '../processes/within.ts'
import { type Ended, ended, runJob, step, warnings } from './support/job.ts'
import { nothingLeft } from './support/left-of-jobs.ts'
import { api, gatewaySplits, routeIs, routeText } from './support/route.ts'

const SMALL = 'small-quota'
const RESTRICTED = 'restricted'

beforeAll(async () => {
  await startJobs()
  await api.create(namespace(SMALL, {}))
  await api.create(namespace(RESTRICTED, { 'pod-security.kubernetes.io/enforce': 'restricted' }))
})

let before: string
beforeEach(async () => {
  await routeIs({ v1: 80, v2: 20 })
  await gatewaySplits({ v1: 80, v2: 20 })
  before = await routeText()
})

const BY_JOB = {
  connect: 'job',
  proxies: 'off',
  subset: 'v2',
  weight: '60',
  tolerance: '10',
  rate: '200',
}

function namespace(name: string, labels: Record<string, string>): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
}

/** A quota of Pods until the test ends. No controller counts the namespace's Pods, of which it has none. */
async function lendQuota(pods: string): Promise<void> {
  const quota: KubeObject = {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'pods', namespace: SMALL },
    spec: { hard: { pods } },
    status: { hard: { pods }, used: { pods: '0' } },
  }
  await api.create(quota)
  onTestFinished(() => api.remove(quota))
}

async function refusedPods(inputs: Record<string, string>): Promise<Ended> {
  const run = await runJob({ ...BY_JOB, timeout: '40s', ...inputs })
  expect(run.outputs, run.text).toMatchObject({ verdict: 'error', reason: 'preflight' })
  expect(run.text).toContain('ITS-JOB-PODS-REFUSED')
  expect(await routeText()).toBe(before)
  await nothingLeft()
  return run
}

describe('a Job whose Pods the API server refuses is an error before the write', () => {
  test.each([
    ['all', '0', '1'],
    ['one of two', '1', '2'],
  ])('because a ResourceQuota leaves no room for %s', async (_, room, pods) => {
    await lendQuota(room)
    const run = await refusedPods({ 'job-namespace': SMALL, 'job-pods': pods })
    expect(run.text).toContain('exceeded quota: pods')
    expect(run.text).toMatch(/ describe resourcequota,limitrange/)
  })

  test('because of the Pod Security level of the namespace', async () => {
    const template = '{spec: {securityContext: {runAsNonRoot: false}}}'
    const run = await refusedPods({ 'job-namespace': RESTRICTED, 'job-template': template })
    expect(run.text).toContain('violates PodSecurity "restricted:latest"')
    expect(run.text).toMatch(/ get namespace 'restricted' --show-labels/)
  })
})

const CLIENT = `node -e "const s=require('net').connect(process.env.PROBE_PORT,process.env.PROBE_HOST);s.write('x\\n');s.once('data',(d)=>{process.stdout.write(d);s.destroy()})"`

test.each([
  ['of tcp', {}],
  ['of a command', { probe: 'command', 'probe-command': CLIENT, payload: undefined }],
])('samples %s can be taken by Pods at the Pod Security level restricted', async (_, probe) => {
  const verify = { mode: 'verify', weight: '20', tolerance: '30', rate: '20' }
  const run = await runJob({ ...BY_JOB, ...verify, ...probe, 'job-namespace': RESTRICTED })
  expect(run.outputs, run.text).toMatchObject({ verdict: 'pass' })
  expect(run.text).toMatch(/from a Pod of a Job in namespace restricted/)
  await nothingLeft()
})

/** What is deleted by somebody else. */
type Deleted = 'jobs' | 'pods'
const PATHS: Readonly<Record<Deleted, string>> = {
  jobs: '/apis/batch/v1/namespaces/demo/jobs',
  pods: '/api/v1/namespaces/demo/pods',
}

async function deleteOne(what: Deleted): Promise<void> {
  const query = '?labelSelector=app.kubernetes.io%2Fmanaged-by%3Distio-traffic-shift'
  const { body } = await api.call('GET', `${PATHS[what]}${query}`)
  const name = textAt(listAt(body, 'items')[0] ?? null, 'metadata', 'name')
  if (name === undefined) throw new Error(`there are no ${what} of a run`)
  await api.call('DELETE', `${PATHS[what]}/${name}?propagationPolicy=Background`)
}

/** A run in whose interval after the first step somebody deletes something. */
async function disturbed(what: Deleted, inputs: Record<string, string>): Promise<Ended> {
  const running = step({ ...BY_JOB, steps: '40', 'step-interval': '20s', ...inputs })
  const main = running.main()
  await within(60_000, 'the write', async () => (await routeText()) !== before)
  await deleteOne(what)
  return ended(running, main)
}

describe('after the write', () => {
  test.each(['jobs', 'pods'] as const)(
    'the weights are restored when somebody deletes the only one of the %s',
    async (what) => {
      const run = await disturbed(what, {})
      expect(run.outputs, run.text).toMatchObject({ verdict: 'error', 'rolled-back': 'true' })
      expect(run.text).toContain('ITS-JOB-BROKEN')
      expect(run.text).toContain('was deleted')
      expect(await routeText()).toBe(before)
      await nothingLeft()
    },
  )

  test('a run goes on with the other Pod when somebody deletes one', async () => {
    const run = await disturbed('pods', { 'job-pods': '2' })
    expect(run.outputs, run.text).toMatchObject({ verdict: 'pass' })
    expect(warnings(run.report).join('\n'), run.text).toContain('was deleted')
    await nothingLeft()
  })
})

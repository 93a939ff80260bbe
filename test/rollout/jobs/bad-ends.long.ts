import { describe, expect, test } from 'vitest'
import { MESH_RULES } from '../../../kit/run/mesh-rules.ts'
import { runOn } from '../../../kit/run/run.ts'
import { deniedBy } from '../../../sandbox/faults/api-acts.ts'
import type { JobFault } from '../../../sandbox/faults/job-fault.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { sandboxWith } from '../../kube/support/cluster.ts'
import { created, leftOn, nothingLeft } from './support/left.ts'
import { SHIFT as JOB_SHIFT, PACE } from './support/shift.ts'

const SHIFT = { ...JOB_SHIFT, ...PACE }
/** Its quarter is how long a Pod may not come to probing. */
const SHORT = { timeout: '8s' }
const MESH = { weights: { v1: 80, v2: 20 }, jobs: true }
const PODS = { group: '', resource: 'pods', namespace: 'demo' }

const SECURITY =
  'violates PodSecurity "restricted:latest": runAsNonRoot != true (pod must set securityContext.runAsNonRoot=true)'

/** Resolves when a line of the log of a run has this text. */
function onceSaid(text: RegExp, act: () => unknown) {
  let isDone = false
  return (line: string) => {
    if (isDone || !text.test(line)) return
    isDone = true
    act()
  }
}

function firstPod(sandbox: Sandbox): string {
  const [name = ''] = sandbox.jobs.pods()
  return name
}

describe('fault 34: a Job that cannot probe', () => {
  test.each<[JobFault, string, RegExp]>([
    [{ kind: 'image' }, 'ITS-JOB-IMAGE-NOT-PULLED', / run image-test .*--image 'node:24-alpine'/],
    [{ kind: 'unschedulable' }, 'ITS-JOB-NOT-SCHEDULED', / describe nodes$/m],
    [
      { kind: 'refused', message: 'exceeded quota: small, requested: pods=1, limited: pods=2' },
      'ITS-JOB-PODS-REFUSED',
      / describe resourcequota,limitrange$/m,
    ],
    [
      { kind: 'refused', message: SECURITY },
      'ITS-JOB-PODS-REFUSED',
      / get namespace 'demo' --show-labels$/m,
    ],
    [{ kind: 'slow-start' }, 'ITS-JOB-PODS-LATE', / get events$/m],
  ])(
    'by the fault %o ends the run before the write, as %s, with a command',
    async (fault, code, command) => {
      const sandbox = await sandboxWith(MESH)
      await sandbox.faults.job(fault)
      const { outcome } = await runOn(sandbox, { ...SHIFT, ...SHORT })
      expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight', wrote: false })
      expect(outcome.problems?.map((problem) => problem.code)).toEqual([code])
      expect(outcome.remedy).toMatch(command)
      await nothingLeft(sandbox)
    },
  )

  test('by a misspelt field of job-template ends the run before the write, with the words of the API server', async () => {
    const sandbox = await sandboxWith(MESH)
    const template = { 'job-template': '{spec: {nodeSelektor: {pool: probes}}}' }
    const { outcome } = await runOn(sandbox, { ...SHIFT, ...template })
    expect(outcome).toMatchObject({ wrote: false, code: 'ITS-JOB-REFUSED' })
    expect(outcome.message).toContain('unknown field "spec.template.spec.nodeSelektor"')
    await nothingLeft(sandbox)
  })

  test('by a list of Pods that does not arrive ends the run before the write, and the message does not say that Pods are refused', async () => {
    const sandbox = await sandboxWith(MESH)
    const match = { method: 'GET', path: /\/pods\?labelSelector=/ }
    await sandbox.faults.api({ match, act: async () => ({ kind: 'hang' }) })
    const { outcome } = await runOn(sandbox, { ...SHIFT, ...SHORT })
    expect(outcome).toMatchObject({ wrote: false, code: 'ITS-JOB-PODS-LATE' })
    expect(outcome.message).toBe(
      'Time ran out before the API server answered which Pods the Job has.',
    )
    await nothingLeft(sandbox)
  })

  test('by logs that do not arrive ends the run before the write, and the advice is not about the image', async () => {
    const sandbox = await sandboxWith(MESH)
    await sandbox.faults.api({ match: { path: /\/log\?/ }, act: async () => ({ kind: 'hang' }) })
    const { outcome } = await runOn(sandbox, { ...SHIFT, ...SHORT })
    expect(outcome).toMatchObject({ wrote: false, code: 'ITS-JOB-PODS-LATE' })
    expect(outcome.remedy).toMatch(
      /proxies between this machine and the API server.* logs --follow POD/s,
    )
    await nothingLeft(sandbox)
  })

  test('with a sidecar that is never ready ends the run before the write', async () => {
    const rule = MESH_RULES['a VirtualService without gateways']
    const sandbox = await sandboxWith({ web: true, jobs: true })
    sandbox.objects.create(rule.object({ v1: 80, v2: 20 }))
    await sandbox.applied()
    await sandbox.faults.job({ kind: 'never-ready' })
    const { outcome } = await runOn(sandbox, {
      ...SHIFT,
      timeout: '12s',
      'virtual-service': 'web-mesh',
      expect: 'stamp',
    })
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight', wrote: false })
    expect(outcome.problems?.map(({ code }) => code)).toEqual(['ITS-JOB-SIDECAR-NOT-READY'])
    await nothingLeft(sandbox)
  })
})

test('where the command is not in the image of the Pods, the command to try it runs it in that image', async () => {
  const sandbox = await sandboxWith(MESH)
  const { outcome } = await runOn(sandbox, {
    ...SHIFT,
    ...SHORT,
    probe: 'command',
    'probe-command': 'no-such-command',
    'job-image': 'registry.example.com/tools:1',
  })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight', wrote: false })
  expect(outcome.remedy).toContain("--image 'registry.example.com/tools:1' --command -- ")
})

describe('fault 34: after the write', () => {
  test('a run whose only Pod is evicted restores the weights, and says that it was evicted', async () => {
    const sandbox = await sandboxWith(MESH)
    await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 0.8, v2: 0.2 } })
    const { outcome } = await runOn(
      sandbox,
      { ...SHIFT, timeout: '60s' },
      { onLine: onceSaid(/^Written at/, () => sandbox.jobs.evict(firstPod(sandbox))) },
    )
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster', rolledBack: true })
    expect(outcome.problems?.[0]).toMatchObject({
      code: 'ITS-JOB-BROKEN',
      what: expect.stringMatching(/^Pod demo\/shift-tcp-echo-\S+ on node node-0 was evicted: /),
      remedy: expect.stringMatching(/priorityClassName[\s\S]* get events --field-selector /),
    })
    await nothingLeft(sandbox)
  })

  test('a run goes on with the other Pod where one is evicted', async () => {
    const sandbox = await sandboxWith(MESH)
    const { outcome, record } = await runOn(
      sandbox,
      { ...SHIFT, timeout: '60s', 'job-pods': '2', tolerance: '10' },
      { onLine: onceSaid(/^Written at/, () => sandbox.jobs.evict(firstPod(sandbox))) },
    )
    expect(outcome).toMatchObject({ verdict: 'pass' })
    expect(record.findings.map(({ code }) => code)).toContain('ITS-JOB-POD-LOST')
    await nothingLeft(sandbox)
  })

  test('a log that breaks off is read on from the same line', async () => {
    const sandbox = await sandboxWith(MESH)
    const { outcome, record } = await runOn(
      sandbox,
      { ...SHIFT, timeout: '60s' },
      { onLine: onceSaid(/^Written at/, () => sandbox.jobs.cutLog(firstPod(sandbox))) },
    )
    expect(outcome).toMatchObject({ verdict: 'pass' })
    expect(record.findings).toEqual([])
  })

  test('a run whose only Pod is killed without a word restores the weights', async () => {
    const sandbox = await sandboxWith(MESH)
    await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 0.8, v2: 0.2 } })
    const { outcome } = await runOn(
      sandbox,
      { ...SHIFT, timeout: '60s' },
      { onLine: onceSaid(/^Written at/, () => sandbox.jobs.kill(firstPod(sandbox))) },
    )
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster', rolledBack: true })
    expect(outcome.problems?.[0]).toMatchObject({ code: 'ITS-JOB-BROKEN' })
    await nothingLeft(sandbox)
  })

  test('a cancelled run restores the weights first, and then deletes its Job', async () => {
    const sandbox = await sandboxWith({ ...MESH, web: true })
    await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 0.8, v2: 0.2 } })
    const cancel = new AbortController()
    const { outcome } = await runOn(
      sandbox,
      { ...SHIFT, timeout: '60s' },
      { cancelled: cancel.signal, onLine: onceSaid(/^Written at/, () => cancel.abort()) },
    )
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'cancelled', rolledBack: true })
    const ends = sandbox.calls.filter(({ method }) => method === 'PATCH' || method === 'DELETE')
    expect(ends.slice(-2).map(({ method }) => method)).toEqual(['PATCH', 'DELETE'])
    await nothingLeft(sandbox)
  })
})

test('a Service with publishNotReadyAddresses that selects the Pods is an error before any Pod is created', async () => {
  const sandbox = await sandboxWith(MESH)
  sandbox.objects.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'peers', namespace: 'demo' },
    spec: { publishNotReadyAddresses: true, selector: { app: 'shop' }, ports: [{ port: 80 }] },
  })
  const { outcome } = await runOn(sandbox, {
    ...SHIFT,
    'job-template': '{metadata: {labels: {app: shop}}}',
  })
  expect(outcome.problems?.map(({ code }) => code)).toEqual(['ITS-JOB-PODS-SELECTED'])
  expect(leftOn(sandbox)).toEqual([])
  expect(sandbox.objects.list(PODS).some(({ metadata }) => /shift-/.test(metadata.name))).toBe(
    false,
  )
})

test('inputs that are longer than an argument of a process are an error before any Job is created', async () => {
  const sandbox = await sandboxWith(MESH)
  const { outcome } = await runOn(sandbox, {
    ...SHIFT,
    probe: 'command',
    'probe-command': `echo ${'x'.repeat(140_000)}`,
  })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight', wrote: false })
  expect(outcome.problems?.map(({ code }) => code)).toEqual(['ITS-JOB-PLAN-TOO-LONG'])
  expect(outcome.remedy).toMatch(/^Shorten probe-command, which has 140,007 bytes of them\.$/m)
  expect(created(sandbox, 'jobs')).toEqual([])
})

test('the next attempt of a run deletes the Job that the former one left', async () => {
  const sandbox = await sandboxWith(MESH)
  // Neither attempt gets Pods of its own.
  await sandbox.faults.api({
    match: { method: 'POST', path: /\/jobs\?/ },
    act: deniedBy('policy.example.com', 'no Jobs today'),
  })
  await runOn(sandbox, SHIFT, { run: { id: 'release', attempt: 1 } })
  const left = JSON.parse(created(sandbox, 'jobs')[0] ?? '')
  sandbox.objects.create({ ...left, spec: { ...left.spec, parallelism: 0 } })
  expect(leftOn(sandbox)).toHaveLength(1)
  await runOn(sandbox, SHIFT, { run: { id: 'release', attempt: 2 } })
  await nothingLeft(sandbox)
})

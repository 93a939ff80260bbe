import { describe, expect, test } from 'vitest'
import { MESH_RULES } from '../../kit/run/mesh-rules.ts'
import { type Json, listAt, numberAt, objectAt, textAt } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { call } from './support/call.ts'
import { sandboxWith } from './support/sandbox.ts'
import { until } from './support/until.ts'

const JOBS = '/apis/batch/v1/namespaces/demo/jobs'
const PODS = '/api/v1/namespaces/demo/pods'

/** An Indexed Job whose Pods run this script. */
function jobOf(
  script: string,
  spec: Record<string, Json> = {},
  pod: Record<string, Json> = {},
): Json {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'work', namespace: 'demo' },
    spec: {
      completionMode: 'Indexed',
      completions: 1,
      parallelism: 1,
      backoffLimit: 0,
      ...spec,
      template: {
        metadata: { labels: { app: 'work', ...objectAt(pod, 'labels') } },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'main',
              image: 'node:24-alpine',
              command: ['node', '-e', script],
              ...objectAt(pod, 'container'),
            },
          ],
          ...(pod.volumes === undefined ? {} : { volumes: pod.volumes }),
        },
      },
    },
  }
}

/** Resolves when the objects show something, which is looked at after each write. */
async function shown<T>({ objects }: Sandbox, look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    await objects.changed()
  }
}

const jobOn = ({ objects }: Sandbox) =>
  objects.get({ group: 'batch', resource: 'jobs', namespace: 'demo', name: 'work' })
const podsOn = (sandbox: Sandbox) =>
  sandbox.objects
    .list({ group: '', resource: 'pods', namespace: 'demo' })
    .filter(({ metadata }) => sandbox.jobs.pods().includes(metadata.name))
const conditionOn = (sandbox: Sandbox) => listAt(jobOn(sandbox) ?? null, 'status', 'conditions')[0]
const ended = (sandbox: Sandbox) => shown(sandbox, () => conditionOn(sandbox))
const inPhase = (sandbox: Sandbox, phase: string) =>
  shown(sandbox, () => podsOn(sandbox).find((pod) => textAt(pod, 'status', 'phase') === phase))
const nothingLeft = (sandbox: Sandbox) =>
  shown(sandbox, () =>
    sandbox.jobs.pods().length + sandbox.jobs.processes() === 0 ? true : undefined,
  )

const FOREVER = 'console.log("begun"); setInterval(() => {}, 1000)'

describe('a Job of the sandbox', () => {
  test('runs its Pods as processes, each with its index, and is complete when all have ended well', async () => {
    const sandbox = await sandboxWith({ jobs: { one: 'zone-a', two: 'zone-b' } })
    const script = 'console.log("index " + process.env.JOB_COMPLETION_INDEX)'
    await call(sandbox, 'POST', JOBS, { body: jobOf(script, { completions: 2, parallelism: 2 }) })
    expect(await ended(sandbox)).toMatchObject({ type: 'Complete', status: 'True' })
    const pods = podsOn(sandbox)
    expect(pods.map((pod) => textAt(pod, 'spec', 'nodeName'))).toEqual(['one', 'two'])
    const logs = await Promise.all(
      pods.map(({ metadata }) => call(sandbox, 'GET', `${PODS}/${metadata.name}/log`)),
    )
    expect(logs.map(({ text }) => text)).toEqual(['index 0\n', 'index 1\n'])
  })

  test('fails when a Pod ends with another status than 0', async () => {
    const sandbox = await sandboxWith({ jobs: true })
    await call(sandbox, 'POST', JOBS, { body: jobOf('process.exit(3)') })
    expect(await ended(sandbox)).toMatchObject({ type: 'Failed', reason: 'BackoffLimitExceeded' })
    const [pod] = podsOn(sandbox)
    expect(
      numberAt(pod ?? null, 'status', 'containerStatuses', 0, 'state', 'terminated', 'exitCode'),
    ).toBe(3)
  })

  test('takes its processes, Pods and Secrets with it when it is deleted in the background', async () => {
    const sandbox = await sandboxWith({ jobs: true })
    await call(sandbox, 'POST', JOBS, { body: jobOf(FOREVER) })
    await inPhase(sandbox, 'Running')
    const owner = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      name: 'work',
      uid: textAt(jobOn(sandbox) ?? null, 'metadata', 'uid') ?? '',
    }
    await call(sandbox, 'POST', '/api/v1/namespaces/demo/secrets', {
      body: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'keys', ownerReferences: [owner] },
      },
    })
    const body = { propagationPolicy: 'Background' }
    await call(sandbox, 'DELETE', `${JOBS}/work`, { body })
    await nothingLeft(sandbox)
    expect(
      sandbox.objects.get({ group: '', resource: 'secrets', namespace: 'demo', name: 'keys' }),
    ).toBeUndefined()
  })

  test('leaves its Pods behind when it is deleted without a policy', async () => {
    const sandbox = await sandboxWith({ jobs: true })
    await call(sandbox, 'POST', JOBS, { body: jobOf(FOREVER) })
    await inPhase(sandbox, 'Running')
    await call(sandbox, 'DELETE', `${JOBS}/work`)
    expect(jobOn(sandbox)).toBeUndefined()
    expect(sandbox.jobs.processes()).toBe(1)
  })

  test('ends at its deadline and is removed after its time to live', async () => {
    const sandbox = await sandboxWith({ jobs: true })
    const spec = { activeDeadlineSeconds: 0.05, ttlSecondsAfterFinished: 0 }
    await call(sandbox, 'POST', JOBS, { body: jobOf(FOREVER, spec) })
    await shown(sandbox, () => jobOn(sandbox))
    await shown(sandbox, () => (jobOn(sandbox) === undefined ? true : undefined))
    await nothingLeft(sandbox)
  })

  test('is removed at once where a test lets its deadline and its time to live pass', async () => {
    const sandbox = await sandboxWith({ jobs: true })
    const spec = { activeDeadlineSeconds: 600, ttlSecondsAfterFinished: 60 }
    await call(sandbox, 'POST', JOBS, { body: jobOf(FOREVER, spec) })
    await inPhase(sandbox, 'Running')
    sandbox.jobs.pass(599_000)
    expect(conditionOn(sandbox)).toBeUndefined()
    sandbox.jobs.pass(61_000)
    expect(jobOn(sandbox)).toBeUndefined()
    await nothingLeft(sandbox)
  })

  test('takes its Secret with it, also one that is created when it is gone', async () => {
    const sandbox = await sandboxWith({ jobs: true })
    const { uid = '' } = sandbox.objects.create(jobOf(FOREVER) as KubeObject).metadata
    sandbox.objects.delete({ group: 'batch', resource: 'jobs', namespace: 'demo', name: 'work' })
    const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'work', uid }
    const secrets = '/api/v1/namespaces/demo/secrets'
    await call(sandbox, 'POST', secrets, {
      body: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'keys', ownerReferences: [owner] },
      },
    })
    const ref = { group: '', resource: 'secrets', namespace: 'demo', name: 'keys' }
    await shown(sandbox, () => (sandbox.objects.get(ref) === undefined ? true : undefined))
  })

  test('starts a Pod only when the Secret that it mounts is there', async () => {
    const sandbox = await sandboxWith({ jobs: true })
    const script = 'console.log(require("fs").readFileSync("/etc/keys/word", "utf8"))'
    const container = { volumeMounts: [{ name: 'keys', mountPath: '/etc/keys' }] }
    const volumes = [{ name: 'keys', secret: { secretName: 'keys' } }]
    await call(sandbox, 'POST', JOBS, { body: jobOf(script, {}, { container, volumes }) })
    const pod = await inPhase(sandbox, 'Pending')
    const waiting = await call(sandbox, 'GET', `${PODS}/${pod.metadata.name}/log`)
    expect(waiting.status).toBe(400)
    const data = { word: Buffer.from('hidden').toString('base64') }
    await call(sandbox, 'POST', '/api/v1/namespaces/demo/secrets', {
      body: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, data },
    })
    await ended(sandbox)
    expect((await call(sandbox, 'GET', `${PODS}/${pod.metadata.name}/log`)).text).toBe('hidden\n')
  })
})

describe('the log of a Pod', () => {
  test('can be followed until the container ends', async () => {
    const sandbox = await sandboxWith({ jobs: true })
    await call(sandbox, 'POST', JOBS, {
      body: jobOf('console.log("one"); setTimeout(() => console.log("two"), 20)'),
    })
    const { metadata } = await inPhase(sandbox, 'Running')
    const { text } = await call(sandbox, 'GET', `${PODS}/${metadata.name}/log?follow=true`)
    expect(text).toBe('one\ntwo\n')
  })

  test('breaks off where a test says so', async () => {
    const sandbox = await sandboxWith({ jobs: true })
    await call(sandbox, 'POST', JOBS, { body: jobOf(FOREVER) })
    const { metadata } = await inPhase(sandbox, 'Running')
    const following = call(sandbox, 'GET', `${PODS}/${metadata.name}/log?follow=true`)
    await until(() =>
      sandbox.calls.some(({ path, status }) => path.includes('/log?') && status === 200),
    )
    sandbox.jobs.cutLog(metadata.name)
    await expect(following).rejects.toThrow()
  })

  test('needs the right to get pods/log', async () => {
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }]
    const sandbox = await sandboxWith({
      jobs: true,
      tokens: { admin: { name: 'root', rules: [] }, token: { name: 'reader', rules } },
    })
    const answer = await call(sandbox, 'GET', `${PODS}/any/log`, { token: 'token' })
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('pods/log')
  })
})

describe('a fault of Jobs', () => {
  test('keeps an image from being pulled until it is cleared', async () => {
    const sandbox = await sandboxWith({ jobs: true })
    const fault = await sandbox.faults.job({ kind: 'image' })
    await call(sandbox, 'POST', JOBS, { body: jobOf('0') })
    const waiting = await shown(sandbox, () => {
      const [pod] = podsOn(sandbox)
      return textAt(pod ?? null, 'status', 'containerStatuses', 0, 'state', 'waiting', 'reason')
    })
    expect(waiting).toBe('ErrImagePull')
    await fault.clear()
    expect(await ended(sandbox)).toMatchObject({ type: 'Complete' })
  })

  test('leaves a Pod without a node', async () => {
    const sandbox = await sandboxWith({ jobs: true })
    await sandbox.faults.job({ kind: 'unschedulable' })
    await call(sandbox, 'POST', JOBS, { body: jobOf('0') })
    const condition = await shown(
      sandbox,
      () => listAt(podsOn(sandbox)[0] ?? null, 'status', 'conditions')[0],
    )
    expect(condition).toMatchObject({
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
    })
  })

  test('refuses Pods with an event on the Job', async () => {
    const sandbox = await sandboxWith({ jobs: true })
    const message = 'exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2'
    await sandbox.faults.job({ kind: 'refused', message })
    await call(sandbox, 'POST', JOBS, { body: jobOf('0') })
    const event = await shown(
      sandbox,
      () => sandbox.objects.list({ group: '', resource: 'events', namespace: 'demo' })[0],
    )
    expect(event).toMatchObject({
      reason: 'FailedCreate',
      message: expect.stringContaining(message),
    })
    expect(sandbox.jobs.pods()).toEqual([])
  })

  test('evicts a Pod that runs', async () => {
    const sandbox = await sandboxWith({ jobs: true })
    await call(sandbox, 'POST', JOBS, { body: jobOf(FOREVER) })
    const { metadata } = await inPhase(sandbox, 'Running')
    sandbox.jobs.evict(metadata.name)
    const failed = await inPhase(sandbox, 'Failed')
    expect(failed.status).toMatchObject({ reason: 'Evicted' })
    expect(await ended(sandbox)).toMatchObject({ type: 'Failed' })
  })

  test('keeps the sidecar of an injected Pod from being ready', async () => {
    const sandbox = await sandboxWith({ jobs: true })
    const fault = await sandbox.faults.job({ kind: 'never-ready' })
    const script = `const ask = () => fetch('http://127.0.0.1:15021/healthz/ready').then(async ({ status }) => {
      console.log(status)
      if (status !== 200) return setTimeout(ask, 5)
      await fetch('http://127.0.0.1:15020/quitquitquit', { method: 'POST' })
    }); ask()`
    const labels = { 'sidecar.istio.io/inject': 'true' }
    await call(sandbox, 'POST', JOBS, { body: jobOf(script, {}, { labels }) })
    const { metadata } = await inPhase(sandbox, 'Running')
    const log = async () => (await call(sandbox, 'GET', `${PODS}/${metadata.name}/log`)).text
    while (!(await log()).startsWith('503\n')) await new Promise((resolve) => setImmediate(resolve))
    await fault.clear()
    expect(await ended(sandbox)).toMatchObject({ type: 'Complete' })
    expect((await log()).endsWith('200\n')).toBe(true)
  })
})

test('a Pod with a sidecar reaches a Service by the rules of the mesh', async () => {
  const sandbox = await sandboxWith({ jobs: true, web: true })
  const rule = MESH_RULES['a VirtualService without gateways']
  sandbox.objects.create(rule.object({ v1: 0, v2: 100 }))
  await sandbox.applied()
  const script = `require('http').get({ host: 'web.demo.svc.cluster.local', port: ${rule.port} }, (reply) => { console.log(reply.headers['x-version']); process.exit() })`
  const labels = { 'sidecar.istio.io/inject': 'true' }
  await call(sandbox, 'POST', JOBS, { body: jobOf(script, {}, { labels }) })
  await ended(sandbox)
  const [name] = sandbox.jobs.pods()
  expect((await call(sandbox, 'GET', `${PODS}/${name}/log`)).text).toBe('v2\n')
})

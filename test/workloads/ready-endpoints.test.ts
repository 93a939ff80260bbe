import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../sandbox/objects/json.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import type { Destination } from '../../src/routes/rule-format.ts'
import { countEndpoints, noneReady } from '../../src/workloads/ready-endpoints.ts'
import { apiOf, callsOf, may, NEVER, userWith } from '../kube/support/cluster.ts'
import { destinationOf } from '../routes/support/objects.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.stop())

beforeEach(() => {
  sandbox.calls.length = 0
})

function to(subset: string | undefined, host = 'tcp-echo'): Destination {
  return destinationOf(host, { port: 9000, subset })
}

function named(destination: Destination) {
  return { name: destination.subset ?? destination.host, destination }
}

/** The counts, or findings, of destinations whose subsets are labels of the same name. */
async function count(destinations: Destination[], kubeconfig = sandbox.kubeconfig) {
  const counted = await countEndpoints(
    { workloads: apiOf(kubeconfig), kind: 'VirtualService', namespace: 'demo' },
    destinations.map(named),
    Promise.resolve(({ subset }) => (subset === undefined ? {} : { version: subset })),
    NEVER,
  )
  return counted.map((each) => each.counted)
}

function addPod(name: string, version: string, status: JsonObject, metadata: JsonObject = {}) {
  const labels = { app: 'tcp-echo', version }
  sandbox.objects.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'demo', labels, ...metadata },
    spec: { containers: [{ name: 'tcp-echo', image: 'tcp-echo' }] },
    status,
  })
}

const READY = { conditions: [{ type: 'Ready', status: 'True' }] }

describe('the endpoints behind destinations', () => {
  test('are the ready ones of the Pods that the Service and the subset select', async () => {
    addPod('v5-a', 'v5', READY)
    addPod('v5-b', 'v5', { conditions: [{ type: 'Ready', status: 'False' }] })
    addPod('v5-c', 'v5', { conditions: [{ type: 'Initialized', status: 'True' }] })
    addPod('v5-d', 'v5', {})
    addPod('v5-e', 'v5', READY, { deletionTimestamp: '2026-03-01T10:00:00Z' })
    expect(await count([to('v1'), to('v5')])).toEqual([
      {
        ready: 1,
        pods: 1,
        namespace: 'demo',
        selector: 'app=tcp-echo,version=v1',
        unreadySinceMs: undefined,
      },
      {
        ready: 1,
        pods: 5,
        namespace: 'demo',
        selector: 'app=tcp-echo,version=v5',
        unreadySinceMs: undefined,
      },
    ])
  })

  test('are those of the whole Service without a subset', async () => {
    const [all] = await count([to(undefined)])
    expect(all).toMatchObject({ selector: 'app=tcp-echo' })
    expect(all && 'pods' in all && all.pods).toBeGreaterThanOrEqual(2)
  })

  test('can be in the namespace that the host names', async () => {
    const [counted] = await count([to('v1', 'tcp-echo.demo.svc.cluster.local')])
    expect(counted).toMatchObject({ ready: 1, namespace: 'demo' })
    expect(await count([to('v1', 'tcp-echo.other.svc.cluster.local')])).toMatchObject([
      {
        severity: 'warning',
        what: expect.stringContaining('because Service other/tcp-echo does not exist on '),
      },
    ])
  })

  test('are missing if no Pod has the labels of the subset, which differs from Pods that are not ready', async () => {
    addPod('v6-a', 'v6', {})
    const [none, asleep] = await count([to('v7'), to('v6')])
    if (!none || 'severity' in none || !asleep || 'severity' in asleep)
      throw new Error('not counted')
    expect(noneReady('v7', none, { context: 'prod' })).toEqual({
      severity: 'error',
      code: 'ITS-NO-READY-ENDPOINTS',
      reason: 'preflight',
      what: 'v7 has no ready endpoints: no Pod has app=tcp-echo,version=v7 in namespace demo.',
      remedy:
        "List the Pods:\n  kubectl --context 'prod' --namespace 'demo' get pods --selector 'app=tcp-echo,version=v7'",
    })
    expect(noneReady('v6', asleep, { context: 'prod' }).what).toBe(
      'v6 has no ready endpoints: the only Pod with app=tcp-echo,version=v6 in namespace demo is not ready.',
    )
  })

  test('that are not ready have the time at which the last of them stopped being ready, if every one shows it', async () => {
    const failed = (lastTransitionTime: string) => ({
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime }],
    })
    addPod('v8-a', 'v8', failed('2026-03-01T10:00:05Z'))
    addPod('v8-b', 'v8', READY, {
      deletionTimestamp: '2026-03-01T10:00:40Z',
      deletionGracePeriodSeconds: 30,
    })
    expect(await count([to('v8')])).toMatchObject([
      { ready: 0, pods: 2, unreadySinceMs: Date.UTC(2026, 2, 1, 10, 0, 10) },
    ])
    addPod('v8-c', 'v8', {})
    expect(await count([to('v8')])).toMatchObject([{ pods: 3, unreadySinceMs: undefined }])
  })

  test('are all Pods if the Service publishes those that are not ready', async () => {
    addPod('v9-a', 'v9', { conditions: [{ type: 'Ready', status: 'False' }] })
    sandbox.objects.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'early', kind: 'VirtualService', namespace: 'demo' },
      spec: {
        selector: { app: 'tcp-echo' },
        ports: [{ port: 9000 }],
        publishNotReadyAddresses: true,
      },
    })
    expect(await count([to('v9', 'early'), to('v9')])).toMatchObject([{ ready: 1 }, { ready: 0 }])
  })

  test('of a Service that several destinations share are read once', async () => {
    await count([to('v1'), to('v2'), to('v1', 'tcp-echo.demo.svc.cluster.local')])
    const services = callsOf(sandbox).filter((call) => call.includes('/services/'))
    expect(services).toEqual(['GET /api/v1/namespaces/demo/services/tcp-echo'])
  })
})

describe('endpoints that cannot be counted have a warning', () => {
  test('if the host is not a Service of the cluster', async () => {
    expect(await count([to('v1', 'api.example.com')])).toEqual([
      {
        severity: 'warning',
        code: 'ITS-ENDPOINTS-NOT-CHECKED',
        reason: 'preflight',
        what: 'The ready endpoints of v1 were not checked, because the Pods of host api.example.com are not known.',
        remedy: '',
      },
    ])
  })

  test('if the labels of the subset are not known', async () => {
    const unknown = Promise.resolve(() => undefined)
    const api = apiOf(sandbox.kubeconfig)
    const [counted] = await countEndpoints(
      { workloads: api, kind: 'VirtualService', namespace: 'demo' },
      [named(to('v1'))],
      unknown,
      NEVER,
    )
    expect(counted).toMatchObject({ name: 'v1', counted: { severity: 'warning' } })
  })

  test('if the Service does not exist or has no selector', async () => {
    sandbox.objects.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'outside', kind: 'VirtualService', namespace: 'demo' },
      spec: { ports: [{ port: 9000 }] },
    })
    expect(await count([to(undefined, 'nowhere'), to(undefined, 'outside')])).toMatchObject([
      {
        severity: 'warning',
        what: expect.stringContaining('Service demo/nowhere does not exist on '),
      },
      {
        severity: 'warning',
        what: expect.stringContaining('Service demo/outside has no selector'),
      },
    ])
  })

  test('if a read is not allowed, with the rule that grants it', async () => {
    const services = may('get', '', 'services', { namespace: 'demo' })
    sandbox.tokens.set('powerless', userWith()).set('services', userWith(services))
    const [service] = await count([to('v1')], sandbox.kubeconfigFor('powerless'))
    expect(service).toMatchObject({
      severity: 'warning',
      what: 'The ready endpoints of v1 were not checked, because reading Service demo/tcp-echo is not allowed.',
      remedy: expect.stringContaining(
        'resources: ["services"], verbs: ["get"], resourceNames: ["tcp-',
      ),
    })
    const [pods] = await count([to('v1')], sandbox.kubeconfigFor('services'))
    expect(pods).toMatchObject({
      severity: 'warning',
      what: 'The ready endpoints of v1 were not checked, because listing pods in namespace demo is not allowed.',
      remedy:
        'Grant it in a Role in namespace demo:\n  - {apiGroups: [""], resources: ["pods"], verbs: ["list"]}',
    })
  })
})

import { beforeAll, describe, expect, test } from 'vitest'
import { respond } from '../../sandbox/faults/api-acts.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import {
  canBeStored,
  coreResource,
  grantingRule,
  readList,
  readObject,
  resourcePath,
} from '../../src/kube/resources.ts'
import { isAllowed } from '../../src/kube/rights.ts'
import { resourceOf } from '../../src/routes/object/read-route-object.ts'
import { apiOf, may, NETWORKING, NEVER, userWith } from './support/cluster.ts'

const ECHO = resourceOf({ kind: 'VirtualService', namespace: 'demo', name: 'tcp-echo' }, 'v1')

describe('the path of a resource', () => {
  test.each([
    [ECHO, '/apis/networking.istio.io/v1/namespaces/demo/virtualservices/tcp-echo'],
    [{ ...ECHO, name: undefined }, '/apis/networking.istio.io/v1/namespaces/demo/virtualservices'],
    [
      { ...ECHO, name: undefined, namespace: undefined },
      '/apis/networking.istio.io/v1/virtualservices',
    ],
    [coreResource('services', 'demo', 'tcp-echo'), '/api/v1/namespaces/demo/services/tcp-echo'],
    [coreResource('nodes', undefined), '/api/v1/nodes'],
    [
      { ...coreResource('pods', 'demo'), labels: { app: 'tcp-echo', 'a/b': 'c' } },
      '/api/v1/namespaces/demo/pods?labelSelector=app%3Dtcp-echo%2Ca%2Fb%3Dc',
    ],
  ])('of %j is %s', (resource, path) => {
    expect(resourcePath(resource)).toBe(path)
  })

  test('stays below its collection for any name of an object', () => {
    expect(resourcePath(coreResource('services', 'demo', 'a?x#y z'))).toBe(
      '/api/v1/namespaces/demo/services/a%3Fx%23y%20z',
    )
  })

  test.each(['', '.', '..', '../secrets', 'a/b', '%2e%2e', 'a\0', 'x'.repeat(254)])(
    'is not built with %j in any place, because no object has such a name',
    (name) => {
      for (const resource of [
        coreResource('services', name, 'a'),
        coreResource('services', 'demo', name),
        { ...ECHO, group: name || '/' },
        { ...ECHO, version: name },
      ])
        expect(() => resourcePath(resource)).toThrow('is not a possible name of an object')
    },
  )
})

test.each([
  ['demo/gateway', true],
  ['istio-system/a.b', true],
  ...['mesh', '../gateway', 'demo/..', './gateway', 'a/b/c', '%2e%2e/x', '/x', 'x/', ''].map(
    (name) => [name, false] as const,
  ),
] as const)('whether a Gateway can have the name %j is %s', (name, can) => {
  expect(canBeStored(name)).toBe(can)
})

describe('the rule that grants a right', () => {
  test.each([
    [
      ECHO,
      undefined,
      'Grant it in a Role in namespace demo:\n  - {apiGroups: ["networking.istio.io"], resources: ["virtualservices"], verbs: ["get"], resourceNames: ["tcp-echo"]}',
    ],
    [
      ECHO,
      'patch',
      'Grant it in a Role in namespace demo:\n  - {apiGroups: ["networking.istio.io"], resources: ["virtualservices"], verbs: ["patch"], resourceNames: ["tcp-echo"]}',
    ],
    [
      coreResource('nodes', undefined),
      undefined,
      'Grant it in a ClusterRole:\n  - {apiGroups: [""], resources: ["nodes"], verbs: ["list"]}',
    ],
  ])('to read %j (%s) can be pasted', (resource, verb, rule) => {
    expect(grantingRule(resource, verb)).toBe(rule)
  })
})

describe('reading', () => {
  let sandbox: Sandbox

  beforeAll(async () => {
    sandbox = await startSandbox({
      tokens: {
        all: userWith({ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }),
        echo: userWith(
          may('get', NETWORKING, 'virtualservices', {
            namespace: 'demo',
            resourceNames: ['tcp-echo'],
          }),
        ),
      },
    })
    return () => sandbox.stop()
  })

  test('an object returns it, or that it is missing', async () => {
    const api = apiOf(sandbox.kubeconfig)
    expect(await readObject(api, ECHO, NEVER)).toMatchObject({
      kind: 'found',
      value: { metadata: { name: 'tcp-echo' } },
    })
    expect(await readObject(api, { ...ECHO, name: 'other' }, NEVER)).toEqual({ kind: 'missing' })
  })

  test('a list returns the objects that have all labels', async () => {
    const api = apiOf(sandbox.kubeconfig)
    const pods = coreResource('pods', 'demo')
    const labels = { app: 'tcp-echo', version: 'v2' }
    expect(await readList(api, { ...pods, labels }, NEVER)).toMatchObject({
      kind: 'found',
      value: [{ metadata: { name: 'tcp-echo-v2-0' } }],
    })
    expect(await readList(api, pods, NEVER)).toMatchObject({ value: { length: 2 } })
  })

  test('distinguishes what is not allowed from what does not exist', async () => {
    const api = apiOf(sandbox.kubeconfigFor('echo'))
    const pods = coreResource('pods', 'demo')
    expect(await readObject(api, ECHO, NEVER)).toMatchObject({ kind: 'found' })
    expect(await readList(api, pods, NEVER)).toEqual({ kind: 'denied', resource: pods })
    const other = { ...ECHO, name: 'other' }
    expect(await readObject(api, other, NEVER)).toEqual({ kind: 'denied', resource: other })
  })

  test('fails if the API server does not answer', async () => {
    await using _ = await sandbox.faults.api({ act: respond(503, { retryAfterSeconds: 0 }) })
    const api = apiOf(sandbox.kubeconfig)
    await expect(readObject(api, ECHO, NEVER)).rejects.toMatchObject({ status: 503 })
  })

  test('the rights of the user asks the API server', async () => {
    const allowed = (token: string, verb: string) =>
      isAllowed(apiOf(sandbox.kubeconfigFor(token)), verb, ECHO, NEVER)
    expect(await allowed('echo', 'get')).toBe(true)
    expect(await allowed('echo', 'patch')).toBe(false)
    expect(await allowed('all', 'patch')).toBe(true)
    const [latest] = sandbox.calls.slice(-1)
    expect(JSON.parse(latest?.body ?? '')).toMatchObject({
      spec: {
        resourceAttributes: {
          verb: 'patch',
          group: 'networking.istio.io',
          version: 'v1',
          resource: 'virtualservices',
          namespace: 'demo',
          name: 'tcp-echo',
        },
      },
    })
  })
})

import { describe, expect, test } from 'vitest'
import { respond } from '../../sandbox/faults/api-acts.ts'
import { readRouteObject } from '../../src/routes/object/read-route-object.ts'
import {
  apiOf,
  callsOf,
  may,
  NETWORKING,
  NEVER,
  sandboxWith,
  userWith,
} from '../kube/support/cluster.ts'
import { only } from './support/objects.ts'

const ECHO = { kind: 'VirtualService', namespace: 'demo', name: 'tcp-echo' }
const PATH = '/apis/networking.istio.io/v1/namespaces/demo/virtualservices/tcp-echo'

describe('A VirtualService', () => {
  test('is read with one call where v1 is served', async () => {
    const sandbox = await sandboxWith()
    const found = await readRouteObject(apiOf(sandbox.kubeconfig), ECHO, NEVER)
    expect(found).toMatchObject({
      ok: true,
      value: {
        object: ECHO,
        resource: { version: 'v1', plural: 'virtualservices' },
      },
    })
    expect(callsOf(sandbox)).toEqual([`GET ${PATH}`])
  })

  test.each([
    [['v1beta1'], 'v1beta1'],
    [['v1alpha3'], 'v1alpha3'],
    [['v1alpha3', 'v1beta1'], 'v1beta1'],
  ])('of a cluster that serves only %j is read as %s', async (istioVersions, version) => {
    const sandbox = await sandboxWith({ istioVersions })
    const found = await readRouteObject(apiOf(sandbox.kubeconfig), ECHO, NEVER)
    expect(found).toMatchObject({ ok: true, value: { resource: { version } } })
    expect(callsOf(sandbox)).toEqual([
      `GET ${PATH}`,
      'GET /apis/networking.istio.io',
      `GET ${PATH.replace('/v1/', `/${version}/`)}`,
    ])
  })
})

describe('A VirtualService that is missing', () => {
  /** The problem without the address of the server, what to do, and the calls that were made. */
  async function missing(
    options: Parameters<typeof sandboxWith>[0],
    namespace: string,
    name: string,
  ): Promise<{ what: string; remedy: string; calls: string[] }> {
    const sandbox = await sandboxWith(options)
    const found = await readRouteObject(
      apiOf(sandbox.kubeconfig),
      { ...ECHO, namespace, name },
      NEVER,
    )
    if (found.ok) throw new Error('found')
    const { severity, reason, what, remedy } = only(found.problems)
    expect({ severity, reason }).toEqual({ severity: 'error', reason: 'preflight' })
    return { what: what.replace(sandbox.server, 'SERVER'), remedy, calls: callsOf(sandbox) }
  }

  test('is reported with the command that lists what is there', async () => {
    const { what, remedy, calls } = await missing({}, 'demo', 'tcp-ecko')
    expect(what).toBe('VirtualService tcp-ecko not found in namespace demo on SERVER.')
    expect(remedy).toBe(
      "List what is there:\n  kubectl --context 'sandbox' --namespace 'demo' get virtualservices",
    )
    expect(calls).toHaveLength(2)
  })

  test('is reported as a missing namespace where its namespace is missing', async () => {
    const { what, remedy } = await missing({}, 'dmeo', 'tcp-echo')
    expect(what).toBe('Namespace dmeo not found on SERVER.')
    expect(remedy).toBe("List the namespaces:\n  kubectl --context 'sandbox' get namespaces")
  })

  test('is reported as a missing API group, as in an application cluster of a split mesh', async () => {
    const { what, remedy } = await missing({ istioVersions: [] }, 'demo', 'tcp-echo')
    expect(what).toBe(
      'SERVER (context sandbox) serves no VirtualService. The API group networking.istio.io is not installed there.',
    )
    expect(remedy).toMatch(/choose the kubeconfig and context/)
  })

  test('is reported as a missing kind where the API group is there without it', async () => {
    const { what } = await missing({ omitted: ['virtualservices'] }, 'demo', 'tcp-echo')
    expect(what).toBe(
      'SERVER (context sandbox) serves no VirtualService. The API group networking.istio.io is there without this kind.',
    )
  })

  test('is reported also where namespaces may not be read', async () => {
    const tokens = { reader: userWith(may('get', NETWORKING, 'virtualservices')) }
    const { what } = await missing({ tokens }, 'demo', 'tcp-ecko')
    expect(what).toBe('VirtualService tcp-ecko not found in namespace demo on SERVER.')
  })

  test('is reported in the same ways by a cluster with an older version', async () => {
    const old = { istioVersions: ['v1beta1'] }
    expect((await missing(old, 'demo', 'tcp-ecko')).what).toMatch(
      /^VirtualService tcp-ecko not found/,
    )
    expect((await missing(old, 'dmeo', 'tcp-echo')).what).toMatch(/^Namespace dmeo not found/)
  })
})

const OTHER = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { namespace: 'demo', name: 'other', uid: 'u', resourceVersion: '1' },
}

describe('A VirtualService that cannot be read', () => {
  test('for lack of a right is reported with the RBAC rule for this one object', async () => {
    const sandbox = await sandboxWith({ tokens: { unprivileged: userWith() } })
    const found = await readRouteObject(apiOf(sandbox.kubeconfig), ECHO, NEVER)
    expect(found).toMatchObject({ ok: false })
    if (found.ok) return
    const { code, what, remedy } = only(found.problems)
    expect(code).toBe('ITS-FORBIDDEN')
    expect(what).toContain('User "tester" cannot get resource "virtualservices"')
    expect(remedy).toBe(
      'Grant it in a Role in namespace demo:\n  - {apiGroups: ["networking.istio.io"], resources: ["virtualservices"], verbs: ["get"], resourceNames: ["tcp-echo"]}',
    )
  })

  test.each([
    ['not an object', { kind: 'VirtualService' }, 'something that is not an object'],
    ['another object', OTHER, 'another object (VirtualService demo/other)'],
  ])('because the answer is %s is a problem of the cluster', async (_, body, what) => {
    const sandbox = await sandboxWith()
    await sandbox.faults.api({ act: respond(200, { body }) })
    const found = await readRouteObject(apiOf(sandbox.kubeconfig), ECHO, NEVER)
    expect(found).toMatchObject({
      ok: false,
      problems: [{ code: 'ITS-API-UNEXPECTED-ANSWER', what: expect.stringContaining(what) }],
    })
  })

  test.each([
    [401, { body: { kind: 'Status', message: 'Unauthorized' } }],
    [503, { retryAfterSeconds: 0 }],
  ])('because of status %i fails with that error', async (status, more) => {
    const sandbox = await sandboxWith()
    await sandbox.faults.api({ act: respond(status, more) })
    const reading = readRouteObject(apiOf(sandbox.kubeconfig), ECHO, NEVER)
    await expect(reading).rejects.toMatchObject({ name: 'ApiError', status })
  })
})

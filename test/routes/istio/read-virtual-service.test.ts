import { describe, expect, test } from 'vitest'
import { respond } from '../../../sandbox/faults/api-acts.ts'
import { readVirtualService } from '../../../src/routes/istio/read-virtual-service.ts'
import {
  apiOf,
  callsOf,
  may,
  NETWORKING,
  NEVER,
  sandboxWith,
  userWith,
} from '../../kube/support/cluster.ts'

const PATH = '/apis/networking.istio.io/v1/namespaces/demo/virtualservices/tcp-echo'

describe('a VirtualService', () => {
  test('that is there costs one call', async () => {
    const sandbox = await sandboxWith()
    const found = await readVirtualService(apiOf(sandbox.kubeconfig), 'demo', 'tcp-echo', NEVER)
    expect(found).toMatchObject({
      ok: true,
      object: { kind: 'VirtualService', namespace: 'demo', name: 'tcp-echo' },
      resource: { version: 'v1', plural: 'virtualservices' },
    })
    expect(callsOf(sandbox)).toEqual([`GET ${PATH}`])
  })

  test.each([
    [['v1beta1'], 'v1beta1'],
    [['v1alpha3'], 'v1alpha3'],
    [['v1alpha3', 'v1beta1'], 'v1beta1'],
  ])('of a cluster that serves only %j is read as %s', async (istioVersions, version) => {
    const sandbox = await sandboxWith({ istioVersions })
    const found = await readVirtualService(apiOf(sandbox.kubeconfig), 'demo', 'tcp-echo', NEVER)
    expect(found).toMatchObject({ ok: true, resource: { version } })
    expect(callsOf(sandbox)).toEqual([
      `GET ${PATH}`,
      'GET /apis/networking.istio.io',
      `GET ${PATH.replace('/v1/', `/${version}/`)}`,
    ])
  })
})

describe('a VirtualService that is missing', () => {
  /** What is said to be wrong, the server's address aside, and what to do. */
  async function missing(
    options: Parameters<typeof sandboxWith>[0],
    namespace: string,
    name: string,
  ): Promise<{ what: string; remedy: string; calls: string[] }> {
    const sandbox = await sandboxWith(options)
    const found = await readVirtualService(apiOf(sandbox.kubeconfig), namespace, name, NEVER)
    if (found.ok) throw new Error('found')
    expect(found.finding).toMatchObject({ severity: 'error', reason: 'preflight' })
    const { what, remedy } = found.finding
    return { what: what.replace(sandbox.server, 'SERVER'), remedy, calls: callsOf(sandbox) }
  }

  test('because there is no such object: what there is can be looked up', async () => {
    const { what, remedy, calls } = await missing({}, 'demo', 'tcp-ecko')
    expect(what).toBe('there is no VirtualService tcp-ecko in namespace demo on SERVER')
    expect(remedy).toBe(
      "See what there is:\n  kubectl --context 'sandbox' --namespace 'demo' get virtualservices",
    )
    expect(calls).toHaveLength(2)
  })

  test('because there is no such namespace', async () => {
    const { what, remedy } = await missing({}, 'dmeo', 'tcp-echo')
    expect(what).toBe('there is no namespace dmeo on SERVER')
    expect(remedy).toBe("See what there is:\n  kubectl --context 'sandbox' get namespaces")
  })

  test('because the group is not installed, as in an application cluster of a split mesh', async () => {
    const { what, remedy } = await missing({ istioVersions: [] }, 'demo', 'tcp-echo')
    expect(what).toBe(
      'SERVER (context sandbox) serves no VirtualService: it lacks the group networking.istio.io',
    )
    expect(remedy).toMatch(/choose the kubeconfig and context/)
  })

  test('because the group is there without this kind', async () => {
    const { what } = await missing({ omitted: ['virtualservices'] }, 'demo', 'tcp-echo')
    expect(what).toBe(
      'SERVER (context sandbox) serves no VirtualService: it lacks VirtualServices in the group networking.istio.io',
    )
  })

  test('is said to whoever may not look at namespaces too', async () => {
    const tokens = { reader: userWith(may('get', NETWORKING, 'virtualservices')) }
    const { what } = await missing({ tokens }, 'demo', 'tcp-ecko')
    expect(what).toBe('there is no VirtualService tcp-ecko in namespace demo on SERVER')
  })

  test('of an older version is told apart in the same ways', async () => {
    const old = { istioVersions: ['v1beta1'] }
    expect((await missing(old, 'demo', 'tcp-ecko')).what).toMatch(/no VirtualService tcp-ecko/)
    expect((await missing(old, 'dmeo', 'tcp-echo')).what).toMatch(/no namespace dmeo/)
  })
})

const OTHER = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { namespace: 'demo', name: 'other', uid: 'u', resourceVersion: '1' },
}

describe('a VirtualService that cannot be read', () => {
  test('for want of the right names the rule that grants it, for this object alone', async () => {
    const sandbox = await sandboxWith({ tokens: { nobody: userWith() } })
    const found = await readVirtualService(apiOf(sandbox.kubeconfig), 'demo', 'tcp-echo', NEVER)
    expect(found).toMatchObject({ ok: false, finding: { severity: 'error', reason: 'access' } })
    if (found.ok) return
    expect(found.finding.what).toContain('User "tester" cannot get resource "virtualservices"')
    expect(found.finding.remedy).toBe(
      'Grant it in a Role in namespace demo:\n  - {apiGroups: ["networking.istio.io"], resources: ["virtualservices"], verbs: ["get"], resourceNames: ["tcp-echo"]}',
    )
  })

  test.each([
    ['not an object', { kind: 'VirtualService' }, 'something that is not an object'],
    ['another object', OTHER, 'another object (VirtualService demo/other)'],
  ])('because the answer is %s is no fault of the object', async (_, body, what) => {
    const sandbox = await sandboxWith()
    await sandbox.faults.api({ act: respond(200, { body }) })
    const found = await readVirtualService(apiOf(sandbox.kubeconfig), 'demo', 'tcp-echo', NEVER)
    expect(found).toMatchObject({
      ok: false,
      finding: { reason: 'cluster', what: expect.stringContaining(what) },
    })
  })

  test.each([
    [401, { body: { kind: 'Status', message: 'Unauthorized' } }],
    [503, { retryAfterSeconds: 0 }],
  ])('because of %i ends as the refusal that it is', async (status, more) => {
    const sandbox = await sandboxWith()
    await sandbox.faults.api({ act: respond(status, more) })
    const reading = readVirtualService(apiOf(sandbox.kubeconfig), 'demo', 'tcp-echo', NEVER)
    await expect(reading).rejects.toMatchObject({ name: 'ApiError', status })
  })
})

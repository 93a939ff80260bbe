import { expect, test } from 'vitest'
import { dig, listAt, textAt } from '../../sandbox/objects/json.ts'
import { call } from './support/call.ts'
import { sandboxWith, VIRTUAL_SERVICE, virtualServicePath } from './support/sandbox.ts'

test('the tutorial starts with one destination, v1, without a weight', async () => {
  const sandbox = await sandboxWith()
  const answer = await call(sandbox, 'GET', virtualServicePath())
  expect(answer.status).toBe(200)
  expect(dig(answer.body, 'spec')).toEqual({
    gateways: ['tcp-echo-gateway'],
    hosts: ['*'],
    tcp: [
      {
        match: [{ port: 31400 }],
        route: [{ destination: { host: 'tcp-echo', port: { number: 9000 }, subset: 'v1' } }],
      },
    ],
  })
})

test('an object has what the server writes: uid, resourceVersion, generation, creation in whole seconds', async () => {
  const now = new Date('2026-03-04T05:06:07.890Z')
  const sandbox = await sandboxWith({ now: () => now })
  const answer = await call(sandbox, 'GET', virtualServicePath())
  expect(textAt(answer.body, 'metadata', 'uid')).toMatch(
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  )
  expect(textAt(answer.body, 'metadata', 'resourceVersion')).toMatch(/^\d+$/)
  expect(dig(answer.body, 'metadata', 'generation')).toBe(1)
  expect(textAt(answer.body, 'metadata', 'creationTimestamp')).toBe('2026-03-04T05:06:07Z')
})

test('the Date header has the clock of the API server instead of that of the machine', async () => {
  const sandbox = await sandboxWith({ now: () => new Date('2031-01-02T03:04:05Z') })
  const answer = await call(sandbox, 'GET', '/version')
  expect(answer.headers.date).toBe('Thu, 02 Jan 2031 03:04:05 GMT')
})

test('every answer has its own Audit-Id and must not be cached', async () => {
  const sandbox = await sandboxWith()
  const one = await call(sandbox, 'GET', virtualServicePath())
  const other = await call(sandbox, 'GET', virtualServicePath())
  expect(one.headers['audit-id']).toMatch(/^[0-9a-f-]{36}$/)
  expect(one.headers['audit-id']).not.toBe(other.headers['audit-id'])
  expect(one.headers['cache-control']).toBe('no-cache, private')
})

test('the same VirtualService is served in three versions that differ only in apiVersion', async () => {
  const sandbox = await sandboxWith()
  const [v1, ...others] = await Promise.all(
    ['v1', 'v1beta1', 'v1alpha3'].map((version) =>
      call(sandbox, 'GET', virtualServicePath(version)),
    ),
  )
  expect(dig(v1?.body, 'apiVersion')).toBe('networking.istio.io/v1')
  expect(others.map((answer) => dig(answer.body, 'apiVersion'))).toEqual([
    'networking.istio.io/v1beta1',
    'networking.istio.io/v1alpha3',
  ])
  for (const answer of others) {
    expect(dig(answer.body, 'spec')).toEqual(dig(v1?.body, 'spec'))
    expect(dig(answer.body, 'metadata')).toEqual(dig(v1?.body, 'metadata'))
  }
})

test('a custom resource has its fields in alphabetical order, and a built-in one begins with its kind', async () => {
  const sandbox = await sandboxWith()
  const custom = await call(sandbox, 'GET', virtualServicePath())
  expect(custom.text).toMatch(
    /^\{"apiVersion":"networking.istio.io\/v1","kind":"VirtualService","metadata":\{"annotations"/,
  )
  const builtIn = await call(sandbox, 'GET', '/api/v1/namespaces/demo/services/tcp-echo')
  expect(builtIn.text).toMatch(/^\{"kind":"Service","apiVersion":"v1","metadata":/)
})

test('JSON is encoded as in Go, with escaped HTML characters and a final line feed', async () => {
  const sandbox = await sandboxWith()
  sandbox.objects.patch(VIRTUAL_SERVICE, { metadata: { annotations: { a: '<b>&' } } })
  const answer = await call(sandbox, 'GET', virtualServicePath())
  expect(answer.text).toContain('"a":"\\u003cb\\u003e\\u0026"')
  expect(answer.text.endsWith('}\n')).toBe(true)
  expect(dig(answer.body, 'metadata', 'annotations', 'a')).toBe('<b>&')
})

test('lists contain the objects of a namespace, or of all, and their resourceVersion', async () => {
  const sandbox = await sandboxWith()
  const services = await call(sandbox, 'GET', '/api/v1/namespaces/istio-system/services')
  expect(dig(services.body, 'kind')).toBe('ServiceList')
  expect(names(services.body)).toEqual(['istio-ingressgateway'])
  expect(textAt(services.body, 'metadata', 'resourceVersion')).toMatch(/^\d+$/)
  const everywhere = await call(sandbox, 'GET', '/api/v1/services')
  expect(names(everywhere.body)).toEqual(['tcp-echo', 'istio-ingressgateway'])
  const virtualServices = await call(sandbox, 'GET', '/apis/networking.istio.io/v1/virtualservices')
  expect(dig(virtualServices.body, 'kind')).toBe('VirtualServiceList')
  expect(names(virtualServices.body)).toEqual(['tcp-echo'])
})

test('items of a list have their kind for a custom resource, but not for a built-in one', async () => {
  const sandbox = await sandboxWith()
  const pods = await call(sandbox, 'GET', '/api/v1/namespaces/demo/pods')
  expect(dig(pods.body, 'items', 0, 'kind')).toBeUndefined()
  const gateways = await call(sandbox, 'GET', '/apis/networking.istio.io/v1/gateways')
  expect(dig(gateways.body, 'items', 0, 'kind')).toBe('Gateway')
})

test.each([
  ['labelSelector=version%3Dv2', ['tcp-echo-v2-0']],
  ['labelSelector=app%3D%3Dtcp-echo%2Cversion%21%3Dv2', ['tcp-echo-v1-0']],
  ['labelSelector=version', ['tcp-echo-v1-0', 'tcp-echo-v2-0']],
  ['labelSelector=%21version', []],
  ['fieldSelector=metadata.name%3Dtcp-echo-v1-0', ['tcp-echo-v1-0']],
  ['labelSelector=app%3Dother', []],
])('a list with %s holds %j', async (query, expected) => {
  const sandbox = await sandboxWith()
  const answer = await call(sandbox, 'GET', `/api/v1/namespaces/demo/pods?${query}`)
  expect(names(answer.body)).toEqual(expected)
})

test('a namespace is not confused with another one whose name begins with its name', async () => {
  const sandbox = await sandboxWith()
  sandbox.objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo-2' } })
  sandbox.objects.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'other', namespace: 'demo-2' },
  })
  expect(names((await call(sandbox, 'GET', '/api/v1/namespaces/demo/services')).body)).toEqual([
    'tcp-echo',
  ])
})

test('kubectl finds in OpenAPI that the server validates what is patched', async () => {
  const sandbox = await sandboxWith()
  const index = await call(sandbox, 'GET', '/openapi/v3')
  const path = textAt(index.body, 'paths', 'apis/networking.istio.io/v1', 'serverRelativeURL') ?? ''
  const document = await call(sandbox, 'GET', path)
  const patched = '/apis/networking.istio.io/v1/namespaces/{namespace}/virtualservices/{name}'
  expect(dig(document.body, 'paths', patched, 'patch')).toMatchObject({
    'x-kubernetes-group-version-kind': { kind: 'VirtualService', version: 'v1' },
    parameters: expect.arrayContaining([expect.objectContaining({ name: 'fieldValidation' })]),
  })
})

test('the list of a missing namespace is empty', async () => {
  const sandbox = await sandboxWith()
  const answer = await call(
    sandbox,
    'GET',
    '/apis/networking.istio.io/v1/namespaces/none/virtualservices',
  )
  expect(answer.status).toBe(200)
  expect(dig(answer.body, 'items')).toEqual([])
})

test('the gateway is found as the tutorial finds it: Service, load balancer address, port named tcp', async () => {
  const sandbox = await sandboxWith()
  const answer = await call(
    sandbox,
    'GET',
    '/api/v1/namespaces/istio-system/services/istio-ingressgateway',
  )
  expect(textAt(answer.body, 'status', 'loadBalancer', 'ingress', 0, 'ip')).toBe(
    sandbox.gateway.host,
  )
  const port = listAt(answer.body, 'spec', 'ports').find((one) => textAt(one, 'name') === 'tcp')
  expect(dig(port, 'port')).toBe(sandbox.gateway.port)
})

test('discovery lists the groups, the versions in order of preference, and the resources of a version', async () => {
  const sandbox = await sandboxWith()
  const groups = await call(sandbox, 'GET', '/apis')
  expect(listAt(groups.body, 'groups').map((group) => textAt(group, 'name'))).toEqual([
    'batch',
    'discovery.k8s.io',
    'networking.istio.io',
    'authorization.k8s.io',
  ])
  const group = await call(sandbox, 'GET', '/apis/networking.istio.io')
  expect(listAt(group.body, 'versions').map((one) => textAt(one, 'version'))).toEqual([
    'v1',
    'v1beta1',
    'v1alpha3',
  ])
  expect(textAt(group.body, 'preferredVersion', 'groupVersion')).toBe('networking.istio.io/v1')
  const version = await call(sandbox, 'GET', '/apis/networking.istio.io/v1')
  expect(listAt(version.body, 'resources').map((one) => textAt(one, 'kind'))).toContain(
    'VirtualService',
  )
  const core = await call(sandbox, 'GET', '/api/v1')
  expect(listAt(core.body, 'resources').map((one) => textAt(one, 'name'))).toEqual([
    'namespaces',
    'nodes',
    'pods',
    'configmaps',
    'secrets',
    'events',
    'services',
  ])
})

test('if only v1alpha3 is installed, discovery says so and v1 is not found', async () => {
  const sandbox = await sandboxWith({ istioVersions: ['v1alpha3'] })
  const group = await call(sandbox, 'GET', '/apis/networking.istio.io')
  expect(textAt(group.body, 'preferredVersion', 'version')).toBe('v1alpha3')
  expect((await call(sandbox, 'GET', virtualServicePath('v1alpha3'))).status).toBe(200)
  const missing = await call(sandbox, 'GET', virtualServicePath('v1'))
  expect(missing).toMatchObject({ status: 404, text: '404 page not found\n' })
})

test("the Services can be in another API server than Istio's objects", async () => {
  const sandbox = await sandboxWith({ separateClusters: true })
  const service = '/api/v1/namespaces/istio-system/services/istio-ingressgateway'
  const { gatewayKubeconfig: kubeconfig } = sandbox
  expect((await call(sandbox, 'GET', virtualServicePath())).status).toBe(200)
  expect((await call(sandbox, 'GET', service)).status).toBe(404)
  expect((await call(sandbox, 'GET', virtualServicePath(), { kubeconfig })).status).toBe(404)
  expect((await call(sandbox, 'GET', service, { kubeconfig })).status).toBe(200)
})

function names(list: Parameters<typeof listAt>[0]): (string | undefined)[] {
  return listAt(list, 'items').map((item) => textAt(item, 'metadata', 'name'))
}

import { expect, test } from 'vitest'
import type { User } from '../../sandbox/api/users.ts'
import { dig } from '../../sandbox/objects/json.ts'
import { call, JSON_PATCH, jsonPatch, MERGE_PATCH } from './support/call.ts'
import { routeOf, sandboxWith, virtualServicePath } from './support/sandbox.ts'

const TESTER: User = {
  name: 'system:serviceaccount:demo:tester',
  rules: [
    {
      apiGroups: ['networking.istio.io'],
      resources: ['virtualservices'],
      verbs: ['get', 'patch'],
      resourceNames: ['tcp-echo'],
      namespace: 'demo',
    },
  ],
}
const GROUP = 'networking.istio.io'

test('an unknown token gets 401', async () => {
  const sandbox = await sandboxWith()
  const answer = await call(sandbox, 'GET', virtualServicePath(), { token: 'wrong' })
  expect(answer.status).toBe(401)
  expect(answer.body).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'Unauthorized',
    reason: 'Unauthorized',
    code: 401,
  })
})

test('a token can be removed and another one added while the sandbox runs', async () => {
  const sandbox = await sandboxWith({ tokens: { old: TESTER } })
  const get = (token: string) => call(sandbox, 'GET', virtualServicePath(), { token })
  expect((await get('old')).status).toBe(200)
  sandbox.tokens.delete('old')
  sandbox.tokens.set('new', TESTER)
  expect((await get('old')).status).toBe(401)
  expect((await get('new')).status).toBe(200)
})

test.each([
  [
    'a user without the right',
    'DELETE',
    virtualServicePath(),
    'virtualservices.networking.istio.io "tcp-echo" is forbidden: User "system:serviceaccount:demo:tester" cannot delete resource "virtualservices" in API group "networking.istio.io" in the namespace "demo"',
    { name: 'tcp-echo', group: GROUP, kind: 'virtualservices' },
  ],
  [
    'a right for another object',
    'GET',
    virtualServicePath('v1', 'other'),
    'virtualservices.networking.istio.io "other" is forbidden: User "system:serviceaccount:demo:tester" cannot get resource "virtualservices" in API group "networking.istio.io" in the namespace "demo"',
    { name: 'other', group: GROUP, kind: 'virtualservices' },
  ],
  [
    'a list, which no rule with names allows',
    'GET',
    '/apis/networking.istio.io/v1/namespaces/demo/virtualservices',
    'virtualservices.networking.istio.io is forbidden: User "system:serviceaccount:demo:tester" cannot list resource "virtualservices" in API group "networking.istio.io" in the namespace "demo"',
    { group: GROUP, kind: 'virtualservices' },
  ],
  [
    'a list of the whole cluster',
    'GET',
    '/api/v1/nodes',
    'nodes is forbidden: User "system:serviceaccount:demo:tester" cannot list resource "nodes" in API group "" at the cluster scope',
    { kind: 'nodes' },
  ],
  [
    'a group that is not served: what is not allowed is not looked for',
    'GET',
    '/apis/no.such.group/v1/namespaces/demo/virtualservices/tcp-echo',
    'virtualservices.no.such.group "tcp-echo" is forbidden: User "system:serviceaccount:demo:tester" cannot get resource "virtualservices" in API group "no.such.group" in the namespace "demo"',
    { name: 'tcp-echo', group: 'no.such.group', kind: 'virtualservices' },
  ],
])(
  '403 names the user, the verb, the resource and the namespace: %s',
  async (_, method, path, message, details) => {
    const sandbox = await sandboxWith({ tokens: { tester: TESTER } })
    const answer = await call(sandbox, method, path, { token: 'tester' })
    expect(answer.status).toBe(403)
    expect(answer.body).toMatchObject({ reason: 'Forbidden', message, details, code: 403 })
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  },
)

test('a request without a token is anonymous, and may only read the version', async () => {
  const sandbox = await sandboxWith()
  const answer = await call(sandbox, 'GET', virtualServicePath(), { token: undefined })
  expect(answer.status).toBe(403)
  expect(dig(answer.body, 'message')).toContain('User "system:anonymous" cannot get resource')
  expect((await call(sandbox, 'GET', '/version', { token: undefined })).status).toBe(200)
  expect((await call(sandbox, 'GET', '/apis', { token: undefined })).status).toBe(403)
})

test('the granted rights suffice: get and patch of the one object, and discovery', async () => {
  const sandbox = await sandboxWith({ tokens: { tester: TESTER } })
  const token = 'tester'
  expect((await call(sandbox, 'GET', virtualServicePath(), { token })).status).toBe(200)
  expect((await jsonPatch(sandbox, virtualServicePath(), [], { token })).status).toBe(200)
  expect((await call(sandbox, 'GET', '/apis/networking.istio.io', { token })).status).toBe(200)
})

test.each([
  ['patch', 'tcp-echo', true],
  ['patch', 'other', false],
  ['delete', 'tcp-echo', false],
])('a SelfSubjectAccessReview of %s on %s says allowed: %j', async (verb, name, allowed) => {
  const sandbox = await sandboxWith({ tokens: { tester: TESTER } })
  const resourceAttributes = {
    group: GROUP,
    resource: 'virtualservices',
    namespace: 'demo',
    name,
    verb,
  }
  const answer = await call(
    sandbox,
    'POST',
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    {
      token: 'tester',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      },
    },
  )
  expect(answer.status).toBe(201)
  expect(answer.body).toMatchObject({ spec: { resourceAttributes }, status: { allowed } })
})

test('a missing object differs from a kind that is not served', async () => {
  const sandbox = await sandboxWith()
  const object = await call(sandbox, 'GET', virtualServicePath('v1', 'none'))
  expect(object.status).toBe(404)
  expect(object.body).toMatchObject({
    reason: 'NotFound',
    message: 'virtualservices.networking.istio.io "none" not found',
    details: { name: 'none', group: GROUP, kind: 'virtualservices' },
  })
  for (const path of [
    virtualServicePath('v9'),
    '/apis/no.such.group/v1/namespaces/demo/virtualservices/tcp-echo',
    '/apis/networking.istio.io/v1/namespaces/demo/nosuches/tcp-echo',
    '/apis/no.such.group',
    '/apis/networking.istio.io/v9',
  ]) {
    const kind = await call(sandbox, 'GET', path)
    expect(kind).toMatchObject({ status: 404, text: '404 page not found\n' })
    expect(kind.headers['content-type']).toBe('text/plain; charset=utf-8')
  }
})

test('without Istio its group is not found, but everything else exists', async () => {
  const sandbox = await sandboxWith({ istioVersions: [] })
  expect(await call(sandbox, 'GET', virtualServicePath())).toMatchObject({
    status: 404,
    text: '404 page not found\n',
  })
  expect((await call(sandbox, 'GET', '/api/v1/namespaces/demo')).status).toBe(200)
})

test.each([
  ['application/json', []],
  ['application/strategic-merge-patch+json', { spec: {} }],
  ['text/plain', 'x'],
])('a patch with content type %s gets 415 and the supported types', async (type, body) => {
  const sandbox = await sandboxWith()
  const answer = await call(sandbox, 'PATCH', virtualServicePath(), { type, body })
  expect(answer.status).toBe(415)
  expect(answer.body).toMatchObject({
    reason: 'UnsupportedMediaType',
    message:
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
  })
})

test('a client that accepts no JSON gets 406', async () => {
  const sandbox = await sandboxWith()
  const headers = { Accept: 'text/html' }
  const answer = await call(sandbox, 'GET', virtualServicePath(), { headers })
  expect(answer.status).toBe(406)
})

test.each([
  ['no JSON', JSON_PATCH, 'no json', /^error decoding patch: /],
  [
    'an object in the place of a list',
    JSON_PATCH,
    { op: 'test' },
    'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
  ],
  ['a list in the place of an object', MERGE_PATCH, [], /^error decoding patch: /],
])('a malformed patch gets 400: %s', async (_, type, body, message) => {
  const sandbox = await sandboxWith()
  const answer = await call(sandbox, 'PATCH', virtualServicePath(), { type, body })
  expect(answer.status).toBe(400)
  expect(dig(answer.body, 'message')).toEqual(
    typeof message === 'string' ? message : expect.stringMatching(message),
  )
})

test('a method that a resource does not support gets 405', async () => {
  const sandbox = await sandboxWith()
  const collection = '/apis/networking.istio.io/v1/namespaces/demo/virtualservices'
  const answer = await call(sandbox, 'DELETE', collection)
  expect(answer.status).toBe(405)
  expect(answer.body).toMatchObject({ reason: 'MethodNotAllowed' })
})

test('a patch of a whole collection gets 400', async () => {
  const sandbox = await sandboxWith()
  const collection = '/apis/networking.istio.io/v1/namespaces/demo/virtualservices'
  const answer = await jsonPatch(sandbox, collection, [])
  expect(answer).toMatchObject({ status: 400, body: { message: 'name must be provided' } })
})

test('a body of more than 3 MiB gets 413', async () => {
  const sandbox = await sandboxWith()
  const value = 'x'.repeat(4_000_000)
  const answer = await jsonPatch(sandbox, virtualServicePath(), [
    { op: 'add', path: '/metadata/annotations/a', value },
  ])
  expect(answer).toMatchObject({
    status: 413,
    body: { message: 'Request entity too large: limit is 3145728' },
  })
})

test('every request is recorded with its user and the status of its answer', async () => {
  const sandbox = await sandboxWith({ tokens: { tester: TESTER } })
  const headers = { 'User-Agent': 'shift/1.0 (test)' }
  await call(sandbox, 'GET', `${virtualServicePath()}?pretty=true`, { token: 'tester', headers })
  await call(sandbox, 'GET', '/version', { token: 'wrong' })
  await jsonPatch(sandbox, `${virtualServicePath()}?dryRun=All`, [], { token: 'tester' })
  expect(sandbox.calls).toMatchObject([
    {
      method: 'GET',
      path: `${virtualServicePath()}?pretty=true`,
      status: 200,
      user: TESTER.name,
      dryRun: false,
      userAgent: 'shift/1.0 (test)',
      answered: true,
    },
    { method: 'GET', path: '/version', status: 401, user: '' },
    { method: 'PATCH', status: 200, dryRun: true, body: '[]' },
  ])
})

test("istiod's webhook refuses a weight below 0, weights that are all 0, and a host without a name", async () => {
  const sandbox = await sandboxWith()
  const denied = async (value: ReturnType<typeof routeOf>, query = '') => {
    const operations = [{ op: 'replace', path: '/spec/tcp/0/route', value }]
    return jsonPatch(sandbox, `${virtualServicePath()}${query}`, operations)
  }
  const message = (told: string) =>
    `admission webhook "validation.istio.io" denied the request: configuration is invalid: ${told}`
  expect(await denied(routeOf({ v1: -1, v2: 101 }))).toMatchObject({
    status: 400,
    body: { message: message('weight -1 < 0'), code: 400 },
  })
  expect(await denied(routeOf({ v1: 0, v2: 0 }), '?dryRun=All')).toMatchObject({
    status: 400,
    body: { message: message('total destination weight = 0') },
  })
  const [first] = routeOf({ v1: 100 })
  const nameless = { ...first, destination: { ...first?.destination, host: '' } }
  expect(
    await jsonPatch(sandbox, virtualServicePath(), [
      { op: 'replace', path: '/spec/tcp/0/route/0', value: nameless },
    ]),
  ).toMatchObject({ status: 400, body: { message: message('empty domain name not allowed') } })
  expect((await denied(routeOf({ v1: 60, v2: 30 }))).status).toBe(200)
  const body = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'other' },
    spec: { hosts: ['*'], tcp: [{ route: routeOf({ v1: -1, v2: -2 }) }] },
  }
  const collection = '/apis/networking.istio.io/v1/namespaces/demo/virtualservices'
  expect(await call(sandbox, 'POST', collection, { body })).toMatchObject({
    status: 400,
    body: { message: message('2 errors occurred:\n\t* weight -1 < 0\n\t* weight -2 < 0\n\n') },
  })
})

test('a rule for a namespace applies only there, and to the namespace itself', async () => {
  const rule = {
    apiGroups: [''],
    resources: ['services', 'namespaces'],
    verbs: ['get', 'list'],
    namespace: 'demo',
  }
  const sandbox = await sandboxWith({ tokens: { reader: { name: 'reader', rules: [rule] } } })
  const statusOf = async (path: string) =>
    (await call(sandbox, 'GET', `/api/v1/${path}`, { token: 'reader' })).status
  expect(await statusOf('namespaces/demo/services/tcp-echo')).toBe(200)
  expect(await statusOf('namespaces/demo')).toBe(200)
  expect(await statusOf('namespaces/istio-system/services')).toBe(403)
  expect(await statusOf('services')).toBe(403)
  expect(await statusOf('namespaces/default')).toBe(403)
})

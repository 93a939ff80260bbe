import { describe, expect, test } from 'vitest'
import { dig, type Json, numberAt, textAt } from '../../sandbox/objects/json.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { call, jsonPatch, MERGE_PATCH } from './support/call.ts'
import { routeOf, sandboxWith, VIRTUAL_SERVICE, virtualServicePath } from './support/sandbox.ts'

const PATH = virtualServicePath()
const COLLECTION = '/apis/networking.istio.io/v1/namespaces/demo/virtualservices'
const toRoute = (weights: Record<string, number>): Json[] => [
  { op: 'replace', path: '/spec/tcp/0/route', value: routeOf(weights) },
]
const stored = (sandbox: Sandbox) => sandbox.objects.get(VIRTUAL_SERVICE)
const metadata = (sandbox: Sandbox, field: string) => dig(stored(sandbox), 'metadata', field)

test('one JSON Patch writes weights and an annotation, guarded by uid and resourceVersion', async () => {
  const sandbox = await sandboxWith()
  const answer = await jsonPatch(sandbox, PATH, [
    { op: 'test', path: '/metadata/uid', value: metadata(sandbox, 'uid') ?? null },
    {
      op: 'replace',
      path: '/metadata/resourceVersion',
      value: metadata(sandbox, 'resourceVersion') ?? null,
    },
    { op: 'add', path: '/metadata/annotations/istio-traffic-shift~1journal', value: '{}' },
    { op: 'replace', path: '/spec/tcp/0/route', value: routeOf({ v1: 80, v2: 20 }) },
  ])
  expect(answer.status).toBe(200)
  expect(answer.body).toEqual(stored(sandbox))
  expect(dig(answer.body, 'spec', 'tcp', 0, 'route')).toEqual(routeOf({ v1: 80, v2: 20 }))
  expect(dig(answer.body, 'metadata', 'annotations', 'istio-traffic-shift/journal')).toBe('{}')
})

test('a stale resourceVersion in a patch gets 409, also in a dry run, and nothing is written', async () => {
  const sandbox = await sandboxWith()
  const stale = metadata(sandbox, 'resourceVersion') ?? null
  sandbox.objects.patch(VIRTUAL_SERVICE, { metadata: { annotations: { other: '1' } } })
  const before = stored(sandbox)
  for (const query of ['', '?dryRun=All']) {
    const answer = await jsonPatch(sandbox, `${PATH}${query}`, [
      { op: 'replace', path: '/metadata/resourceVersion', value: stale },
      ...toRoute({ v1: 1, v2: 99 }),
    ])
    expect(answer.status).toBe(409)
    expect(answer.body).toMatchObject({
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on virtualservices.networking.istio.io "tcp-echo": the object has been modified; please apply your changes to the latest version and try again',
      details: { name: 'tcp-echo', group: 'networking.istio.io', kind: 'virtualservices' },
    })
  }
  expect(stored(sandbox)).toEqual(before)
})

test.each<[string, Json]>([
  ['a test of another uid', { op: 'test', path: '/metadata/uid', value: 'other' }],
  [
    'a test of another resourceVersion',
    { op: 'test', path: '/metadata/resourceVersion', value: '1' },
  ],
  ['an annotation where there are none', { op: 'add', path: '/metadata/labels/a', value: 'b' }],
  ['an index that is not there', { op: 'replace', path: '/spec/tcp/7/route', value: [] }],
])('a patch that cannot be applied gets a 422 without the reason: %s', async (_, operation) => {
  const sandbox = await sandboxWith()
  const before = stored(sandbox)
  const answer = await jsonPatch(sandbox, PATH, [operation])
  expect(answer.status).toBe(422)
  expect(answer.body).toEqual({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'the server rejected our request due to an error in our request',
    reason: 'Invalid',
    details: {},
    code: 422,
  })
  expect(stored(sandbox)).toEqual(before)
})

describe('an object that violates the schema gets a 422 that names the field', () => {
  const unchecked =
    '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'

  test.each<[string, Json, string, string]>([
    [
      'a weight that is text',
      [{ destination: { host: 'a' }, weight: '80' }],
      'FieldValueTypeInvalid',
      'spec.tcp[0].route[0].weight: Invalid value: "string": spec.tcp[0].route[0].weight in body must be of type integer: "string"',
    ],
    [
      'a destination without a host',
      [{ destination: {} }],
      'FieldValueRequired',
      'spec.tcp[0].route[0].destination.host: Required value',
    ],
    [
      'a port below its minimum',
      [{ destination: { host: 'a', port: { number: -1 } } }],
      'FieldValueInvalid',
      'spec.tcp[0].route[0].destination.port.number: Invalid value: -1: spec.tcp[0].route[0].destination.port.number in body should be greater than or equal to 0',
    ],
  ])('%s', async (_, value, reason, told) => {
    const sandbox = await sandboxWith()
    const answer = await jsonPatch(sandbox, PATH, [
      { op: 'replace', path: '/spec/tcp/0/route', value },
    ])
    expect(answer.status).toBe(422)
    const all = reason === 'FieldValueInvalid' ? told : `[${told}, ${unchecked}]`
    expect(dig(answer.body, 'message')).toBe(
      `VirtualService.networking.istio.io "tcp-echo" is invalid: ${all}`,
    )
    expect(dig(answer.body, 'details', 'causes', 0, 'reason')).toBe(reason)
  })

  test('for a fraction, which has two errors', async () => {
    const sandbox = await sandboxWith()
    const answer = await jsonPatch(sandbox, PATH, toRoute({ v1: 79.5 }))
    expect(dig(answer.body, 'message')).toContain(
      'spec.tcp[0].route[0].weight in body must be of type int32: "float64", <nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec.tcp[0].route[0].weight',
    )
  })
})

test('a field that is not in the schema is pruned with a Warning', async () => {
  const sandbox = await sandboxWith()
  const answer = await jsonPatch(sandbox, PATH, [
    { op: 'add', path: '/spec/tcp/0/noSuch', value: 1 },
    { op: 'add', path: '/spec/tcp/0/route/0/weight', value: 7 },
  ])
  expect(answer.status).toBe(200)
  expect(answer.headers.warning).toBe('299 - "unknown field \\"spec.tcp[0].noSuch\\""')
  expect(dig(answer.body, 'spec', 'tcp', 0, 'noSuch')).toBeUndefined()
  expect(dig(answer.body, 'spec', 'tcp', 0, 'route', 0, 'weight')).toBe(7)
})

test('an unknown field is refused with strict validation', async () => {
  const sandbox = await sandboxWith()
  const answer = await jsonPatch(sandbox, `${PATH}?fieldValidation=Strict`, [
    { op: 'add', path: '/spec/noSuch', value: 1 },
  ])
  expect(answer.status).toBe(422)
  expect(dig(answer.body, 'message')).toMatch(/strict decoding error: unknown field "spec.noSuch"$/)
})

test('a dry run returns what would be stored, and stores nothing', async () => {
  const sandbox = await sandboxWith()
  const before = stored(sandbox)
  const answer = await jsonPatch(sandbox, `${PATH}?dryRun=All`, toRoute({ v1: 80, v2: 20 }))
  expect(answer.status).toBe(200)
  expect(dig(answer.body, 'spec', 'tcp', 0, 'route')).toEqual(routeOf({ v1: 80, v2: 20 }))
  expect(dig(answer.body, 'metadata', 'generation')).toBe(2)
  expect(dig(answer.body, 'metadata', 'resourceVersion')).toBe(
    dig(before, 'metadata', 'resourceVersion'),
  )
  expect(stored(sandbox)).toEqual(before)
})

test('dryRun has no other value than All', async () => {
  const sandbox = await sandboxWith()
  const answer = await jsonPatch(sandbox, `${PATH}?dryRun=Some`, [])
  expect(answer).toMatchObject({
    status: 422,
    body: {
      message:
        'PatchOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
    },
  })
})

test('generation counts only changes of the spec, resourceVersion all changes, and neither counts a patch without effect', async () => {
  const sandbox = await sandboxWith()
  const numbers = () => [
    numberAt(stored(sandbox), 'metadata', 'generation'),
    Number(textAt(stored(sandbox), 'metadata', 'resourceVersion')),
  ]
  const [, version = 0] = numbers()
  await jsonPatch(sandbox, PATH, [{ op: 'add', path: '/metadata/annotations/a', value: 'b' }])
  expect(numbers()).toEqual([1, version + 1])
  await jsonPatch(sandbox, PATH, toRoute({ v1: 50, v2: 50 }))
  expect(numbers()).toEqual([2, version + 2])
  await jsonPatch(sandbox, PATH, toRoute({ v1: 50, v2: 50 }))
  await jsonPatch(sandbox, PATH, [
    { op: 'add', path: '/metadata/annotations/c', value: 'd' },
    { op: 'remove', path: '/metadata/annotations/c' },
  ])
  expect(numbers()).toEqual([2, version + 2])
})

test('the manager is the one in the query, or the first word of the User-Agent', async () => {
  const sandbox = await sandboxWith({ now: () => new Date('2026-05-05T05:05:05Z') })
  const headers = { 'User-Agent': 'shift/2.0 (linux)' }
  await jsonPatch(sandbox, PATH, toRoute({ v1: 50, v2: 50 }), { headers })
  await jsonPatch(
    sandbox,
    `${PATH}?fieldManager=notes`,
    [{ op: 'add', path: '/metadata/annotations/a~1b', value: 'c' }],
    { headers },
  )
  expect(metadata(sandbox, 'managedFields')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        manager: 'shift',
        operation: 'Update',
        time: '2026-05-05T05:05:05Z',
        fieldsV1: { 'f:spec': { 'f:tcp': {} } },
      }),
      expect.objectContaining({
        manager: 'notes',
        fieldsV1: { 'f:metadata': { 'f:annotations': { 'f:a/b': {} } } },
      }),
    ]),
  )
})

test('the map of annotations is removed with the last one', async () => {
  const sandbox = await sandboxWith()
  sandbox.objects.patch(VIRTUAL_SERVICE, { metadata: { annotations: null } })
  await jsonPatch(sandbox, PATH, [
    { op: 'add', path: '/metadata/annotations', value: {} },
    { op: 'add', path: '/metadata/annotations/a', value: 'b' },
  ])
  expect(metadata(sandbox, 'annotations')).toEqual({ a: 'b' })
  await jsonPatch(sandbox, PATH, [{ op: 'remove', path: '/metadata/annotations/a' }])
  expect(metadata(sandbox, 'annotations')).toBeUndefined()
})

test('neither uid nor name of an object can be changed, and its creation time stays', async () => {
  const sandbox = await sandboxWith()
  const created = metadata(sandbox, 'creationTimestamp')
  const replaced = (field: string, value: string) =>
    jsonPatch(sandbox, PATH, [{ op: 'replace', path: `/metadata/${field}`, value }])
  expect(await replaced('uid', 'other')).toMatchObject({
    status: 422,
    body: { details: { causes: [{ message: 'Invalid value: "other": field is immutable' }, {}] } },
  })
  expect(await replaced('name', 'other')).toMatchObject({
    status: 400,
    body: {
      message: 'the name of the object (other) does not match the name on the URL (tcp-echo)',
    },
  })
  expect((await replaced('creationTimestamp', '2001-01-01T00:00:00Z')).status).toBe(200)
  expect(metadata(sandbox, 'creationTimestamp')).toBe(created)
})

test.each([
  ['', 422, /metadata.resourceVersion: Invalid value: 0: must be specified for an update/],
  ['99999999', 409, /the object has been modified/],
  ['abc', 500, /strconv.ParseUint: parsing "abc": invalid syntax/],
])('a patched resourceVersion of %j gets %i', async (value, status, message) => {
  const sandbox = await sandboxWith()
  const answer = await jsonPatch(sandbox, PATH, [
    { op: 'replace', path: '/metadata/resourceVersion', value },
  ])
  expect(answer.status).toBe(status)
  expect(dig(answer.body, 'message')).toMatch(message)
})

test('annotations have at most 256 KiB, and only strings', async () => {
  const sandbox = await sandboxWith()
  const add = (value: Json) =>
    jsonPatch(sandbox, PATH, [{ op: 'add', path: '/metadata/annotations/a', value }])
  expect(await add('x'.repeat(300_000))).toMatchObject({
    status: 422,
    body: {
      message: expect.stringContaining(
        'metadata.annotations: Too long: may not be more than 262144 bytes',
      ),
    },
  })
  expect(await add(7)).toMatchObject({
    status: 422,
    body: {
      message: expect.stringMatching(
        /json: cannot unmarshal number into Go struct field ObjectMeta.annotations of type string$/,
      ),
    },
  })
  expect((await add('x'.repeat(200_000))).status).toBe(200)
})

test('a write through an older version is visible through the newer one', async () => {
  const sandbox = await sandboxWith()
  const answer = await jsonPatch(
    sandbox,
    virtualServicePath('v1beta1'),
    toRoute({ v1: 30, v2: 70 }),
  )
  expect(dig(answer.body, 'apiVersion')).toBe('networking.istio.io/v1beta1')
  const seen = await call(sandbox, 'GET', PATH)
  expect(dig(seen.body, 'spec', 'tcp', 0, 'route')).toEqual(routeOf({ v1: 30, v2: 70 }))
})

test('a merge patch merges objects, replaces lists and removes what is null', async () => {
  const sandbox = await sandboxWith()
  const answer = await call(sandbox, 'PATCH', PATH, {
    type: MERGE_PATCH,
    body: {
      metadata: {
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': null, a: 'b' },
      },
      spec: { hosts: ['example.com'] },
    },
  })
  expect(answer.status).toBe(200)
  expect(dig(answer.body, 'metadata', 'annotations')).toEqual({ a: 'b' })
  expect(dig(answer.body, 'spec', 'hosts')).toEqual(['example.com'])
  expect(dig(answer.body, 'spec', 'gateways')).toEqual(['tcp-echo-gateway'])
})

test('an object can be created, replaced, deleted, and created again as a new one with the same name', async () => {
  const sandbox = await sandboxWith()
  const object: Json = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'other' },
    spec: { hosts: ['*'] },
  }
  const path = virtualServicePath('v1', 'other')
  const created = await call(sandbox, 'POST', COLLECTION, { body: object })
  expect(created.status).toBe(201)
  expect(dig(created.body, 'metadata', 'namespace')).toBe('demo')
  expect(await call(sandbox, 'POST', COLLECTION, { body: object })).toMatchObject({
    status: 409,
    body: {
      reason: 'AlreadyExists',
      message: 'virtualservices.networking.istio.io "other" already exists',
    },
  })
  expect((await call(sandbox, 'PUT', path, { body: object })).status).toBe(422)
  const resourceVersion = dig(created.body, 'metadata', 'resourceVersion') ?? ''
  const replacement: Json = {
    ...object,
    metadata: { name: 'other', resourceVersion },
    spec: { hosts: ['a.com'] },
  }
  const replaced = await call(sandbox, 'PUT', path, { body: replacement })
  expect(replaced).toMatchObject({
    status: 200,
    body: { metadata: { generation: 2 }, spec: { hosts: ['a.com'] } },
  })

  const uid = dig(created.body, 'metadata', 'uid') ?? null
  expect(await call(sandbox, 'DELETE', path)).toMatchObject({
    status: 200,
    body: { status: 'Success', details: { name: 'other', kind: 'virtualservices', uid } },
  })
  expect((await call(sandbox, 'GET', path)).status).toBe(404)
  expect((await jsonPatch(sandbox, path, [])).status).toBe(404)
  const again = await call(sandbox, 'POST', COLLECTION, { body: object })
  expect(dig(again.body, 'metadata', 'uid')).not.toBe(uid)
})

test('a status is not written with an object, except through direct access', async () => {
  const sandbox = await sandboxWith()
  const status: Json = { observedGeneration: 7 }
  const answer = await jsonPatch(sandbox, PATH, [{ op: 'add', path: '/status', value: status }])
  expect(answer.status).toBe(200)
  expect(dig(answer.body, 'status')).toBeUndefined()
  sandbox.objects.patch(VIRTUAL_SERVICE, { status })
  expect(dig((await call(sandbox, 'GET', PATH)).body, 'status')).toEqual(status)
  await jsonPatch(sandbox, PATH, [{ op: 'remove', path: '/status' }])
  expect(dig(stored(sandbox), 'status')).toEqual(status)
  expect(metadata(sandbox, 'generation')).toBe(1)
})

test('a deletion can be tied to a uid', async () => {
  const sandbox = await sandboxWith()
  const body = (uid: Json): Json => ({ preconditions: { uid } })
  expect((await call(sandbox, 'DELETE', PATH, { body: body('other') })).status).toBe(409)
  expect(
    (await call(sandbox, 'DELETE', PATH, { body: body(metadata(sandbox, 'uid') ?? '') })).status,
  ).toBe(200)
})

test('nothing is created in a missing namespace, and a namespace is deleted with its objects', async () => {
  const sandbox = await sandboxWith()
  const body: Json = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } }
  expect(await call(sandbox, 'POST', '/api/v1/namespaces/none/services', { body })).toMatchObject({
    status: 404,
    body: { message: 'namespaces "none" not found' },
  })
  sandbox.objects.delete({ group: '', resource: 'namespaces', name: 'demo' })
  expect((await call(sandbox, 'GET', PATH)).status).toBe(404)
})

test('direct access can write everything, under the name of a manager, and is not recorded as a call', async () => {
  const sandbox = await sandboxWith()
  const { objects } = sandbox
  objects.patch(
    VIRTUAL_SERVICE,
    { spec: { tcp: [{ route: routeOf({ v1: 0, v2: 0 }) }] } },
    'argocd-controller',
  )
  expect(JSON.stringify(metadata(sandbox, 'managedFields'))).toContain(
    '"manager":"argocd-controller"',
  )
  const object = stored(sandbox)
  if (object === undefined) throw new Error('the VirtualService is gone')
  objects.delete(VIRTUAL_SERVICE)
  expect(objects.get(VIRTUAL_SERVICE)).toBeUndefined()
  const again = objects.create(object)
  expect(again.metadata.uid).not.toBe(object.metadata.uid)
  expect(again.spec).toEqual(object.spec)
  objects.replace({ ...again, spec: { hosts: ['*'] } })
  expect(() => objects.replace(again)).toThrow(/the object has been modified/)
  expect(objects.list({ group: '', resource: 'pods', namespace: 'demo' })).toHaveLength(2)
  expect(sandbox.calls).toEqual([])
})

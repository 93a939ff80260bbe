import { describe, expect, test } from 'vitest'
import { dig, type Json, objectAt } from '../../../sandbox/objects/json.ts'
import {
  type Callers,
  COLLECTION,
  failure,
  fresh,
  GROUP,
  JSON_PATCH,
  MERGE_PATCH,
  newName,
  notFound,
  pathTo,
  routeOf,
  stored,
  versionIn,
  virtualService,
} from './objects.ts'

const ACCEPTED =
  'application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml'

export function testWrites(callers: () => Callers): void {
  const call: Callers['admin']['call'] = (...given) => callers().admin.call(...given)

  describe('a patch', () => {
    test.each([
      ['application/json', []],
      ['application/strategic-merge-patch+json', { spec: {} }],
      ['text/plain', 'x'],
      [null, []],
    ])('of the type %s is a 415 that names those that are known', async (type, body) => {
      const answer = await call('PATCH', pathTo('tcp-echo'), { type, body })
      expect(answer.status).toBe(415)
      const message = `the body of the request was in an unknown format - accepted media types include: ${ACCEPTED}`
      expect(answer.body).toEqual(failure(415, 'UnsupportedMediaType', message))
    })

    test('may have parameters in its content type', async () => {
      const { path, body } = await fresh(callers().admin)
      const answer = await call('PATCH', path, { type: `${JSON_PATCH}; charset=utf-8`, body: [] })
      expect(answer).toMatchObject({ status: 200, body: objectAt(body) })
    })

    test.each<[string, string, Json, string]>([
      [
        'an object for a list',
        JSON_PATCH,
        { op: 'test' },
        'json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
      ],
      [
        'a text for an operation',
        JSON_PATCH,
        ['x'],
        'json: cannot unmarshal string into Go value of type handlers.jsonPatchOp',
      ],
      ['nothing', JSON_PATCH, '', 'unexpected end of JSON input'],
      ['half of a list', JSON_PATCH, '[', 'unexpected end of JSON input'],
    ])('with %s is a 400', async (_, type, body, why) => {
      const { path } = await fresh(callers().admin)
      const answer = await call('PATCH', path, { type, body })
      expect(answer.status).toBe(400)
      expect(answer.body).toEqual(failure(400, 'BadRequest', `error decoding patch: ${why}`))
    })

    test('of more than 3 MiB is a 413', async () => {
      const { path } = await fresh(callers().admin)
      const body = [{ op: 'add', path: '/metadata/annotations/a', value: 'x'.repeat(4_000_000) }]
      const answer = await call('PATCH', path, { type: JSON_PATCH, body })
      expect(answer.status).toBe(413)
      const message = 'Request entity too large: limit is 3145728'
      expect(answer.body).toEqual(failure(413, 'RequestEntityTooLarge', message))
    })

    test('as a merge patch removes null fields and replaces lists', async () => {
      const { path } = await fresh(callers().admin, { annotations: { a: '1', b: '2' } })
      const body = { metadata: { annotations: { a: null, c: '3' } }, spec: { hosts: ['a.com'] } }
      const answer = await call('PATCH', path, { type: MERGE_PATCH, body })
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({
        metadata: { generation: 2 },
        spec: { hosts: ['a.com'], gateways: ['missing'] },
      })
      expect(dig(answer.body, 'metadata', 'annotations')).toEqual({ b: '2', c: '3' })
      expect(answer.body).toEqual(await stored(callers().admin, path))
    })

    test('as a merge patch is guarded by a resourceVersion in it', async () => {
      const { path, body } = await fresh(callers().admin)
      const merge = (annotation: string, resourceVersion: string) =>
        call('PATCH', path, {
          type: MERGE_PATCH,
          body: { metadata: { resourceVersion, annotations: { a: annotation } } },
        })
      expect((await merge('1', versionIn(body))).status).toBe(200)
      expect((await merge('2', versionIn(body))).status).toBe(409)
    })
  })

  describe('an object', () => {
    test('is created once', async () => {
      const { name } = await fresh(callers().admin)
      const again = await call('POST', COLLECTION, { body: virtualService(name) })
      expect(again.status).toBe(409)
      expect(again.body).toEqual(
        failure(409, 'AlreadyExists', `virtualservices.${GROUP} "${name}" already exists`, {
          name,
          group: GROUP,
          kind: 'virtualservices',
        }),
      )
    })

    test('is not created by a dry run', async () => {
      const name = newName()
      const { status, body } = await call('POST', `${COLLECTION}?dryRun=All`, {
        body: virtualService(name),
      })
      expect(status).toBe(201)
      expect(body).toMatchObject({ metadata: { name, generation: 1 } })
      expect(objectAt(body, 'metadata')).not.toHaveProperty('resourceVersion')
      expect((await call('GET', pathTo(name))).status).toBe(404)
    })

    test('is not created in a missing namespace', async () => {
      const path = COLLECTION.replace('/demo/', '/none/')
      const metadata = { namespace: 'none' }
      const { status, body } = await call('POST', path, {
        body: virtualService(newName(), metadata),
      })
      expect(status).toBe(404)
      expect(body).toEqual(
        failure(404, 'NotFound', 'namespaces "none" not found', {
          name: 'none',
          kind: 'namespaces',
        }),
      )
    })

    test('is replaced by one with its resourceVersion', async () => {
      const { path, name, body } = await fresh(callers().admin)
      const { status, body: refused } = await call('PUT', path, { body: virtualService(name) })
      expect(status).toBe(422)
      expect(refused).toMatchObject({
        message: `virtualservices.${GROUP} "${name}" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update`,
      })
      const next = virtualService(name, { resourceVersion: versionIn(body) })
      const spec = { ...objectAt(next, 'spec'), tcp: [{ route: routeOf({ v2: undefined }) }] }
      const replaced = await call('PUT', path, { body: { ...next, spec } })
      expect(replaced.status).toBe(200)
      expect(replaced.body).toMatchObject({
        metadata: { generation: 2, uid: dig(body, 'metadata', 'uid') ?? null },
        spec: { tcp: [{ route: routeOf({ v2: undefined }) }] },
      })
      expect(objectAt(replaced.body, 'metadata')).not.toHaveProperty('annotations')
      expect((await call('PUT', path, { body: next })).status).toBe(409)
    })

    test('is missing after it was deleted', async () => {
      const { path, name, body } = await fresh(callers().admin)
      const uid = dig(body, 'metadata', 'uid') ?? null
      const deleted = await call('DELETE', path)
      expect(deleted.status).toBe(200)
      expect(deleted.body).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Success',
        details: { name, group: GROUP, kind: 'virtualservices', uid },
      })
      expect(await call('DELETE', path)).toMatchObject({ status: 404, body: notFound(name) })
    })

    test('is deleted under the given uid only', async () => {
      const { path, name, body } = await fresh(callers().admin)
      const uid = dig(body, 'metadata', 'uid') ?? null
      const other = '00000000-0000-0000-0000-000000000000'
      const named = (value: Json) =>
        call('DELETE', path, { body: { preconditions: { uid: value } } })
      const refused = await named(other)
      expect(refused.status).toBe(409)
      const message = `Operation cannot be fulfilled on VirtualService.${GROUP} "${name}": the UID in the precondition (${other}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`
      const details = { name, group: GROUP, kind: 'VirtualService' }
      expect(refused.body).toEqual(failure(409, 'Conflict', message, details))
      expect((await named(uid)).status).toBe(200)
    })

    test('is not deleted by a dry run', async () => {
      const { path, body } = await fresh(callers().admin)
      expect((await call('DELETE', `${path}?dryRun=All`)).status).toBe(200)
      expect(await stored(callers().admin, path)).toEqual(body)
    })

    test('without a kind, of another version or under another name is a 400', async () => {
      const { path, name } = await fresh(callers().admin)
      const bare = await call('POST', COLLECTION, { body: {} })
      expect(bare.status).toBe(400)
      expect(bare.body).toEqual(
        failure(
          400,
          'BadRequest',
          "the object provided is unrecognized (must be of type VirtualService): Object 'Kind' is missing in '{}' ({})",
        ),
      )
      const older = { ...virtualService(name), apiVersion: `${GROUP}/v1beta1` }
      const mixed = await call('POST', COLLECTION, { body: older })
      expect(mixed.body).toEqual(
        failure(
          400,
          'BadRequest',
          `the API version in the data (${GROUP}/v1beta1) does not match the expected API version (${GROUP}/v1)`,
        ),
      )
      const renamed = await call('PUT', path, { body: virtualService('other') })
      expect(renamed.body).toEqual(
        failure(
          400,
          'BadRequest',
          `the name of the object (other) does not match the name on the URL (${name})`,
        ),
      )
    })
  })

  describe("istiod's webhook", () => {
    const denial = (reason: string) => ({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `admission webhook "validation.istio.io" denied the request: configuration is invalid: ${reason}`,
      code: 400,
    })
    const [one = {}] = routeOf({ v1: 100 })
    const nameless = { ...one, destination: { ...objectAt(one, 'destination'), host: '' } }

    test.each<[string, Json, string]>([
      ['a weight below 0', routeOf({ v1: -1, v2: 101 }), 'weight -1 < 0'],
      ['weights that are all 0', routeOf({ v1: 0, v2: 0 }), 'total destination weight = 0'],
      [
        'weights that are all missing',
        routeOf({ v1: undefined, v2: undefined }),
        'total destination weight = 0',
      ],
      ['a host without a name', [nameless], 'empty domain name not allowed'],
      [
        'two weights below 0',
        routeOf({ v1: -1, v2: -2 }),
        '2 errors occurred:\n\t* weight -1 < 0\n\t* weight -2 < 0\n\n',
      ],
    ])('denies %s, in a dry run too', async (_, value, told) => {
      const { path, body } = await fresh(callers().admin)
      for (const query of ['', '?dryRun=All']) {
        const answer = await call('PATCH', `${path}${query}`, {
          type: JSON_PATCH,
          body: [{ op: 'replace', path: '/spec/tcp/0/route', value }],
        })
        expect(answer.status).toBe(400)
        expect(answer.body).toEqual(denial(told))
      }
      expect(await stored(callers().admin, path)).toEqual(body)
    })

    test.each([
      [['*', 'a.com'], '* & a.com'],
      [['a.com', '*.com'], 'a.com & *.com'],
      [['a.com', 'b.com', 'a.com'], 'a.com & a.com'],
    ])('denies hosts that overlap: %j', async (value, told) => {
      const { path } = await fresh(callers().admin)
      const answer = await call('PATCH', path, {
        type: JSON_PATCH,
        body: [{ op: 'replace', path: '/spec/hosts', value }],
      })
      expect(answer.body).toEqual(denial(`duplicate hosts in virtual service: ${told}`))
    })

    const refusedNone = 'exportTo ~ (none) is not allowed for Istio configuration objects'
    const refusedName = 'only .,*, or a valid DNS 1123 label is allowed as exportTo entry'
    const refusedMix = 'cannot have both public (*) and non-public exportTo values for a resource'

    test.each<[string[], string]>([
      [['~'], refusedNone],
      [['.', '~'], refusedNone],
      [['a.b'], refusedName],
      [['*', 'default'], refusedMix],
      [['a', 'a'], 'duplicate entries in exportTo for entry a'],
      [['demo', '.'], 'duplicate entries in exportTo: . and current namespace demo'],
      [
        ['~', 'A_b', '*'],
        `3 errors occurred:\n\t* ${refusedNone}\n\t* ${refusedName}\n\t* ${refusedMix}\n\n`,
      ],
    ])('denies a VirtualService with exportTo %j', async (value, told) => {
      const { path, body } = await fresh(callers().admin)
      const operations = [{ op: 'add', path: '/spec/exportTo', value }]
      const answer = await call('PATCH', path, { type: JSON_PATCH, body: operations })
      expect(answer.body).toEqual(denial(told))
      expect(await stored(callers().admin, path)).toEqual(body)
    })

    test.each<[string[], boolean, string]>([
      [['~'], false, refusedNone],
      [
        ['default'],
        true,
        'destination rule with workload selector cannot have exportTo beyond current namespace',
      ],
      [
        ['.', 'default'],
        true,
        'destination rule with workload selector cannot have multiple entries in exportTo',
      ],
    ])(
      'denies a DestinationRule with exportTo %j (for some workloads: %s)',
      async (exportTo, isForWorkloads, told) => {
        const selector = { workloadSelector: { matchLabels: { app: 'other' } } }
        const answer = await call(
          'POST',
          COLLECTION.replace('virtualservices', 'destinationrules'),
          {
            body: {
              apiVersion: `${GROUP}/v1`,
              kind: 'DestinationRule',
              metadata: { name: newName(), namespace: 'demo' },
              spec: { host: 'other', exportTo, ...(isForWorkloads ? selector : {}) },
            },
          },
        )
        expect(answer.body).toEqual(denial(told))
      },
    )

    test.each([[['.']], [['*']], [['demo', 'default']]])(
      'lets exportTo %j through',
      async (value) => {
        const { path } = await fresh(callers().admin)
        const operations = [{ op: 'add', path: '/spec/exportTo', value }]
        const answer = await call('PATCH', path, { type: JSON_PATCH, body: operations })
        expect(answer.status).toBe(200)
      },
    )

    test.each<[string, Json]>([
      ['a sum other than 100', routeOf({ v1: 60, v2: 30 })],
      ['a weight of 0 for a single destination', routeOf({ v1: 0 })],
      ['a weight that is missing among several', routeOf({ v1: undefined, v2: 5 })],
      ['an unknown subset', routeOf({ v9: 100 })],
    ])('lets %s through without a word', async (_, value) => {
      const { path } = await fresh(callers().admin)
      const answer = await call('PATCH', path, {
        type: JSON_PATCH,
        body: [{ op: 'replace', path: '/spec/tcp/0/route', value }],
      })
      expect(answer.status).toBe(200)
      expect(answer.headers.warning).toBeUndefined()
    })
  })
}

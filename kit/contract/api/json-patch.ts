import { describe, expect, test } from 'vitest'
import { dig, type Json, numberAt, objectAt } from '../../../sandbox/objects/json.ts'
import {
  type Callers,
  failure,
  fresh,
  GROUP,
  notFound,
  patch,
  pathTo,
  routeOf,
  stored,
  versionIn,
} from './objects.ts'

const UNAPPLIABLE = failure(
  422,
  'Invalid',
  'the server rejected our request due to an error in our request',
  {},
)
const to = (v1: number, v2: number): Json => ({
  op: 'replace',
  path: '/spec/tcp/0/route',
  value: routeOf({ v1, v2 }),
})
const annotate = (key: string, value: Json): Json => ({
  op: 'add',
  path: `/metadata/annotations/${key}`,
  value,
})

export function testJsonPatch(callers: () => Callers): void {
  const send = (path: string, operations: Json) => patch(callers().admin, path, operations)
  const look = (path: string) => stored(callers().admin, path)
  const numbersOf = (object: Json): [number, number] => [
    numberAt(object, 'metadata', 'generation') ?? 0,
    Number(versionIn(object)),
  ]

  describe('a JSON Patch', () => {
    test('writes weights and an annotation in one call, guarded by uid and resourceVersion', async () => {
      const { path, body } = await fresh(callers().admin)
      const guards: Json[] = [
        { op: 'test', path: '/metadata/uid', value: dig(body, 'metadata', 'uid') ?? null },
        { op: 'replace', path: '/metadata/resourceVersion', value: versionIn(body) },
      ]
      const answer = await send(path, [...guards, annotate('x~1y', '{}'), to(80, 20)])
      expect(answer.status).toBe(200)
      expect(answer.headers['content-type']).toBe('application/json')
      expect(answer.body).toEqual(await look(path))
      expect(answer.body).toMatchObject({
        metadata: { annotations: { kept: 'yes', 'x/y': '{}' }, generation: 2 },
        spec: { tcp: [{ match: [{ port: 31400 }], route: routeOf({ v1: 80, v2: 20 }) }] },
      })
    })

    test.each<[string, string, Json[]]>([
      ['a write', '', [to(1, 99)]],
      ['a dry run', '?dryRun=All', [to(1, 99)]],
      ['a write of nothing else', '', []],
      ['a write of what is there', '', [to(90, 10)]],
    ])('with a stale resourceVersion is a 409: %s', async (_, query, operations) => {
      const { path, name, body } = await fresh(callers().admin)
      await send(path, [annotate('by', 'other')])
      const before = await look(path)
      const guard = { op: 'replace', path: '/metadata/resourceVersion', value: versionIn(body) }
      const answer = await send(`${path}${query}`, [guard, ...operations])
      expect(answer.status).toBe(409)
      const message = `Operation cannot be fulfilled on virtualservices.${GROUP} "${name}": the object has been modified; please apply your changes to the latest version and try again`
      const details = { name, group: GROUP, kind: 'virtualservices' }
      expect(answer.body).toEqual(failure(409, 'Conflict', message, details))
      expect(await look(path)).toEqual(before)
    })

    test.each<[string, number, (name: string) => Json]>([
      [
        '',
        422,
        (name) =>
          failure(
            422,
            'Invalid',
            `virtualservices.${GROUP} "${name}" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update`,
            {
              name,
              group: GROUP,
              kind: 'virtualservices',
              causes: [
                {
                  reason: 'FieldValueInvalid',
                  message: 'Invalid value: 0: must be specified for an update',
                  field: 'metadata.resourceVersion',
                },
              ],
            },
          ),
      ],
      ['999999999', 409, () => expect.objectContaining({ reason: 'Conflict' })],
      [
        'abc',
        500,
        () => ({
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Failure',
          message: 'strconv.ParseUint: parsing "abc": invalid syntax',
          code: 500,
        }),
      ],
    ])('with the resourceVersion %j is a %i', async (value, status, expected) => {
      const { path, name } = await fresh(callers().admin)
      const guard = { op: 'replace', path: '/metadata/resourceVersion', value }
      const answer = await send(path, [guard, annotate('a', 'b')])
      expect(answer.status).toBe(status)
      expect(answer.body).toEqual(expected(name))
    })

    test('that removes the resourceVersion is not guarded by it', async () => {
      const { path } = await fresh(callers().admin)
      const answer = await send(path, [
        { op: 'remove', path: '/metadata/resourceVersion' },
        annotate('a', 'b'),
      ])
      expect(answer.status).toBe(422)
    })

    test.each<[string, Json]>([
      ['a test of another uid', { op: 'test', path: '/metadata/uid', value: 'other' }],
      ['a test of another version', { op: 'test', path: '/metadata/resourceVersion', value: '1' }],
      ['a test of another list', { op: 'test', path: '/spec/tcp', value: [] }],
      ['a test of a key that is missing', { op: 'test', path: '/spec/http', value: [] }],
      ['a test of null for what is there', { op: 'test', path: '/spec/hosts', value: null }],
      ['a test of text for a number', { op: 'test', path: '/metadata/generation', value: '1' }],
      ['a test beyond the end', { op: 'test', path: '/spec/tcp/7', value: null }],
      ['an add below a missing map', { op: 'add', path: '/metadata/labels/a', value: 'b' }],
      ['an add beyond the end', { op: 'add', path: '/spec/tcp/7', value: {} }],
      ['an add below a text', { op: 'add', path: '/kind/a', value: 'b' }],
      ['a replacement beyond the end', { op: 'replace', path: '/spec/tcp/7', value: {} }],
      ['a replacement below it', { op: 'replace', path: '/spec/tcp/7/route', value: [] }],
      ['a replacement below a missing map', { op: 'replace', path: '/status/a/b', value: 1 }],
      ['a removal of a missing key', { op: 'remove', path: '/metadata/annotations/a' }],
      ['a removal beyond the end', { op: 'remove', path: '/spec/tcp/7' }],
      ['a removal below a missing map', { op: 'remove', path: '/metadata/labels/a' }],
      ['an index that is no number', { op: 'replace', path: '/spec/tcp/x', value: {} }],
      ['a copy of what is not there', { op: 'copy', from: '/spec/tcp/7', path: '/spec/tls' }],
      ['a move of what is not there', { op: 'move', from: '/spec/tls/0', path: '/spec/http' }],
      ['an operation that is none', { op: 'nonsense', path: '/spec', value: 1 }],
      ['an operation without a name', { path: '/spec' }],
      ['an operation without a path', { op: 'remove' }],
      ['an empty operation', {}],
      ['a path without its slash', { op: 'remove', path: 'spec' }],
    ])('that cannot be applied is a 422 that does not say why: %s', async (_, operation) => {
      const { path } = await fresh(callers().admin)
      const before = await look(path)
      const answer = await send(path, [to(50, 50), operation])
      expect(answer.status).toBe(422)
      expect(answer.body).toEqual(UNAPPLIABLE)
      expect(await look(path)).toEqual(before)
    })

    test.each<[string, Json, Json]>([
      ['a test of null for a missing key', { op: 'test', path: '/spec/http', value: null }, {}],
      ['a test without a value for a missing key', { op: 'test', path: '/spec/http' }, {}],
      ['a test of a number', { op: 'test', path: '/metadata/generation', value: 1 }, {}],
      [
        'a test of a map, whatever the order of its keys',
        { op: 'test', path: '/spec/tcp/0/route/0', value: reversed(routeOf({ v1: 90 })[0] ?? {}) },
        {},
      ],
      [
        'a replacement of a missing key, which adds it',
        { op: 'replace', path: '/metadata/annotations/new', value: 'b' },
        { metadata: { annotations: { kept: 'yes', new: 'b' } } },
      ],
      [
        'an add of an existing key, which replaces it',
        annotate('kept', 'no'),
        { metadata: { annotations: { kept: 'no' } } },
      ],
      [
        'an add at the end of a list',
        { op: 'add', path: '/spec/gateways/-', value: 'none' },
        { spec: { gateways: ['missing', 'none'] } },
      ],
      [
        'an add in front',
        { op: 'add', path: '/spec/gateways/0', value: 'none' },
        { spec: { gateways: ['none', 'missing'] } },
      ],
      [
        'an index that counts from the end',
        { op: 'replace', path: '/spec/tcp/0/route/-1/weight', value: 7 },
        { spec: { tcp: [{ route: routeOf({ v1: 90, v2: 7 }) }] } },
      ],
      [
        'a move',
        { op: 'move', from: '/metadata/annotations/kept', path: '/metadata/annotations/moved' },
        { metadata: { annotations: { moved: 'yes' } } },
      ],
      [
        'a copy',
        { op: 'copy', from: '/metadata/annotations/kept', path: '/metadata/annotations/copy' },
        { metadata: { annotations: { kept: 'yes', copy: 'yes' } } },
      ],
    ])('may hold %s', async (_, operation, expected) => {
      const { path } = await fresh(callers().admin)
      const answer = await send(path, [operation])
      expect(answer).toMatchObject({ status: 200, body: expected })
      expect(answer.body).toEqual(await look(path))
    })

    test('cannot add an annotation where there are none, and can after it has added the map', async () => {
      const { path } = await fresh(callers().admin, {})
      const refused = await send(path, [annotate('a', 'b')])
      expect(refused).toMatchObject({ status: 422, body: UNAPPLIABLE })
      const parent = { op: 'add', path: '/metadata/annotations', value: {} }
      const answer = await send(path, [parent, annotate('a', 'b')])
      expect(answer).toMatchObject({ status: 200, body: { metadata: { annotations: { a: 'b' } } } })
    })

    test('that removes the last annotation, or adds no more than the map, leaves no map', async () => {
      const { path } = await fresh(callers().admin, { annotations: { a: 'b' } })
      const removed = await send(path, [{ op: 'remove', path: '/metadata/annotations/a' }])
      expect(removed.status).toBe(200)
      expect(objectAt(removed.body, 'metadata')).not.toHaveProperty('annotations')
      const empty = await send(path, [{ op: 'add', path: '/metadata/annotations', value: {} }])
      expect(empty.status).toBe(200)
      expect(objectAt(empty.body, 'metadata')).not.toHaveProperty('annotations')
      expect(versionIn(empty.body)).toBe(versionIn(removed.body))
    })

    test.each<[string, Json[]]>([
      ['nothing', []],
      ['a test alone', [{ op: 'test', path: '/spec/hosts/0', value: '*' }]],
      ['what is there', [to(90, 10), annotate('kept', 'yes')]],
      [
        'an annotation that it removes again',
        [annotate('a', 'b'), { op: 'remove', path: '/metadata/annotations/a' }],
      ],
    ])('of %s writes nothing: the resourceVersion stays', async (_, operations) => {
      const { path, body } = await fresh(callers().admin)
      const answer = await patch(callers().admin, path, operations, { 'User-Agent': 'other/1' })
      expect(answer).toMatchObject({ status: 200, body: objectAt(body) })
      expect(await look(path)).toEqual(body)
    })

    test('increases generation only where it changes the spec, and resourceVersion always', async () => {
      const { path, body } = await fresh(callers().admin)
      const [, start] = numbersOf(body)
      const annotated = numbersOf((await send(path, [annotate('a', 'b')])).body)
      expect(annotated[0]).toBe(1)
      expect(annotated[1]).toBeGreaterThan(start)
      const weighed = numbersOf((await send(path, [to(50, 50), annotate('a', 'c')])).body)
      expect(weighed[0]).toBe(2)
      expect(weighed[1]).toBeGreaterThan(annotated[1])
      expect(numbersOf(await look(path))).toEqual(weighed)
    })

    test('as a dry run returns what would be stored under the old resourceVersion, and stores nothing', async () => {
      const { path, body } = await fresh(callers().admin)
      const answer = await patch(
        callers().admin,
        `${path}?dryRun=All`,
        [
          { op: 'replace', path: '/metadata/resourceVersion', value: versionIn(body) },
          to(80, 20),
          annotate('a', 'b'),
        ],
        { 'User-Agent': 'dry/1' },
      )
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({
        metadata: {
          annotations: { kept: 'yes', a: 'b' },
          generation: 2,
          resourceVersion: versionIn(body),
          managedFields: expect.arrayContaining([expect.objectContaining({ manager: 'dry' })]),
        },
        spec: { tcp: [{ route: routeOf({ v1: 80, v2: 20 }) }] },
      })
      expect(await look(path)).toEqual(body)
    })

    test('accepts no dry run other than All', async () => {
      const { path } = await fresh(callers().admin)
      const { status, body } = await send(`${path}?dryRun=Some`, [to(1, 2)])
      expect(status).toBe(422)
      const message = 'Unsupported value: ["Some"]: supported values: "All"'
      expect(body).toEqual(
        failure(422, 'Invalid', `PatchOptions.meta.k8s.io "" is invalid: dryRun: ${message}`, {
          group: 'meta.k8s.io',
          kind: 'PatchOptions',
          causes: [{ reason: 'FieldValueNotSupported', message, field: 'dryRun' }],
        }),
      )
    })

    test('of a missing object, or in a missing namespace, is a 404', async () => {
      const missing = await send(pathTo('none'), [to(1, 2)])
      expect(missing).toMatchObject({ status: 404, body: notFound('none') })
      const nowhere = await send(pathTo('tcp-echo').replace('/demo/', '/none/'), [to(1, 2)])
      expect(nowhere).toMatchObject({ status: 404, body: notFound('tcp-echo') })
    })

    test('of an object that was recreated under its name fails because of the uid', async () => {
      const { admin } = callers()
      const { path, body } = await fresh(admin)
      await admin.call('DELETE', path)
      const uid = { op: 'test', path: '/metadata/uid', value: dig(body, 'metadata', 'uid') ?? null }
      expect((await send(path, [uid, to(1, 2)])).status).toBe(404)
      const { kind, apiVersion, spec } = objectAt(body)
      const again: Json = {
        kind: kind ?? '',
        apiVersion: apiVersion ?? '',
        metadata: { name: dig(body, 'metadata', 'name') ?? '' },
        spec: spec ?? {},
      }
      await admin.call('POST', path.slice(0, path.lastIndexOf('/')), { body: again })
      const before = await look(path)
      expect(await send(path, [uid, to(1, 2)])).toMatchObject({ status: 422, body: UNAPPLIABLE })
      expect(await look(path)).toEqual(before)
    })

    test('through an older version is visible through the newer one', async () => {
      const { name, path } = await fresh(callers().admin)
      const answer = await send(pathTo(name, 'v1beta1'), [to(30, 70)])
      expect(answer).toMatchObject({ status: 200, body: { apiVersion: `${GROUP}/v1beta1` } })
      expect(await look(path)).toMatchObject({
        apiVersion: `${GROUP}/v1`,
        metadata: { generation: 2 },
        spec: { tcp: [{ route: routeOf({ v1: 30, v2: 70 }) }] },
      })
    })

    test('leaves identity and times as the server wrote them', async () => {
      const { path, name, body } = await fresh(callers().admin)
      const replaced = (field: string, value: Json) =>
        send(path, [{ op: 'replace', path: `/metadata/${field}`, value }])
      const cause = {
        reason: 'FieldValueInvalid',
        message: 'Invalid value: "other": field is immutable',
        field: 'metadata.uid',
      }
      expect((await replaced('uid', 'other')).body).toEqual(
        failure(
          422,
          'Invalid',
          `VirtualService.${GROUP} "${name}" is invalid: metadata.uid: ${cause.message}`,
          { name, group: GROUP, kind: 'VirtualService', causes: [cause, cause] },
        ),
      )
      expect((await replaced('name', 'other')).body).toEqual(
        failure(
          400,
          'BadRequest',
          `the name of the object (other) does not match the name on the URL (${name})`,
        ),
      )
      expect((await replaced('namespace', 'other')).body).toEqual(
        failure(
          400,
          'BadRequest',
          'the namespace of the provided object does not match the namespace sent on the request',
        ),
      )
      expect((await replaced('creationTimestamp', '2001-01-01T00:00:00Z')).status).toBe(200)
      expect((await replaced('generation', 77)).status).toBe(200)
      expect(await look(path)).toEqual(body)
    })
  })
}

/** The same map with its keys the other way round. */
function reversed(map: Json): Json {
  return Object.fromEntries(Object.entries(objectAt(map)).reverse())
}

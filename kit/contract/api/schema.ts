import { describe, expect, test } from 'vitest'
import {
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
} from '../../../sandbox/objects/json.ts'
import { type Callers, failure, fresh, GROUP, newName, patch, routeOf, stored } from './objects.ts'

type Cause = { reason: string; message: string; field: string }

const UNCHECKED: Cause = {
  reason: 'FieldValueInvalid',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
  field: '<nil>',
}

const wrongType = (field: string, expected: string, found: string): Cause => ({
  reason: 'FieldValueTypeInvalid',
  message: `Invalid value: "${found}": ${field} in body must be of type ${expected}: "${found}"`,
  field,
})
const required = (field: string): Cause => ({
  reason: 'FieldValueRequired',
  message: 'Required value',
  field,
})

const WEIGHT = 'spec.tcp[0].route[0].weight'

export function testSchema(callers: () => Callers): void {
  const send = (path: string, operations: Json) => patch(callers().admin, path, operations)

  describe('an object that breaks the schema', () => {
    test.each<[string, string, Json, Cause[]]>([
      [
        'a weight that is text',
        'tcp/0/route/0/weight',
        '80',
        [wrongType(WEIGHT, 'integer', 'string')],
      ],
      ['a weight that is true', 'tcp/0/route/0/weight', true, [wrongType(WEIGHT, 'int32', '')]],
      ['a weight that is a map', 'tcp/0/route/0/weight', {}, [wrongType(WEIGHT, 'int32', '')]],
      [
        'a weight that is a list',
        'tcp/0/route/0/weight',
        [],
        [wrongType(WEIGHT, 'integer', 'array')],
      ],
      ['a host that is true', 'hosts/0', true, [wrongType('spec.hosts[0]', 'string', 'boolean')]],
      [
        'a weight that is a fraction, which is wrong twice',
        'tcp/0/route/0/weight',
        79.5,
        [
          wrongType(WEIGHT, 'int32', 'float64'),
          {
            reason: 'FieldValueInvalid',
            message: `Invalid value: "": Checked value must be of type integer with format int32 in ${WEIGHT}`,
            field: '<nil>',
          },
        ],
      ],
      [
        'a destination without a host',
        'tcp/0/route/0/destination',
        { subset: 'v1' },
        [required('spec.tcp[0].route[0].destination.host')],
      ],
      [
        'a route without a destination',
        'tcp/0/route/0',
        { weight: 1 },
        [required('spec.tcp[0].route[0].destination')],
      ],
      [
        'a route that is not a list',
        'tcp/0/route',
        {},
        [wrongType('spec.tcp[0].route', 'array', 'object')],
      ],
      ['hosts that is no list', 'hosts', '*', [wrongType('spec.hosts', 'array', 'string')]],
      ['a host that is a number', 'hosts/0', 7, [wrongType('spec.hosts[0]', 'string', 'integer')]],
      [
        'a value that is not in the enumeration',
        'http',
        [{ corsPolicy: { unmatchedPreflights: 'other' } }],
        [
          {
            reason: 'FieldValueNotSupported',
            message:
              'Unsupported value: "other": supported values: "UNSPECIFIED", "FORWARD", "IGNORE"',
            field: 'spec.http[0].corsPolicy.unmatchedPreflights',
          },
        ],
      ],
      [
        'a port below its minimum',
        'tcp/0/route/0/destination/port/number',
        -1,
        [
          {
            reason: 'FieldValueInvalid',
            message:
              'Invalid value: -1: spec.tcp[0].route[0].destination.port.number in body should be greater than or equal to 0',
            field: 'spec.tcp[0].route[0].destination.port.number',
          },
        ],
      ],
    ])('is a 422 that names each field: %s', async (_, field, value, causes) => {
      const { path, name } = await fresh(callers().admin)
      const before = await stored(callers().admin, path)
      const answer = await send(path, [{ op: 'add', path: `/spec/${field}`, value }])
      expect(answer.status).toBe(422)
      // Of the wrong shape an object is not looked at any further.
      const isWhole = causes.every(({ reason }) => reason === 'FieldValueInvalid')
      const shown = isWhole ? causes : [...causes, UNCHECKED]
      const listed = shown.map((cause) => `${cause.field}: ${cause.message}`).join(', ')
      const message = `VirtualService.${GROUP} "${name}" is invalid: ${shown.length > 1 ? `[${listed}]` : listed}`
      const details = { name, group: GROUP, kind: 'VirtualService', causes: shown }
      expect(answer.body).toEqual(failure(422, 'Invalid', message, details))
      expect(await stored(callers().admin, path)).toEqual(before)
    })

    test('with weights that are wrong in two ways has all problems reported', async () => {
      const { path } = await fresh(callers().admin)
      const value = [{ weight: '1' }, ...routeOf({ v2: 1.5 })]
      const { body } = await send(path, [{ op: 'replace', path: '/spec/tcp/0/route', value }])
      const fields = listAt(body, 'details', 'causes').map((cause) => textAt(cause, 'field'))
      // The order is not promised.
      expect(fields.sort()).toEqual([
        '<nil>',
        '<nil>',
        'spec.tcp[0].route[0].destination',
        WEIGHT,
        'spec.tcp[0].route[1].weight',
      ])
    })
  })

  describe('null', () => {
    const put = (path: string, field: string) =>
      send(path, [{ op: 'add', path: `/spec/${field}`, value: null }])

    test('for a field is the same as no field', async () => {
      const { path } = await fresh(callers().admin)
      expect((await put(path, 'tcp/0/route/0/weight')).status).toBe(200)
      const [weightless] = routeOf({ v1: undefined })
      const { body } = await put(path, 'http')
      expect(objectAt(body, 'spec', 'tcp', 0, 'route', 0)).toEqual(weightless)
      expect(objectAt(body, 'spec')).not.toHaveProperty('http')
    })

    test('for a required field is a 422', async () => {
      const { path } = await fresh(callers().admin)
      const { status, body } = await put(path, 'tcp/0/route/0/destination/host')
      expect(status).toBe(422)
      const causes = [required('spec.tcp[0].route[0].destination.host'), UNCHECKED]
      expect(objectAt(body, 'details')).toMatchObject({ causes })
    })

    test('in a list is a 422', async () => {
      const { path } = await fresh(callers().admin)
      const { status, body } = await put(path, 'hosts/0')
      expect(status).toBe(422)
      const causes = [wrongType('spec.hosts[0]', 'string', 'null'), UNCHECKED]
      expect(objectAt(body, 'details')).toMatchObject({ causes })
    })
  })

  describe('a field that is not in the schema', () => {
    const operations: Json = [
      { op: 'add', path: '/spec/tcp/0/noSuch', value: 1 },
      { op: 'add', path: '/spec/tcp/0/route/0/weight', value: 7 },
    ]

    test('is pruned with a Warning', async () => {
      const { path } = await fresh(callers().admin)
      const answer = await send(path, operations)
      expect(answer.status).toBe(200)
      expect(answer.headers.warning).toBe('299 - "unknown field \\"spec.tcp[0].noSuch\\""')
      const rule = objectAt(await stored(callers().admin, path), 'spec', 'tcp', 0)
      expect(rule).toMatchObject({ route: [{ weight: 7 }, { weight: 10 }] })
      expect(rule).not.toHaveProperty('noSuch')
    })

    test('is pruned without a Warning where validation is off', async () => {
      const { path } = await fresh(callers().admin)
      const answer = await send(`${path}?fieldValidation=Ignore`, operations)
      expect(answer.status).toBe(200)
      expect(answer.headers.warning).toBeUndefined()
      expect(objectAt(answer.body, 'spec', 'tcp', 0)).not.toHaveProperty('noSuch')
    })

    test('that is the only change changes nothing', async () => {
      const { path, body } = await fresh(callers().admin)
      const answer = await send(path, [{ op: 'add', path: '/spec/noSuch', value: { a: [1] } }])
      expect(answer.headers.warning).toBe('299 - "unknown field \\"spec.noSuch\\""')
      expect(answer.body).toEqual(body)
    })

    test('of a Job is refused at its creation where validation is strict', async () => {
      const path = '/apis/batch/v1/namespaces/demo/jobs?dryRun=All&fieldValidation=Strict'
      const answer = await callers().admin.call('POST', path, { body: jobWithUnknownFields() })
      const unknown = ['spec.template.spec.containers[0].imge', 'spec.template.spec.nodeSelektor']
      const message = `Job in version "v1" cannot be handled as a Job: strict decoding error: ${unknown.map((field) => `unknown field "${field}"`).join(', ')}`
      expect(answer.status).toBe(400)
      expect(answer.body).toEqual(failure(400, 'BadRequest', message))
    })

    test('is refused where validation is strict', async () => {
      const { path } = await fresh(callers().admin)
      const { status, body } = await send(`${path}?fieldValidation=Strict`, operations)
      expect(status).toBe(422)
      const message =
        /^ "" is invalid: patch: Invalid value: ".*": strict decoding error: unknown field "spec.tcp\[0\].noSuch"$/s
      expect(body).toMatchObject({
        reason: 'Invalid',
        message: expect.stringMatching(message),
        details: { causes: [{ reason: 'FieldValueInvalid', field: 'patch' }] },
      })
    })

    test('of the object itself is pruned too, and a status is not written', async () => {
      const { path, body } = await fresh(callers().admin)
      const answer = await send(path, [
        { op: 'add', path: '/noSuch', value: 1 },
        { op: 'add', path: '/status', value: { observedGeneration: '7' } },
      ])
      expect(answer.status).toBe(200)
      expect(answer.headers.warning).toBe('299 - "unknown field \\"noSuch\\""')
      expect(answer.body).toEqual(body)
    })

    test('of metadata is pruned too', async () => {
      const { path, body } = await fresh(callers().admin)
      const answer = await send(path, [{ op: 'add', path: '/metadata/noSuch', value: 1 }])
      expect(answer.status).toBe(200)
      expect(answer.headers.warning).toBe('299 - "unknown field \\"metadata.noSuch\\""')
      expect(answer.body).toEqual(body)
    })
  })

  describe('annotations', () => {
    const annotate = (path: string, value: Json) =>
      send(path, [{ op: 'add', path: '/metadata/annotations/a', value }])

    test('of more than 256 KiB are a 422', async () => {
      const { path, name } = await fresh(callers().admin)
      const { status, body } = await annotate(path, 'x'.repeat(300_000))
      expect(status).toBe(422)
      const cause = {
        reason: 'FieldValueTooLong',
        message: 'Too long: may not be more than 262144 bytes',
        field: 'metadata.annotations',
      }
      const listed = [cause, UNCHECKED].map((one) => `${one.field}: ${one.message}`).join(', ')
      expect(body).toEqual(
        failure(422, 'Invalid', `VirtualService.${GROUP} "${name}" is invalid: [${listed}]`, {
          name,
          group: GROUP,
          kind: 'VirtualService',
          causes: [cause, cause, cause, UNCHECKED],
        }),
      )
      expect((await annotate(path, 'x'.repeat(200_000))).status).toBe(200)
    })

    test.each([
      [7, 'number'],
      [true, 'bool'],
      [[], 'array'],
      [{}, 'object'],
    ])('are texts: %j is a 422', async (value, found) => {
      const { path } = await fresh(callers().admin)
      const { status, body } = await annotate(path, value)
      expect(status).toBe(422)
      const why = `json: cannot unmarshal ${found} into Go struct field ObjectMeta.annotations of type string`
      expect(body).toMatchObject({ message: expect.stringMatching(new RegExp(`: ${why}$`)) })
    })

    test('with the value null are empty texts', async () => {
      const { path } = await fresh(callers().admin)
      const { status, body } = await annotate(path, null)
      expect(status).toBe(200)
      expect(objectAt(body, 'metadata', 'annotations')).toEqual({ kept: 'yes', a: '' })
    })
  })
}

function jobWithUnknownFields(): JsonObject {
  const container = { imge: 'a', name: 'prober', image: 'node:24-alpine' }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: newName(), namespace: 'demo' },
    spec: {
      template: {
        spec: {
          containers: [container],
          nodeSelektor: { a: 'b' },
          restartPolicy: 'Never',
        },
      },
    },
  }
}

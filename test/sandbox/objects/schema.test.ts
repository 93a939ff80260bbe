import { expect, test } from 'vitest'
import type { Json } from '../../../sandbox/objects/json.ts'
import { breaches, UNCHECKED } from '../../../sandbox/objects/schema/breaches.ts'
import { prune } from '../../../sandbox/objects/schema/prune.ts'
import { readSchema } from '../../../sandbox/objects/schema/schema.ts'
import { schemaIn } from '../../../sandbox/objects/schema/schema-file.ts'

const virtualService = schemaIn('virtualservices.yaml')
const schema = readSchema({
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string' },
    mode: { type: 'string', enum: ['A', 'B'] },
    count: { type: 'integer', minimum: 1, maximum: 3 },
    port: { 'x-kubernetes-int-or-string': true },
    maybe: { type: 'boolean', nullable: true },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    list: { type: 'array', items: { type: 'object', properties: { a: { type: 'number' } } } },
  },
})

test.each<[string, Json, Json, string[]]>([
  ['a field that is not named', { name: 'x', other: 1 }, { name: 'x' }, ['other']],
  ['one within a list', { list: [{ a: 1, b: 2 }] }, { list: [{ a: 1 }] }, ['list[0].b']],
  ['a null where none may be', { name: 'x', mode: null }, { name: 'x' }, []],
  ['no null where one may be', { maybe: null }, { maybe: null }, []],
  ['nothing of a map', { labels: { any: 'x' } }, { labels: { any: 'x' } }, []],
  [
    'nothing where unknown fields are preserved',
    { open: { a: { b: 1 } } },
    { open: { a: { b: 1 } } },
    [],
  ],
])('pruning removes %s', (_, value, kept, unknown) => {
  const found: string[] = []
  expect(prune(value, schema, found)).toEqual(kept)
  expect(found).toEqual(unknown)
})

test.each<[string, Json, string, string]>([
  ['a field that is missing', {}, 'name', 'Required value'],
  [
    'a value that is not offered',
    { name: 'x', mode: 'C' },
    'mode',
    'Unsupported value: "C": supported values: "A", "B"',
  ],
  [
    'another type',
    { name: 'x', list: {} },
    'list',
    'Invalid value: "object": list in body must be of type array: "object"',
  ],
  [
    'null',
    { name: null },
    'name',
    'Invalid value: "null": name in body must be of type string: "null"',
  ],
  [
    'a boolean for a port',
    { name: 'x', port: true },
    'port',
    'Invalid value: "boolean": port in body must be of type integer,string: "boolean"',
  ],
])('%s is a violation, after which nothing more is checked', (_, value, field, message) => {
  const found = breaches(value, schema)
  expect(found).toHaveLength(2)
  expect(found[0]).toMatchObject({ field, message })
  expect(found[1]).toEqual(UNCHECKED)
})

test.each<[string, Json, string, string]>([
  [
    'too small a number',
    { name: 'x', count: 0 },
    'count',
    'Invalid value: 0: count in body should be greater than or equal to 1',
  ],
  [
    'too great a number',
    { name: 'x', count: 4 },
    'count',
    'Invalid value: 4: count in body should be less than or equal to 3',
  ],
])('%s is a violation, after which more is checked', (_, value, field, message) => {
  expect(breaches(value, schema)).toEqual([expect.objectContaining({ field, message })])
})

test('what the schema allows is valid: null for a nullable field, a named port, an integer for a number', () => {
  const value: Json = {
    name: 'x',
    mode: 'A',
    count: 3,
    port: 'http',
    maybe: null,
    list: [{ a: 1 }],
  }
  expect(breaches(value, schema)).toEqual([])
})

test("the tutorial's route is valid by the schema of a VirtualService, without unknown fields", () => {
  const value: Json = {
    spec: {
      hosts: ['*'],
      tcp: [
        {
          match: [{ port: 31400 }],
          route: [{ destination: { host: 'a', subset: 'v1' }, weight: 80 }],
        },
      ],
    },
    status: { conditions: [{ type: 'Reconciled', other: 1 }], observedGeneration: '1' },
  }
  const unknown: string[] = []
  prune(value, virtualService(), unknown)
  expect(unknown).toEqual(['status.conditions[0].other'])
  expect(breaches(value, virtualService())).toEqual([])
})

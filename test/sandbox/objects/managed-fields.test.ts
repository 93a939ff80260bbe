import { expect, test } from 'vitest'
import { type Json, type JsonObject, objectAt } from '../../../sandbox/objects/json.ts'
import { managedFieldsAfter, sameOwners } from '../../../sandbox/objects/managed-fields.ts'

const EARLY = '2026-01-01T00:00:00Z'
const LATE = '2026-01-01T00:00:05Z'
const apiVersion = 'networking.istio.io/v1'

/** The object with the managedFields that a write leaves on it. */
function written(before: JsonObject, after: JsonObject, manager: string, time: string): JsonObject {
  const managedFields = managedFieldsAfter({ before, after, manager, apiVersion, time })
  const metadata = { ...objectAt(after, 'metadata'), managedFields }
  return { ...after, metadata }
}

function managedFields(object: JsonObject): Json {
  return objectAt(object, 'metadata').managedFields ?? null
}

function rule(manager: string, time: string, fieldsV1: JsonObject): JsonObject {
  return { manager, operation: 'Update', apiVersion, time, fieldsType: 'FieldsV1', fieldsV1 }
}

const CREATED = { metadata: { name: 'x', uid: 'u' }, spec: { hosts: ['*'], tcp: [{ route: [] }] } }

test('the creator of an object owns each field of its spec, a list as one field, and nothing that the server writes', () => {
  expect(managedFields(written({}, CREATED, 'kubectl', EARLY))).toEqual([
    rule('kubectl', EARLY, { 'f:spec': { '.': {}, 'f:hosts': {}, 'f:tcp': {} } }),
  ])
})

test('a manager that changes a field takes it from its owner', () => {
  const first = written({}, CREATED, 'kubectl', EARLY)
  const changed = { ...first, spec: { hosts: ['*'], tcp: [] } }
  expect(managedFields(written(first, changed, 'shift', LATE))).toEqual([
    rule('kubectl', EARLY, { 'f:spec': { '.': {}, 'f:hosts': {} } }),
    rule('shift', LATE, { 'f:spec': { 'f:tcp': {} } }),
  ])
})

test('an annotation next to others is owned separately, and the first one includes the map', () => {
  const first = written({}, CREATED, 'kubectl', EARLY)
  const noted = {
    ...first,
    metadata: { ...objectAt(first, 'metadata'), annotations: { 'a/b': '1' } },
  }
  const second = written(first, noted, 'shift', LATE)
  expect(managedFields(second)).toContainEqual(
    rule('shift', LATE, { 'f:metadata': { 'f:annotations': { '.': {}, 'f:a/b': {} } } }),
  )
  const more = {
    ...second,
    metadata: { ...objectAt(second, 'metadata'), annotations: { 'a/b': '1', c: '2' } },
  }
  expect(managedFields(written(second, more, 'other', LATE))).toContainEqual(
    rule('other', LATE, { 'f:metadata': { 'f:annotations': { 'f:c': {} } } }),
  )
})

test('a removed field has no owner: its owner loses it, and the remover gets no entry', () => {
  const noted = { ...CREATED, metadata: { name: 'x', annotations: { a: '1' } } }
  const first = written(written({}, CREATED, 'kubectl', EARLY), noted, 'shift', EARLY)
  const removed = { ...first, metadata: { name: 'x' } }
  expect(managedFields(written(first, removed, 'other', LATE))).toEqual([
    rule('kubectl', EARLY, { 'f:spec': { '.': {}, 'f:hosts': {}, 'f:tcp': {} } }),
  ])
})

test('a write that changes nothing leaves owners and times as they were', () => {
  const first = written({}, CREATED, 'kubectl', EARLY)
  expect(managedFields(written(first, first, 'shift', LATE))).toEqual(managedFields(first))
})

test('two lists of entries that differ only in times have the same owners', () => {
  const fields = { 'f:spec': { 'f:tcp': {} } }
  expect(sameOwners([rule('a', EARLY, fields)], [rule('a', LATE, fields)])).toBe(true)
  expect(sameOwners([rule('a', EARLY, fields)], [rule('b', EARLY, fields)])).toBe(false)
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fieldsGivenBack } from '../../src/kube/field-owners.ts'
import type { JsonObject } from '../../src/kube/json.ts'

const US = 'istio-traffic-shift'
const TCP = { 'f:spec': { 'f:tcp': {} } }
const REST = { 'f:spec': { '.': {}, 'f:hosts': {} } }
const WHOLE = { 'f:spec': { '.': {}, 'f:hosts': {}, 'f:tcp': {} } }
const JOURNAL = { 'f:metadata': { 'f:annotations': { 'f:note': {} } } }

function rule(manager: string, fieldsV1: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    manager,
    operation: 'Update',
    apiVersion: 'networking.istio.io/v1',
    time: '2026-01-01T00:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...more,
  }
}

const APPLY = { operation: 'Apply' }

describe('the fields of a restored object', () => {
  test.each<[string, JsonObject[], JsonObject[], JsonObject[] | undefined]>([
    [
      'go back to the manager that owned them',
      [rule('gitops', WHOLE, APPLY)],
      [rule('gitops', REST, APPLY), rule(US, TCP)],
      [rule('gitops', WHOLE, APPLY)],
    ],
    [
      'go back to all managers that shared them',
      [rule('gitops', WHOLE, APPLY), rule('edit', TCP)],
      [rule('gitops', REST, APPLY), rule(US, TCP)],
      [rule('gitops', WHOLE, APPLY), rule('edit', TCP)],
    ],
    [
      'go back to a manager by its operation',
      [rule('kubectl', WHOLE, APPLY)],
      [rule('kubectl', REST, APPLY), rule('kubectl', JOURNAL), rule(US, TCP)],
      [rule('kubectl', WHOLE, APPLY), rule('kubectl', JOURNAL)],
    ],
    [
      'stay with a manager that took others in the meantime',
      [rule('gitops', WHOLE, APPLY)],
      [rule('gitops', REST, APPLY), rule('labeller', JOURNAL), rule(US, TCP)],
      [rule('gitops', WHOLE, APPLY), rule('labeller', JOURNAL)],
    ],
    [
      'go back to a manager that shared them with this tool',
      [rule('gitops', WHOLE, APPLY), rule(US, TCP)],
      [rule('gitops', REST, APPLY), rule(US, TCP)],
      [rule('gitops', WHOLE, APPLY), rule(US, TCP)],
    ],
    [
      'stay with this tool if an earlier run owned them',
      [rule('gitops', REST), rule(US, TCP)],
      [rule('gitops', REST), rule(US, TCP)],
      undefined,
    ],
    ['stay as they are where none was taken', [rule('a', WHOLE)], [rule('a', WHOLE)], undefined],
    ['stay as they are where the last entry would go', [], [rule(US, TCP)], undefined],
    [
      'belong to no manager if none had them',
      [rule('a', REST)],
      [rule('a', REST), rule(US, TCP)],
      [rule('a', REST)],
    ],
  ])('%s', (_, before, now, after) => {
    expect(fieldsGivenBack(before, now)).toEqual(after)
  })

  test('all have their previous owners, for any owners', () => {
    const field = fc.constantFrom('f:a', 'f:b', 'f:c', 'f:d')
    const fields = fc
      .uniqueArray(field, { minLength: 1 })
      .map((names) => ({ 'f:spec': Object.fromEntries(names.map((name) => [name, {}])) }))
    const managers = fc.uniqueArray(fc.constantFrom('x', 'y', 'z', US), { minLength: 1 })
    fc.assert(
      fc.property(
        managers,
        fc.array(fields, { minLength: 4, maxLength: 4 }),
        field,
        (names, trees, written) => {
          const before = names.map((name, index) => rule(name, trees[index] ?? {}))
          const now = afterWrite(before, written)
          const after = fieldsGivenBack(before, now)
          const key = (list: readonly JsonObject[]) => list.map((one) => JSON.stringify(one)).sort()
          const isOnlyOurs = names.every((name) => name === US)
          if (after !== undefined) expect(key(sorted(after))).toEqual(key(sorted(before)))
          else if (!isOnlyOurs) expect(ownersOf(now, written)).toEqual(ownersOf(before, written))
        },
      ),
    )
  })
})

/** The managedFields that the API server returns after this tool wrote one field. */
function afterWrite(before: readonly JsonObject[], field: string): JsonObject[] {
  const others = before.flatMap((one) => {
    if (one.manager === US) return [one]
    const { [field]: _, ...left } = specOf(one)
    return Object.keys(left).length === 0 ? [] : [{ ...one, fieldsV1: { 'f:spec': left } }]
  })
  const own = others.find(({ manager }) => manager === US)
  const spec = { ...specOf(own ?? {}), [field]: {} }
  return [...others.filter(({ manager }) => manager !== US), rule(US, { 'f:spec': spec })]
}

function specOf({ fieldsV1 }: JsonObject): JsonObject {
  return ((fieldsV1 as JsonObject | undefined)?.['f:spec'] ?? {}) as JsonObject
}

function sorted(list: readonly JsonObject[]): JsonObject[] {
  return list.map((one) => ({
    ...one,
    fieldsV1: { 'f:spec': Object.fromEntries(Object.entries(specOf(one)).sort()) },
  }))
}

function ownersOf(list: readonly JsonObject[], field: string): unknown[] {
  return list.filter((one) => field in specOf(one)).map(({ manager }) => manager)
}

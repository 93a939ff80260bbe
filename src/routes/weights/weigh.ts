import { type Json, replacedAt, sameJson } from '../../kube/json.ts'
import { type PatchOperation, pointer } from '../../kube/json-patch.ts'
import type { RouteObject } from '../route-object.ts'
import { destinationsPath, type Rule } from '../rule.ts'
import { asWritten, itemsOf, type WrittenDestinations } from '../written-destinations.ts'
import type { WeightEdit } from './weight-edit.ts'
import type { Weights } from './weights.ts'

/**
 * The rule's destinations with these weights, and with the one that the edit adds. Everything else of
 * them, and the order of their fields, stays as it is. A weight that is there already is not rewritten.
 */
export function weighed(
  rule: Rule,
  { names, added }: Pick<WeightEdit, 'names' | 'added'>,
  { parts }: Weights,
): WrittenDestinations {
  const items = itemsOf(rule.written)
  const present =
    items.length === names.length ? items : [...items, ...(added ? itemsOf(added.written) : [])]
  const { weight: field, missingWeight } = rule.format
  return asWritten(
    present.map((item, index) => {
      const weight = parts[index] ?? 0
      // The API server writes the default to one that is added without a weight.
      const had = index < items.length ? (item[field] ?? missingWeight) : item[field]
      const isThere = had === weight && present.length > 1
      return isThere ? item : { ...item, [field]: weight }
    }),
  )
}

/** The spec of an object with other destinations in one of its rules, as a JSON object with the one field `spec`. */
export function specWith(
  { spec }: Pick<RouteObject, 'spec'>,
  rule: Rule,
  after: WrittenDestinations,
): Json {
  return replacedAt({ spec }, destinationsPath(rule), [...itemsOf(after)])
}

/** One operation for each weight that changes, for each stamp, and for each destination that is added. */
export function weightOperations(rule: Rule, after: WrittenDestinations): PatchOperation[] {
  const before = itemsOf(rule.written)
  const list = destinationsPath(rule)
  return itemsOf(after).flatMap((item, index): PatchOperation[] => {
    const old = before[index]
    if (old === undefined) return [{ op: 'add', path: pointer(...list, '-'), value: item }]
    const fields = [...new Set([...Object.keys(old), ...Object.keys(item)])]
    return fields.flatMap((field): PatchOperation[] => {
      const path = pointer(...list, index, field)
      const value = item[field]
      if (sameJson(old[field], value)) return []
      if (value === undefined) return [{ op: 'remove', path }]
      return [{ op: old[field] === undefined ? 'add' : 'replace', path, value }]
    })
  })
}

/** The operation that replaces a rule's destinations by those from before. */
export function restoreOperation(rule: Rule, original: WrittenDestinations): PatchOperation {
  return {
    op: 'replace',
    path: pointer(...destinationsPath(rule)),
    value: [...itemsOf(original)],
  }
}

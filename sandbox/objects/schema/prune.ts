import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Schema } from './schema.ts'

/**
 * A value without the fields that are not in its schema, whose paths are added to `unknown`, and without nulls that the
 * schema does not allow.
 */
export function prune(value: Json, schema: Schema, unknown: string[], path = ''): Json {
  if (Array.isArray(value)) {
    const items = schema.items
    if (items === undefined) return value
    return value.map((item, index) => prune(item, items, unknown, `${path}[${index}]`))
  }
  if (!isObject(value)) return value
  const kept: JsonObject = {}
  for (const [field, inner] of Object.entries(value)) {
    const known = schema.properties.get(field) ?? schema.additional
    const at = path === '' ? field : `${path}.${field}`
    if (inner === null && known?.nullable === false) continue
    if (known !== undefined) kept[field] = prune(inner, known, unknown, at)
    else if (schema.preserves) kept[field] = inner
    else unknown.push(at)
  }
  return kept
}

/** A value with the defaults of its schema where fields are missing. */
export function withDefaults(value: Json, schema: Schema): Json {
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined ? value : value.map((item) => withDefaults(item, items))
  }
  if (!isObject(value)) return value
  const filled: JsonObject = { ...value }
  for (const [field, known] of schema.properties)
    if (filled[field] === undefined && known.default !== undefined)
      filled[field] = structuredClone(known.default)
  for (const [field, inner] of Object.entries(filled)) {
    const known = schema.properties.get(field) ?? schema.additional
    if (known !== undefined) filled[field] = withDefaults(inner, known)
  }
  return filled
}

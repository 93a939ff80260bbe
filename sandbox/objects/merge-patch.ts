import { isObject, type Json } from './json.ts'

/** A document with a JSON Merge Patch applied (RFC 7386): null removes, lists are replaced whole. */
export function applyMergePatch(document: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return structuredClone(patch)
  const merged = isObject(document) ? { ...document } : {}
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete merged[field]
    else merged[field] = applyMergePatch(merged[field], value)
  }
  return merged
}

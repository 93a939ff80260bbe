/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject
export type JsonObject = { [field: string]: Json }

/** Whether a JSON value is an object (neither null nor a list). */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The JSON in a text. Throws SyntaxError. */
export function parseJson(text: string): Json {
  return JSON.parse(text)
}

/** The value at a path of field names and list indices; undefined if the path does not exist. */
export function dig(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): Json | undefined {
  let at = value
  for (const step of path) {
    if (typeof step === 'number') at = Array.isArray(at) ? at[step] : undefined
    else at = isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined
  }
  return at
}

/** The string at a path; undefined if there is none. */
export function textAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): string | undefined {
  const found = dig(value, ...path)
  return typeof found === 'string' ? found : undefined
}

/** The number at a path; undefined if there is none. */
export function numberAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): number | undefined {
  const found = dig(value, ...path)
  return typeof found === 'number' ? found : undefined
}

/** The list at a path; empty if there is none. */
export function listAt(value: Json | undefined, ...path: readonly (string | number)[]): Json[] {
  const found = dig(value, ...path)
  return Array.isArray(found) ? found : []
}

/** The object at a path; empty if there is none. */
export function objectAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): JsonObject {
  const found = dig(value, ...path)
  return isObject(found) ? found : {}
}

/** The strings of the list at a path. */
export function textsAt(value: Json | undefined, ...path: readonly (string | number)[]): string[] {
  return listAt(value, ...path).filter((item) => typeof item === 'string')
}

/** The same value with the fields of every object in alphabetical order, as Go encodes maps. */
export function sortedFields(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortedFields)
  if (!isObject(value)) return value
  const sorted: JsonObject = {}
  for (const field of Object.keys(value).sort()) {
    const inner = value[field]
    if (inner !== undefined) sorted[field] = sortedFields(inner)
  }
  return sorted
}

/** The object without one field. */
export function without(value: JsonObject, field: string): JsonObject {
  const { [field]: _, ...rest } = value
  return rest
}

export type Json = null | boolean | number | string | Json[] | JsonObject
export type JsonObject = { [key: string]: Json }

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a value has more levels of lists and objects than this. */
export function isDeeperThan(levels: number, value: Json): boolean {
  let level = [value].filter(isContainer)
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth >= levels) return true
    const below: Container[] = []
    // Only lists and objects are kept: an answer may contain millions of numbers.
    for (const container of level)
      for (const each of Array.isArray(container) ? container : Object.values(container))
        if (isContainer(each)) below.push(each)
    level = below
  }
  return false
}

type Container = Json[] | JsonObject

function isContainer(value: Json): value is Container {
  return typeof value === 'object' && value !== null
}

/** The value at `path` below `value`; undefined if a step is missing. */
export function at(value: Json | undefined, ...path: (string | number)[]): Json | undefined {
  let here = value
  for (const step of path) {
    if (typeof step === 'number') here = Array.isArray(here) ? here[step] : undefined
    else here = isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined
  }
  return here
}

export function textAt(value: Json | undefined, ...path: (string | number)[]): string | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

export function numberAt(
  value: Json | undefined,
  ...path: (string | number)[]
): number | undefined {
  const found = at(value, ...path)
  return typeof found === 'number' ? found : undefined
}

/** The objects of the list at `path`; empty where there is no list. */
export function objectsAt(value: Json | undefined, ...path: (string | number)[]): JsonObject[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found.filter(isObject) : []
}

/** The texts of the list at `path`; empty where there is no list. */
export function textsAt(value: Json | undefined, ...path: (string | number)[]): string[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found.filter((item) => typeof item === 'string') : []
}

/** The mapping of texts to texts at `path`, such as labels; empty where there is none. */
export function labelsAt(
  value: Json | undefined,
  ...path: (string | number)[]
): Record<string, string> {
  const found = at(value, ...path)
  if (!isObject(found)) return {}
  return Object.fromEntries(
    Object.entries(found).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  )
}

/** A copy with `value` at `path`; the same where the path leads nowhere. */
export function replacedAt(
  whole: Json,
  [step, ...rest]: readonly (string | number)[],
  value: Json,
): Json {
  if (step === undefined) return value
  if (Array.isArray(whole))
    return whole.map((item, index) => (index === step ? replacedAt(item, rest, value) : item))
  const inner = isObject(whole) ? whole[step] : undefined
  return isObject(whole) && inner !== undefined
    ? { ...whole, [step]: replacedAt(inner, rest, value) }
    : whole
}

/** Deep equality; the order of an object's keys does not count, that of a list does. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => sameJson(item, b[i]))
  }
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  )
}

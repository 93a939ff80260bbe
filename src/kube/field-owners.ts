import { type Problem, warning } from '../problem/problem.ts'
import { isObject, type Json, type JsonObject, objectsAt, sameJson, textAt } from './json.ts'
import { type ClusterFlags, kubectl } from './kubectl.ts'
import { MANAGER } from './request/api-request.ts'

/**
 * The managedFields with which the fields of an object belong to the managers that owned them before this tool wrote; undefined
 * if this tool took none. Only correct if the fields have their values from before, as after a restore. A patch that changes
 * a value makes its author the owner, whatever managedFields it contains, so this needs a patch of its own.
 *
 * @param before the managedFields before the first write
 * @param now those of the restored object
 */
export function fieldsGivenBack(
  before: readonly JsonObject[],
  now: readonly JsonObject[],
): JsonObject[] | undefined {
  const owned = union(before.filter(isOurs))
  const ours = union(now.filter(isOurs))
  const kept = now.map((rule) => {
    const paths = [...pathsIn(rule.fieldsV1)]
    if (isOurs(rule))
      return withPaths(
        rule,
        paths.filter((path) => owned.has(path)),
      )
    const former = before.find((one) => isSame(one, rule))
    return withPaths(rule, [...paths, ...lost(former, ours)])
  })
  const gone = before.flatMap((rule) => {
    const paths = lost(rule, ours)
    const isThere = isOurs(rule) || now.some((one) => isSame(one, rule))
    return isThere || paths.length === 0 ? [] : [withPaths(rule, paths)]
  })
  const after = [...kept, ...gone].filter(({ fieldsV1 }) => pathsIn(fieldsV1).size > 0)
  const isSameAsNow = sameJson(after, [...now])
  // An empty list would leave them unchanged.
  return isSameAsNow || after.length === 0 ? undefined : after
}

/** The raw managedFields of an object. */
export function managedFieldsOf(object: JsonObject): JsonObject[] {
  return objectsAt(object, 'metadata', 'managedFields')
}

/** The warning for a restored object whose fields still belong to this tool. */
export function stillOwned(cluster: ClusterFlags, name: string): Problem {
  return warning(
    'ITS-FIELD-OWNERSHIP',
    `The previous weights of ${name} are restored, but the field manager ${MANAGER} still owns its destinations.`,
    `If you apply the object server-side, the next apply reports a conflict. Take the fields back once:\n  ${kubectl(cluster)} apply --server-side --force-conflicts --filename FILE`,
  )
}

/** Whether another manager applies the object server-side, for which the owners of fields matter. */
export function isAppliedByOthers(fields: readonly JsonObject[]): boolean {
  return fields.some(
    (rule) => textAt(rule, 'operation') === 'Apply' && textAt(rule, 'manager') !== MANAGER,
  )
}

function isOurs(rule: JsonObject): boolean {
  return (
    textAt(rule, 'manager') === MANAGER &&
    textAt(rule, 'operation') === 'Update' &&
    !textAt(rule, 'subresource')
  )
}

/** Whether two entries are the same one for the API server. */
function isSame(one: JsonObject, other: JsonObject): boolean {
  return ['manager', 'operation', 'apiVersion', 'subresource'].every(
    (field) => (textAt(one, field) ?? '') === (textAt(other, field) ?? ''),
  )
}

function union(entries: readonly JsonObject[]): Set<string> {
  return new Set(entries.flatMap(({ fieldsV1 }) => [...pathsIn(fieldsV1)]))
}

function lost(rule: JsonObject | undefined, ours: ReadonlySet<string>): string[] {
  return [...pathsIn(rule?.fieldsV1)].filter((path) => ours.has(path))
}

/** The fields in a fieldsV1, each as the JSON of its steps. `.` stands for the field that contains the others. */
function pathsIn(tree: Json | undefined, steps: readonly string[] = []): Set<string> {
  if (!isObject(tree)) return new Set()
  const inner = Object.entries(tree).flatMap(([key, below]) =>
    key === '.' ? [JSON.stringify(steps)] : [...pathsIn(below, [...steps, key])],
  )
  const isLeaf = inner.length === 0 && steps.length > 0
  return new Set(isLeaf ? [JSON.stringify(steps)] : inner)
}

function withPaths(rule: JsonObject, paths: readonly string[]): JsonObject {
  const fieldsV1: JsonObject = {}
  for (const path of [...new Set(paths)].sort()) {
    let at = fieldsV1
    for (const step of JSON.parse(path) as string[]) {
      const below = at[step]
      const next: JsonObject = isObject(below) ? below : {}
      at[step] = next
      at = next
    }
    at['.'] = {}
  }
  return { ...rule, fieldsV1: withBareLeaves(fieldsV1) }
}

/** A field with nothing below it is written as {}, not as {".":{}}. */
function withBareLeaves(tree: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(tree).map(([key, below]) => {
      const isBare = !isObject(below) || Object.keys(below).every((step) => step === '.')
      return [key, isBare ? {} : withBareLeaves(below)]
    }),
  )
}

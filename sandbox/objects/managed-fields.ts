import { isDeepStrictEqual } from 'node:util'
import { isObject, type Json, type JsonObject, listAt, objectAt, textAt } from './json.ts'

/** Paths of fields. Each is the JSON of its list of names, so that they can be compared as strings. */
type FieldSet = Set<string>

type Rule = {
  manager: string
  operation: string
  apiVersion: string
  time: string
  /** Empty for the object itself. */
  subresource: string
  fields: FieldSet
}

/** The operation of any write except a server-side apply. */
const UPDATE = 'Update'

// No manager owns these. The server writes them.
const STRIPPED = [
  ['apiVersion'],
  ['kind'],
  ['metadata'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((field) => ['metadata', field]),
].map((path) => JSON.stringify(path))

/**
 * The managedFields of an object after a write with operation Update. The writer owns what it added or changed, and the
 * previous owner of that, or of what was removed, loses it. Lists count as one field, as in Istio's definitions. This
 * follows structured-merge-diff's updater. `time` is RFC 3339.
 */
export function managedFieldsAfter(write: {
  before: JsonObject
  after: JsonObject
  manager: string
  apiVersion: string
  time: string
  subresource?: string | undefined
}): Json[] {
  const touched: FieldSet = new Set()
  const removed: FieldSet = new Set()
  compare(withoutManaged(write.before), withoutManaged(write.after), [], { touched, removed })
  for (const path of STRIPPED) touched.delete(path)

  const entries = listAt(write.before, 'metadata', 'managedFields').flatMap(readEntry)
  for (const entry of entries) {
    for (const path of touched) entry.fields.delete(path)
    for (const path of removed) entry.fields.delete(path)
  }
  const { subresource = '' } = write
  const own = entries.find(
    (entry) =>
      entry.manager === write.manager &&
      entry.operation === UPDATE &&
      entry.apiVersion === write.apiVersion &&
      entry.subresource === subresource,
  )
  if (touched.size > 0) {
    if (own === undefined)
      entries.push({ ...write, subresource, operation: UPDATE, fields: touched })
    else {
      own.time = write.time
      for (const path of touched) own.fields.add(path)
    }
  }
  return entries
    .filter((entry) => entry.fields.size > 0)
    .sort(byTimeAndManager)
    .map(writtenRule)
}

/** Whether two lists of managedFields differ only in times. */
export function sameOwners(one: readonly Json[], other: readonly Json[]): boolean {
  const timeless = (entries: readonly Json[]) =>
    entries.map((entry) => (isObject(entry) ? { ...entry, time: null } : entry))
  return isDeepStrictEqual(timeless(one), timeless(other))
}

function withoutManaged(object: JsonObject): JsonObject {
  const { managedFields: _, ...metadata } = objectAt(object, 'metadata')
  return 'metadata' in object ? { ...object, metadata } : object
}

function compare(
  before: Json | undefined,
  after: Json | undefined,
  path: readonly string[],
  changes: { touched: FieldSet; removed: FieldSet },
): void {
  const { touched, removed } = changes
  const old = isObject(before) ? before : {}
  const now = isObject(after) ? after : {}
  const fields = new Set([...Object.keys(old), ...Object.keys(now)])
  const key = JSON.stringify(path)
  if (fields.size === 0) {
    if (after === undefined) removed.add(key)
    else if (!isDeepStrictEqual(before, after)) touched.add(key)
    return
  }
  for (const field of fields) compare(old[field], now[field], [...path, field], changes)
  if (path.length === 0) return
  if (before === undefined) touched.add(key)
  else if (after === undefined) removed.add(key)
}

function readEntry(entry: Json): Rule[] {
  const manager = textAt(entry, 'manager')
  const apiVersion = textAt(entry, 'apiVersion')
  const time = textAt(entry, 'time')
  if (manager === undefined || apiVersion === undefined || time === undefined) return []
  const fields: FieldSet = new Set()
  readFields(objectAt(entry, 'fieldsV1'), [], fields)
  const operation = textAt(entry, 'operation') ?? UPDATE
  const subresource = textAt(entry, 'subresource') ?? ''
  return [{ manager, operation, apiVersion, time, subresource, fields }]
}

function readFields(tree: JsonObject, path: readonly string[], into: FieldSet): void {
  const names = Object.keys(tree)
  if (path.length > 0 && (names.length === 0 || names.includes('.'))) into.add(JSON.stringify(path))
  for (const name of names) {
    if (name.startsWith('f:'))
      readFields(objectAt(tree, name), [...path, name.slice('f:'.length)], into)
  }
}

function writtenRule(entry: Rule): JsonObject {
  const fieldsV1: JsonObject = {}
  for (const key of [...entry.fields].sort()) {
    const path: string[] = JSON.parse(key)
    let at = fieldsV1
    for (const name of path) {
      const step = `f:${name}`
      const inner = objectAt(at, step)
      at[step] = inner
      at = inner
    }
    at['.'] = {}
  }
  return {
    manager: entry.manager,
    operation: entry.operation,
    apiVersion: entry.apiVersion,
    time: entry.time,
    fieldsType: 'FieldsV1',
    fieldsV1: withBareLeaves(fieldsV1),
    ...(entry.subresource === '' ? {} : { subresource: entry.subresource }),
  }
}

/** A field with nothing below it is written as {}, not as {".":{}}. */
function withBareLeaves(tree: JsonObject): JsonObject {
  const bare: JsonObject = {}
  for (const name of Object.keys(tree).sort()) {
    const inner = objectAt(tree, name)
    bare[name] = Object.keys(inner).every((below) => below === '.') ? {} : withBareLeaves(inner)
  }
  return bare
}

function byTimeAndManager(one: Rule, other: Rule): number {
  const time = one.time.localeCompare(other.time)
  return time !== 0 ? time : one.manager.localeCompare(other.manager)
}

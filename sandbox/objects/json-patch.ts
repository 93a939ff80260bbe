import { isDeepStrictEqual } from 'node:util'
import { isObject, type Json, type JsonObject } from './json.ts'

/** Why a patch could not be applied. The API server answers 422 without this text. */
export class PatchFailed extends Error {}

/**
 * A document with a JSON Patch applied (RFC 6902), as lenient as the API server's library: a missing field counts as
 * null for `test` and can be replaced (but not removed), and an index can count from the end. The document is not
 * changed. Throws PatchFailed.
 */
export function applyJsonPatch(document: Json, operations: readonly JsonObject[]): Json {
  // The holder is a parent of the whole document, so that the empty path is no special case.
  const holder: JsonObject = { document: structuredClone(document) }
  for (const operation of operations) applyOperation(holder, operation)
  return holder.document ?? null
}

function applyOperation(holder: JsonObject, operation: JsonObject): void {
  const target = placeOf(holder, operation.path)
  if (operation.path === '' && operation.op !== 'replace' && operation.op !== 'test')
    throw new PatchFailed('only replace and test may name the whole document')
  switch (operation.op) {
    case 'add':
      add(target, structuredClone(wantedIn(operation)))
      break
    case 'remove':
      remove(target)
      break
    case 'replace':
      replace(target, structuredClone(wantedIn(operation)))
      break
    case 'move': {
      const from = placeOf(holder, operation.from)
      const moved = read(from)
      remove(from)
      add(placeOf(holder, operation.path), moved)
      break
    }
    case 'copy':
      add(target, structuredClone(read(placeOf(holder, operation.from))))
      break
    case 'test':
      if (!isDeepStrictEqual(read(target), wantedIn(operation)))
        throw new PatchFailed(`testing value ${String(operation.path)} failed`)
      break
    default:
      throw new PatchFailed(`Unexpected kind: ${String(operation.op)}`)
  }
}

/** A field or an index of its parent. */
type Place = { parent: Json[] | JsonObject; last: string }

/** The target of a JSON pointer (RFC 6901). Its parent must exist. */
function placeOf(holder: JsonObject, path: Json | undefined): Place {
  if (typeof path !== 'string') throw new PatchFailed('operation without a path')
  const [head, ...steps] = path.split('/')
  if (head !== '') throw new PatchFailed(`path ${path} does not begin with a slash`)
  const names = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  let place: Place = { parent: holder, last: 'document' }
  for (const last of names) {
    const parent = read(place)
    if (!Array.isArray(parent) && !isObject(parent)) throw new PatchFailed(`no parent of ${path}`)
    place = { parent, last }
  }
  return place
}

function wantedIn(operation: JsonObject): Json {
  return operation.value ?? null
}

function read({ parent, last }: Place): Json {
  if (Array.isArray(parent)) return parent[indexOf(last, parent.length)] ?? null
  return Object.hasOwn(parent, last) ? (parent[last] ?? null) : null
}

function add({ parent, last }: Place, value: Json): void {
  if (!Array.isArray(parent)) parent[last] = value
  else if (last === '-') parent.push(value)
  else parent.splice(indexOf(last, parent.length + 1), 0, value)
}

function replace({ parent, last }: Place, value: Json): void {
  if (Array.isArray(parent)) parent[indexOf(last, parent.length)] = value
  else parent[last] = value
}

function remove({ parent, last }: Place): void {
  if (Array.isArray(parent)) parent.splice(indexOf(last, parent.length), 1)
  else if (Object.hasOwn(parent, last)) delete parent[last]
  else throw new PatchFailed(`nothing to remove at ${last}`)
}

/** An index below `length`; a negative one counts from there. */
function indexOf(step: string, length: number): number {
  const index = /^-?\d+$/.test(step) ? Number(step) : Number.NaN
  const counted = index < 0 ? index + length : index
  if (!(counted >= 0 && counted < length)) throw new PatchFailed(`no index ${step}`)
  return counted
}

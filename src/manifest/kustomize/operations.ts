import { at, isObject, type Json, sameJson, textAt } from '../../kube/json.ts'
import { pairOf, type YamlNode } from '../yaml/yaml-node.ts'
import { parseDocuments } from '../yaml/yaml-tree.ts'
import type { EmbeddedText } from './embedded-text.ts'

/** An operation of a JSON Patch, and where its value is written. */
export type Operation = {
  op: string
  path: readonly string[]
  value: Json | undefined
  node: YamlNode | undefined
  source: EmbeddedText
}

/** The operations of a JSON Patch in YAML or JSON; undefined where the text is something else. */
export function parseOperations(source: EmbeddedText): Operation[] | undefined {
  const [document, second] = parseDocuments(source.text)
  const { node, value } = document ?? {}
  if (second !== undefined || node?.kind !== 'sequence' || !Array.isArray(value)) return undefined
  const operations = value.map((each, index): Operation | undefined => {
    const op = textAt(each, 'op')
    const path = textAt(each, 'path')
    const item = node.items[index]
    if (op === undefined || path === undefined || item?.kind !== 'mapping') return undefined
    return {
      op,
      path: stepsOf(path),
      value: at(each, 'value'),
      node: pairOf(item, 'value')?.value,
      source,
    }
  })
  const known = operations.filter((operation) => operation !== undefined)
  return known.length === operations.length && known.length > 0 ? known : undefined
}

/** The steps of a JSON Pointer (RFC 6901). */
function stepsOf(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** An operation that Kustomize could not apply either. */
export class NotApplicable extends Error {}

/** A copy of a value with the operations applied. What the value has at several places by an alias changes at one only. */
export function applied(value: Json, operations: readonly Operation[]): Json {
  const holder: Json = [unshared(value)]
  for (const operation of operations) apply(holder, operation)
  return holder[0] ?? null
}

/** A copy whose parts are all apart from each other, as in JSON. */
function unshared(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}

function apply(holder: Json, { op, path, value }: Operation): void {
  const steps = ['0', ...path]
  const last = steps.pop() ?? ''
  const parent = steps.reduce((here, step) => child(here, step, path), holder)
  const given = unshared(value ?? null)
  if (op === 'test') {
    if (!sameJson(child(parent, last, path), given)) throw missing(path)
  } else if (op === 'remove') remove(parent, last, path)
  else if (op === 'replace') {
    child(parent, last, path)
    put(parent, last, given)
  } else if (op === 'add') add(parent, last, given, path)
  else throw new NotApplicable(`the operation ${op} is not supported`)
}

function child(parent: Json, step: string, path: readonly string[]): Json {
  const found = Array.isArray(parent) ? parent[indexOf(step)] : at(parent, step)
  if (found === undefined) throw missing(path)
  return found
}

function put(parent: Json, step: string, value: Json): void {
  if (Array.isArray(parent)) parent[indexOf(step)] = value
  else if (isObject(parent)) parent[step] = value
}

function add(parent: Json, step: string, value: Json, path: readonly string[]): void {
  if (!Array.isArray(parent)) {
    if (!isObject(parent)) throw missing(path)
    parent[step] = value
    return
  }
  const index = step === '-' ? parent.length : indexOf(step)
  if (!(index >= 0 && index <= parent.length)) throw missing(path)
  parent.splice(index, 0, value)
}

function remove(parent: Json, step: string, path: readonly string[]): void {
  child(parent, step, path)
  if (Array.isArray(parent)) parent.splice(indexOf(step), 1)
  else if (isObject(parent)) delete parent[step]
}

function indexOf(step: string): number {
  return /^(0|[1-9]\d*)$/.test(step) ? Number(step) : -1
}

function missing(path: readonly string[]): NotApplicable {
  return new NotApplicable(`its operation on /${path.join('/')} does not fit`)
}

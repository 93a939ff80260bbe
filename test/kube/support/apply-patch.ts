import type { Json } from '../../../src/kube/json.ts'
import type { PatchOperation } from '../../../src/kube/json-patch.ts'

/**
 * A copy of a document with a JSON Patch applied to the letter of RFC 6902: what is replaced,
 * removed or tested must be there, and an index must be within its list.
 */
export function patched(document: Json, operations: readonly PatchOperation[]): Json {
  const holder = { document: structuredClone(document) }
  for (const operation of operations) {
    const steps = ['document', ...stepsOf(operation.path)]
    const last = steps.pop() ?? ''
    const parent = steps.reduce<Json>((here, step) => read(here, step), holder)
    apply(parent, last, operation)
  }
  return holder.document
}

function stepsOf(path: string): string[] {
  if (path === '') return []
  if (!path.startsWith('/')) throw new Error(`${path} is no JSON Pointer`)
  return path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function apply(parent: Json, last: string, operation: PatchOperation): void {
  switch (operation.op) {
    case 'test':
      if (JSON.stringify(read(parent, last)) !== JSON.stringify(operation.value))
        throw new Error(`test of ${operation.path} failed`)
      break
    case 'add':
      put(parent, last, structuredClone(operation.value), true)
      break
    case 'replace':
      read(parent, last)
      put(parent, last, structuredClone(operation.value), false)
      break
    case 'remove':
      read(parent, last)
      if (Array.isArray(parent)) parent.splice(Number(last), 1)
      else if (isHolder(parent)) delete parent[last]
      break
  }
}

function read(parent: Json, step: string): Json {
  const found = Array.isArray(parent)
    ? parent[indexOf(step, parent.length - 1)]
    : isHolder(parent) && Object.hasOwn(parent, step)
      ? parent[step]
      : undefined
  if (found === undefined) throw new Error(`nothing at ${step}`)
  return found
}

function put(parent: Json, step: string, value: Json, inserts: boolean): void {
  if (Array.isArray(parent) && step === '-' && inserts) parent.push(value)
  else if (Array.isArray(parent)) {
    parent.splice(indexOf(step, parent.length - (inserts ? 0 : 1)), inserts ? 0 : 1, value)
  } else if (isHolder(parent)) parent[step] = value
  else throw new Error(`nothing can be put at ${step}`)
}

function indexOf(step: string, most: number): number {
  if (!/^(0|[1-9]\d*)$/.test(step) || Number(step) > most) throw new Error(`no index ${step}`)
  return Number(step)
}

function isHolder(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { type PatchOperation, pointer } from '../../kube/json-patch.ts'
import type { RouteObject } from '../route-object.ts'

/**
 * The operations that let a patch through only on this object in this version. The version is replaced, not tested: the
 * API server answers a stale version with 409, but a failed test with 422, like a schema error.
 */
export function guardOperations(object: RouteObject): PatchOperation[] {
  return [
    { op: 'test', path: '/metadata/uid', value: object.uid },
    { op: 'replace', path: '/metadata/resourceVersion', value: object.resourceVersion },
  ]
}

/** The operation that sets an annotation, also where the object has no annotations yet. */
export function setAnnotation(object: RouteObject, key: string, value: string): PatchOperation[] {
  const path = pointer('metadata', 'annotations')
  return Object.keys(object.annotations).length === 0
    ? [{ op: 'add', path, value: { [key]: value } }]
    : [{ op: 'add', path: pointer('metadata', 'annotations', key), value }]
}

/** The operations that remove annotations, and the mapping if it would be empty; none where the object has none of them. */
export function removeAnnotations(
  object: RouteObject,
  ...keys: readonly string[]
): PatchOperation[] {
  const present = Object.keys(object.annotations)
  const removed = keys.filter((key) => present.includes(key))
  if (removed.length === 0) return []
  if (removed.length === present.length) {
    return [{ op: 'remove', path: pointer('metadata', 'annotations') }]
  }
  return removed.map((key) => ({ op: 'remove', path: pointer('metadata', 'annotations', key) }))
}

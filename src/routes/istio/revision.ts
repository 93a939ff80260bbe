import { type Json, textAt } from '../../kube/json.ts'

/**
 * The revision of Istio that an object is for; undefined: every revision. istiod reads the objects for its own revision
 * and those for every revision.
 */
export function revisionOf(json: Json): string | undefined {
  return textAt(json, 'metadata', 'labels', 'istio.io/rev')
}

/** Whether one istiod can read both objects. */
export function canMeet(one: Json, other: Json): boolean {
  const [a, b] = [revisionOf(one), revisionOf(other)]
  return a === undefined || b === undefined || a === b
}

/** Whether every istiod that reads `one` reads `other` as well. */
export function isReadWith(one: Json, other: Json): boolean {
  const revision = revisionOf(other)
  return revision === undefined || revision === revisionOf(one)
}

import { textAt } from '../objects/json.ts'
import { type KubeObject, namespaceOf } from '../objects/kube-object.ts'

/** istiod's order of objects: creation, then name, then namespace. */
export function byAge(one: KubeObject, other: KubeObject): number {
  const keyOf = (object: KubeObject) => [
    textAt(object, 'metadata', 'creationTimestamp') ?? '',
    object.metadata.name,
    namespaceOf(object),
  ]
  const [a, b] = [keyOf(one), keyOf(other)]
  for (const [index, part] of a.entries()) {
    const against = b[index] ?? ''
    if (part !== against) return part < against ? -1 : 1
  }
  return 0
}

import { type PatchOperation, pointer } from '../../kube/json-patch.ts'
import { guardOperations, setAnnotation } from '../../routes/object/object-guards.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import { weightOperations } from '../../routes/weights/weigh.ts'
import { FENCE, JOURNAL, type Journal, journalText } from '../journal.ts'

/** The patch of a write: guards, the weights that change, and the journal. */
export function writeOperations(
  object: RouteObject,
  rule: Rule,
  journal: Journal,
): PatchOperation[] {
  return [
    ...guardOperations(object),
    ...weightOperations(rule, journal.written),
    ...setAnnotation(object, JOURNAL, journalText(journal)),
    // Left by a cleanup step that was killed before it could remove its fence.
    ...(FENCE in object.annotations
      ? [{ op: 'remove' as const, path: pointer('metadata', 'annotations', FENCE) }]
      : []),
  ]
}

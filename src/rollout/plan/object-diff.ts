import { dump } from 'js-yaml'
import { type JsonObject, replacedAt } from '../../kube/json.ts'
import { unifiedDiff } from '../../manifest/unified-diff.ts'
import { destinationsPath } from '../../routes/rule.ts'
import { weighed } from '../../routes/weights/weigh.ts'
import { itemsOf } from '../../routes/written-destinations.ts'
import type { ShiftPlan } from './shift-plan.ts'

/** What a plan would change in the end, as a unified diff of the object's spec in YAML; empty where nothing. */
export function objectDiff({ object, rule, edit, write }: ShiftPlan): string {
  if (!write) return ''
  const before: JsonObject = { spec: object.spec }
  const routes = weighed(rule, edit, edit.target)
  const after = replacedAt(before, destinationsPath(rule), [...itemsOf(routes)])
  return unifiedDiff(`${object.namespace}/${object.name}.yaml`, yaml(before), yaml(after))
}

/** Long lines are not folded, so that a line is a field. */
function yaml(value: unknown): string {
  return dump(value, { lineWidth: -1 })
}

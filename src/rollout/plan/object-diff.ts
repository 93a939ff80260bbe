import { dump } from 'js-yaml'
import { unifiedDiff } from '../../manifest/unified-diff.ts'
import { specWith, weighed } from '../../routes/weights/weigh.ts'
import type { ShiftPlan } from './shift-plan.ts'

/** What a plan would change in the end, as a unified diff of the object's spec in YAML; empty where nothing would change. */
export function objectDiff({ object, rule, edit, write }: ShiftPlan): string {
  if (!write) return ''
  const after = specWith(object, rule, weighed(rule, edit, edit.target))
  return unifiedDiff(
    `${object.namespace}/${object.name}.yaml`,
    yaml({ spec: object.spec }),
    yaml(after),
  )
}

/** Long lines are not folded, so that each field is one line. */
function yaml(value: unknown): string {
  return dump(value, { lineWidth: -1 })
}

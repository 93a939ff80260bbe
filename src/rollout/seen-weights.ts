import { ConflictError } from '../journal/conflict-error.ts'
import { percentsOfRule } from '../journal/rule-percents.ts'
import type { Percents } from '../routes/percents.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { countSameBefore, findRuleByIdentity } from '../routes/rule-identity.ts'
import { selectRule } from '../routes/select-rule.ts'
import type { Context } from './model/context.ts'
import type { ShiftPlan } from './plan/shift-plan.ts'

/** The percents of the rule that `route` selects, or of the only one; undefined where none or several fit. */
export function weightsOf(
  object: RouteObject,
  { route }: Pick<Context['options'], 'route'>,
): Percents | undefined {
  const chosen = selectRule(object, route)
  return chosen.ok ? percentsOfRule(chosen.value) : undefined
}

/** The weights of the run's rule in the object that a conflict was about; undefined where that was not read. */
export function weightsSeen(
  error: unknown,
  { object, rule }: Pick<ShiftPlan, 'object' | 'rule'>,
): Percents | undefined {
  const seen = error instanceof ConflictError ? error.seen : undefined
  const found = seen && findRuleByIdentity(seen, rule.identity, countSameBefore(object, rule))
  return found && percentsOfRule(found)
}

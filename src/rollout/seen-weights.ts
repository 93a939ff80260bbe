import { ConflictError } from '../journal/conflict-error.ts'
import { percentsOfRule } from '../journal/rule-percents.ts'
import type { Percents } from '../routes/percents.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { findRule, keyOf } from '../routes/rule-identity.ts'
import { selectRule } from '../routes/select-rule.ts'
import type { Context } from './model/context.ts'
import { namedDestinations } from './plan/named-destinations.ts'
import type { ShiftPlan } from './plan/shift-plan.ts'

/** The percents of the rule that a run with these options would choose; undefined where none or several fit. */
export function weightsOf(object: RouteObject, options: Context['options']): Percents | undefined {
  const chosen = selectRule(object, options.route, namedDestinations(options))
  return chosen.ok ? percentsOfRule(chosen.value) : undefined
}

/** The weights of the run's rule in the object that a conflict was about; undefined where that was not read. */
export function weightsSeen(
  error: unknown,
  shiftPlan: Pick<ShiftPlan, 'object' | 'rule'>,
): Percents | undefined {
  const seen = error instanceof ConflictError ? error.seen : undefined
  return seen && weightsIn(seen, shiftPlan)
}

/** The weights of the run's rule in another state of the object; undefined where that lacks the rule. */
export function weightsIn(
  seen: RouteObject,
  { object, rule }: Pick<ShiftPlan, 'object' | 'rule'>,
): Percents | undefined {
  const found = findRule(seen, keyOf(object, rule))
  return found && percentsOfRule(found)
}

import { ConflictError } from '../journal/conflict-error.ts'
import { percentsOfRule } from '../journal/journal-view.ts'
import { findRuleByIdentity } from '../routes/rule-identity.ts'
import type { Percents } from './model/outcome.ts'
import type { ShiftPlan } from './plan/shift-plan.ts'

/** The weights of the run's rule as they were read by what stopped the run; undefined where it did not read the object. */
export function weightsSeen(
  error: unknown,
  { rule, write }: Pick<ShiftPlan, 'rule' | 'write'>,
): Percents | undefined {
  const seen = error instanceof ConflictError ? error.seen : undefined
  const found = seen && findRuleByIdentity(seen, rule.identity, write?.journal.nth ?? 0)
  return found && percentsOfRule(found)
}

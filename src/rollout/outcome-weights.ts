import { existingNames } from '../routes/weights/weight-edit.ts'
import type { Context } from './model/context.ts'
import type { Outcome, Percents } from './model/outcome.ts'
import { percentsOf } from './model/percents.ts'
import type { ShiftPlan } from './plan/shift-plan.ts'
import type { AfterRun } from './rollback/roll-back-run.ts'
import { type RunState, shiftPlanOf } from './run-state.ts'
import { weightsOf } from './seen-weights.ts'

/** A destination that the object lacked had no weight, not even 0%. */
export function weightsBefore({ edit }: ShiftPlan): Percents {
  return percentsOf(existingNames(edit), edit.presentShares)
}

/** The weights in force at the end, as far as the run knows them, of the destinations that the object has. */
export function weightsNow(
  context: Context,
  state: RunState,
  after: AfterRun,
  hasRecovered: boolean,
): Percents | undefined {
  const weights = after.inForce ?? weightsRead(context, state, hasRecovered)
  const absent = absentAtEnd(state, after)
  return (
    weights &&
    Object.fromEntries(Object.entries(weights).filter(([name]) => !absent.includes(name)))
  )
}

/** The weights of an object that was read and not written to, where the run ended before it had a plan. */
function weightsRead(
  { api, options }: Context,
  state: RunState,
  hasRecovered: boolean,
): Outcome['weights'] {
  if (state.stage !== 'read' || (api.mayHaveWritten() && !hasRecovered)) return undefined
  return state.object.deletedAt === undefined ? weightsOf(state.object, options) : undefined
}

/** A destination that this run was to add, where the object lacks it at the end: it has no weight, not even 0%. */
function absentAtEnd(state: RunState, { rolledBack, inForce }: AfterRun): string[] {
  const shiftPlan = shiftPlanOf(state)
  if (!shiftPlan || (state.stage === 'written' && !rolledBack)) return []
  const before = existingNames(shiftPlan.edit)
  const has = (name: string) => before.includes(name) || (inForce?.[name] ?? 0) > 0
  return shiftPlan.edit.names.filter((name) => !has(name))
}

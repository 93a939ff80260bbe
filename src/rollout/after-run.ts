import { withPods } from './diagnosis/with-pods.ts'
import { lookAgain } from './look-again.ts'
import type { Context } from './model/context.ts'
import { type AfterRun, endWith, rollBackRun } from './rollback/roll-back-run.ts'
import { checksOf, type RunState, shiftPlanOf } from './run-state.ts'
import type { TimeLimits } from './time-limits.ts'
import type { RunEnd } from './verdict-text.ts'

/** Rolls back what did not pass. */
export async function afterRun(
  context: Context,
  state: RunState,
  ended: RunEnd,
  time: TimeLimits,
): Promise<AfterRun> {
  if (ended.verdict !== 'pass' && state.stage === 'written')
    return rollBackRun(context, state, ended, time)
  const known = 'inForce' in state ? state.inForce : undefined
  const look = await lookAgain(context, state, ended, time)
  if (look.lost) return endWith(ended, look.lost, look.inForce)
  // A rule that is gone has no weights, which is more than that nothing was seen.
  const inForce = 'inForce' in look ? look.inForce : known
  return { ended, rolledBack: false, inForce, production: '' }
}

/** Adds the Pods behind a fail for lack of replies: after the rollback, which matters more. */
export async function diagnosed(
  context: Context,
  state: RunState,
  ended: RunEnd,
  time: TimeLimits,
): Promise<RunEnd> {
  const check = checksOf(state).at(-1)
  const shiftPlan = shiftPlanOf(state)
  if (ended.verdict === 'error' || !shiftPlan || !check || context.cancelled.aborted) return ended
  return withPods({ context, shiftPlan, check }, ended, time.look())
}

import { readObject } from '../journal/read-object.ts'
import { deleted, recreated } from '../journal/write/write-conflict.ts'
import { RunError } from '../problem/run-error.ts'
import type { Context } from './model/context.ts'
import { objectOf } from './object-of.ts'
import { type RunState, shiftPlanOf } from './run-state.ts'
import type { TimeLimits } from './time-limits.ts'
import type { RunEnd } from './verdict-text.ts'

/**
 * That the object was deleted, or recreated, during a run that wrote nothing and did not confirm its weights: a gateway
 * without the object refuses connections, and its weights explain nothing. Undefined where it is there, or not known.
 */
export async function objectLost(
  context: Context,
  state: RunState,
  { verdict }: Pick<RunEnd, 'verdict'>,
  time: Pick<TimeLimits, 'look'>,
): Promise<RunError | undefined> {
  const shiftPlan = shiftPlanOf(state)
  if (verdict === 'pass' || verdict === 'error' || state.stage !== 'checking' || !shiftPlan)
    return undefined
  const { object } = shiftPlan
  try {
    const now = await readObject(objectOf(context), time.look())
    return now.object.uid === object.uid ? undefined : recreated(object)
  } catch (error) {
    const isMissing = error instanceof RunError && error.code === 'ITS-OBJECT-NOT-FOUND'
    return isMissing ? deleted(object) : undefined
  }
}

import { readObject } from '../journal/read-object.ts'
import { deleted, recreated } from '../journal/write/write-conflict.ts'
import { RunError } from '../problem/run-error.ts'
import type { Context } from './model/context.ts'
import type { Percents } from './model/outcome.ts'
import { objectOf } from './object-of.ts'
import { type RunState, shiftPlanOf } from './run-state.ts'
import { weightsIn } from './seen-weights.ts'
import type { TimeLimits } from './time-limits.ts'
import type { RunEnd } from './verdict-text.ts'

/** The object at the end of a run: that it is gone, or its weights; neither where that is not known. */
type LastLook = { lost?: RunError; inForce?: Percents | undefined }

/**
 * Looks at the object again after a run that wrote nothing and did not confirm its weights. It may have been deleted, or
 * recreated: a gateway without the object refuses connections, and its weights explain nothing. Or another client has
 * changed its weights since.
 */
export async function lookAgain(
  context: Context,
  state: RunState,
  { verdict }: Pick<RunEnd, 'verdict'>,
  time: Pick<TimeLimits, 'look'>,
): Promise<LastLook> {
  const shiftPlan = shiftPlanOf(state)
  if (verdict === 'pass' || verdict === 'error' || state.stage !== 'checking' || !shiftPlan)
    return {}
  const { object } = shiftPlan
  try {
    const now = await readObject(objectOf(context), time.look())
    if (now.object.uid !== object.uid) return { lost: recreated(object) }
    return { inForce: weightsIn(now.object, shiftPlan) }
  } catch (error) {
    const isMissing = error instanceof RunError && error.code === 'ITS-OBJECT-NOT-FOUND'
    return isMissing ? { lost: deleted(object) } : {}
  }
}

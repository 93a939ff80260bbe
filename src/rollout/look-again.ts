import { readObject } from '../journal/read-object.ts'
import { changed, deleted, recreated } from '../journal/write/write-conflict.ts'
import { RunError } from '../problem/run-error.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { findRule, keyOf } from '../routes/rule-identity.ts'
import { sameWritten } from '../routes/written-destinations.ts'
import type { Context } from './model/context.ts'
import type { Percents } from './model/outcome.ts'
import { objectOf } from './object-of.ts'
import { findOtherRuleHit } from './other-rule-hit.ts'
import type { ShiftPlan } from './plan/shift-plan.ts'
import type { RunState } from './run-state.ts'
import { weightsIn } from './seen-weights.ts'
import type { TimeLimits } from './time-limits.ts'
import type { RunEnd } from './verdict-text.ts'

/** The object at the end of a run: why its check does not count, and its weights, as far as these are known. */
type LastLook = { lost?: RunError; inForce?: Percents | undefined }

/**
 * Looks at the object again after a check of a run that wrote nothing. It may have been deleted, or recreated: a gateway
 * without the object refuses connections, and its weights explain nothing. Or another client has changed its weights, or
 * its rules, so that samples hit another rule. A check that passed was of the rule, whatever comes first since.
 */
export async function lookAgain(
  context: Context,
  state: RunState,
  { verdict }: Pick<RunEnd, 'verdict'>,
  time: Pick<TimeLimits, 'look'>,
): Promise<LastLook> {
  if (verdict === 'error' || state.stage !== 'checking' || state.checks.length === 0) return {}
  const { shiftPlan, request } = state
  const { object } = shiftPlan
  try {
    const now = await readObject(objectOf(context), time.look())
    if (now.object.uid !== object.uid) return { lost: recreated(object) }
    const inForce = weightsIn(now.object, shiftPlan)
    if (verdict === 'pass') return { inForce }
    const other =
      findOtherRuleHit(shiftPlan, request, now.object, context.api) ??
      changedSince(shiftPlan, now.object, context)
    return other ? { lost: other, inForce } : { inForce }
  } catch (error) {
    const isMissing = error instanceof RunError && error.code === 'ITS-OBJECT-NOT-FOUND'
    return isMissing ? { lost: deleted(object) } : {}
  }
}

/** The error if another client has written other destinations or weights to the rule: these may have split the samples. */
function changedSince(
  { object, rule }: Pick<ShiftPlan, 'object' | 'rule'>,
  now: RouteObject,
  { api }: Context,
): RunError | undefined {
  const key = keyOf(object, rule)
  const found = findRule(now, key)
  return found && sameWritten(found.written, rule.written)
    ? undefined
    : changed({ api, rule, journal: key }, now)
}

import { type Problem, problem, warning } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import type { Context } from '../model/context.ts'
import { isConflictingWrite } from '../model/outcome.ts'
import type { ShiftPlan } from '../plan/shift-plan.ts'

/** A server-side dry run of the first write. */
export async function tryWrite(
  { emit }: Context,
  { write, targets: [first], edit, inForce }: ShiftPlan,
  signal: AbortSignal,
): Promise<Problem[]> {
  // The API server would try the edit on weights that a shift restores first.
  if (!write || inForce !== undefined) return []
  try {
    const changed = await write.dryRun(first ?? edit.target, signal)
    if (changed) return [changed]
    emit({ kind: 'dry-run-accepted' })
    return []
  } catch (error) {
    // Another client changed the object: what else preflight finds is about a version that no longer exists.
    if (!(error instanceof RunError) || isConflictingWrite(error)) throw error
    // The API server's text for a webhook with side effects, which has no reason of its own.
    if (/does not support dry run/.test(error.message))
      return [
        warning(
          'ITS-DRY-RUN-NOT-SUPPORTED',
          `A webhook does not support dry runs, so the write was not tried first. ${error.message}`,
        ),
      ]
    return [problem(error.code, error.message, error.remedy)]
  }
}

import { type Percents, percentsOf, weightsText } from '../../routes/percents.ts'
import { existingNames } from '../../routes/weights/weight-edit.ts'
import type { Check } from '../model/check.ts'
import type { LastStep } from '../model/outcome.ts'
import type { WrittenState } from '../run-state.ts'

/** What a rollback of a run restores. */
export type RestoreTarget = {
  names: readonly string[]
  shares: readonly number[]
  weights: Percents
  /** The same as text: `v1 80%, v2 20%`. */
  text: string
  /** The check of the step that it restores; undefined: what was there before the run. */
  step: Check | undefined
}

export function restoreTarget({
  shiftPlan: { edit },
  checks,
  confirmedSteps = 0,
}: Pick<WrittenState, 'shiftPlan' | 'checks' | 'confirmedSteps'>): RestoreTarget {
  const step = checks[confirmedSteps - 1]
  const names = step ? step.names : existingNames(edit)
  const shares = step ? step.target : edit.presentShares
  return {
    names,
    shares,
    weights: percentsOf(names, shares),
    text: weightsText(names, shares),
    step,
  }
}

/** The last step that a run has confirmed, where a rollback restores it. */
export function lastStepOf(state: WrittenState): LastStep | undefined {
  const { confirmedSteps: number = 0 } = state
  return number === 0 ? undefined : { number, weights: restoreTarget(state).weights }
}

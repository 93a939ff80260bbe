import { lookForDrain } from './drain/look-for-drain.ts'
import { confirmMetrics } from './metrics/confirm-metrics.ts'
import type { Context } from './model/context.ts'
import type { Advance, CheckingState, WrittenState } from './run-state.ts'
import { takeStep } from './take-step.ts'
import { endOfCancel, endOfCheck, endOfPass, type RunEnd } from './verdict-text.ts'
import { watchInterval } from './watch-interval.ts'

/** Takes the steps of a plan one after the other, as long as their checks pass, and releases what passed. */
export async function runSteps(
  context: Context,
  begun: CheckingState,
  advance: Advance,
  signal: AbortSignal,
): Promise<RunEnd> {
  const { shiftPlan } = begun
  let state: CheckingState | WrittenState = begun
  for (const index of shiftPlan.checks.keys()) {
    const step = await takeStep(context, state, advance, signal)
    state = step.state
    if (hasPassed(state)) state = await confirmMetrics(context, { state, advance }, 'step', signal)
    if (hasPassed(state) && index < shiftPlan.checks.length - 1)
      state = await watchInterval(context, { ...step, state }, advance, signal)
    const check = state.checks.at(-1)
    if (check && check.ended !== 'pass')
      return context.cancelled.aborted
        ? endOfCancel()
        : endOfCheck(context, check, shiftPlan.edit, index)
    state = confirmStep(context, state, advance)
  }
  const released =
    state.stage === 'written' ? await release(context, state, advance, signal) : state
  advance({ ...released, drain: await lookForDrain(context, released, signal) })
  return endOfPass(context, state)
}

function hasPassed({ checks }: Pick<CheckingState, 'checks'>): boolean {
  return checks.at(-1)?.ended === 'pass'
}

/** The step was confirmed, and its interval is over. With on-failure: last-step, a rollback from now on restores it. */
function confirmStep(
  { options }: Pick<Context, 'options'>,
  state: CheckingState | WrittenState,
  advance: Advance,
): CheckingState | WrittenState {
  if (state.stage !== 'written' || options.onFailure !== 'last-step') return state
  state.write.confirm()
  return advance({ ...state, confirmedSteps: state.checks.length })
}

/** Removes the journal after a pass. What is then in force is no longer this run's to roll back. */
async function release(
  context: Context,
  state: WrittenState,
  advance: Advance,
  signal: AbortSignal,
): Promise<WrittenState> {
  const { inForce, stop } = await state.write.release(signal)
  if (stop) {
    const { write: _, firstWriteMs: __, confirmedSteps: ___, ...rest } = state
    advance({ ...rest, stage: 'checking', inForce })
    throw stop
  }
  const released = advance({ ...state, inForce })
  context.emit({ kind: 'journal-removed' })
  return released
}

import { RunError } from '../problem/run-error.ts'
import { asShares } from '../routes/weights/weights.ts'
import type { Context } from './model/context.ts'
import { isConflictingWrite } from './model/outcome.ts'
import { percentsOf } from './model/percents.ts'
import type { Advance, CheckingState, WrittenState } from './run-state.ts'
import { weightsSeen } from './seen-weights.ts'

/** Writes the weights of the check that a run has begun last. */
export async function writeStep(
  context: Context,
  state: CheckingState | WrittenState,
  advance: Advance,
  signal: AbortSignal,
): Promise<WrittenState> {
  stopIfOver(context, signal, 'before the write')
  const { shiftPlan, checks } = state
  const { write } = shiftPlan
  if (write === undefined) throw new Error('a plan that writes nothing has no write')
  const target = shiftPlan.targets[checks.length - 1] ?? shiftPlan.edit.target
  const before = state.stage === 'written' ? state.firstWriteMs : undefined
  const sent = advance<WrittenState>({ ...state, stage: 'written', write, firstWriteMs: before })
  const startedMs = context.nowMs()
  const result = await write.write(target, signal)
  const landed = { ...sent, firstWriteMs: before ?? context.nowMs() }
  if (result.kind === 'stored-otherwise') advance(landed)
  else if (result.kind !== 'written') {
    // A write that was certainly refused leaves nothing to restore, if none was before it.
    const last = result.kind === 'refused' ? state : sent
    const isConflict = isConflictingWrite(result.stop)
    advance(isConflict ? { ...last, inForce: weightsSeen(result.stop, shiftPlan) } : last)
  }
  if (result.kind !== 'written') throw result.stop
  state.stamps?.set(result.stamps)
  const inForce = percentsOf(shiftPlan.edit.names, asShares(target))
  context.emit({
    kind: 'written',
    weights: inForce,
    number: checks.length,
    of: shiftPlan.targets.length,
    tookMs: context.nowMs() - startedMs,
  })
  return advance({ ...landed, inForce })
}

/** @param when such as `before the write` */
export function stopIfOver(
  { cancelled }: Pick<Context, 'cancelled'>,
  signal: AbortSignal,
  when: string,
): void {
  if (cancelled.aborted) throw new RunError('ITS-CANCELLED', 'The run was cancelled.')
  if (signal.aborted)
    throw new RunError(
      'ITS-TIME-UP',
      `Time ran out ${when}.`,
      'Raise timeout, or shorten step-interval.',
    )
}

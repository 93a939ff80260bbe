import { saveLost, saveWrite } from '../journal/write/save-intent.ts'
import { webhookChange } from '../journal/write/webhook-change.ts'
import { changed as changedByOther } from '../journal/write/write-conflict.ts'
import { WriteFailed, writeWeights } from '../journal/write/write-weights.ts'
import type { Written } from '../journal/write/written.ts'
import { RunError } from '../problem/run-error.ts'
import { findRuleByIdentity } from '../routes/rule-identity.ts'
import { weighed } from '../routes/weights/weigh.ts'
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
  const { shiftPlan, firstWrite, checks } = state
  if (firstWrite === undefined) throw new Error('a plan that writes nothing has no write')
  const before = state.stage === 'written' ? state : undefined
  const object = before?.written.object ?? firstWrite.object
  const rule = findRuleByIdentity(object, firstWrite.rule.identity, firstWrite.journal.nth)
  const percents = shiftPlan.percents[checks.length - 1] ?? []
  const write = { ...firstWrite, object, rule: rule ?? firstWrite.rule }
  const written = weighed(write.rule, shiftPlan.edit, percents)
  const journal = { ...firstWrite.journal, written }
  const pending: Written = {
    object,
    before: before?.written.before ?? object,
    resource: shiftPlan.resource,
    names: shiftPlan.edit.names,
    journal: before?.written.journal ?? journal,
    sent: [...(before?.written.sent ?? []), written],
    landed: before?.written.landed ?? false,
    pending: true,
  }
  const unsaved = saveWrite(context, shiftPlan, pending)
  if (!before && unsaved) throw unsaved
  const sent = advance<WrittenState>({
    ...state,
    stage: 'written',
    written: pending,
    firstWriteMs: before?.firstWriteMs,
  })
  const startedMs = context.nowMs()
  const stored = await writeWeights({ ...write, journal }, signal).catch((error: unknown) => {
    if (!(error instanceof WriteFailed)) throw error
    // A write that was refused for certain leaves nothing to restore, if none was before it.
    const last = error.pending ? sent : state
    const isConflict = isConflictingWrite(error.stop)
    advance(isConflict ? { ...last, inForce: weightsSeen(error.stop, shiftPlan) } : last)
    throw error.stop
  })
  const landed = advance<WrittenState>({
    ...sent,
    written: { ...pending, object: stored, journal, landed: true, pending: false },
    firstWriteMs: sent.firstWriteMs ?? context.nowMs(),
  })
  stopIfChanged(context, landed, advance)
  const shares = percents.map((percent) => percent / 100)
  const inForce = percentsOf(shiftPlan.edit.names, shares)
  context.emit({
    kind: 'written',
    weights: inForce,
    number: checks.length,
    of: shiftPlan.percents.length,
    tookMs: context.nowMs() - startedMs,
  })
  return advance({ ...landed, inForce })
}

/** Stops where other routes were stored than were written: they count as the run's own, and are rolled back like these. */
function stopIfChanged(context: Context, state: WrittenState, advance: Advance): void {
  const { shiftPlan, written } = state
  const { object, journal, names, sent } = written
  const changed = webhookChange(object, journal, names, context.api.context)
  if (!changed && object.deletedAt !== undefined)
    throw changedByOther(`is being deleted since ${object.deletedAt}`)
  if (!changed) return
  const stored = { ...written, sent: [...sent, changed.routes] }
  saveLost(context, shiftPlan, stored)
  advance({ ...state, written: stored })
  throw changed.stop
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

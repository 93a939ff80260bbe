import { saveLost, saveWrite } from '../journal/write/save-intent.ts'
import { webhookChange } from '../journal/write/webhook-change.ts'
import { changed as changedByOther } from '../journal/write/write-conflict.ts'
import { type Write, WriteFailed, writeWeights } from '../journal/write/write-weights.ts'
import type { Written } from '../journal/write/written.ts'
import { pause } from '../kube/pause.ts'
import { RunError } from '../problem/run-error.ts'
import { findRuleAgain } from '../routes/select-rule.ts'
import { routesWith } from '../routes/weigh.ts'
import type { ReplyCounts } from '../split/judge/unanswered-destinations.ts'
import type { CheckTask } from './check/check-task.ts'
import { runCheck } from './check/run-check.ts'
import { endsWithWrite } from './check/unanswered-destination.ts'
import type { Check } from './model/check.ts'
import type { Context } from './model/context.ts'
import { isConflictingWrite } from './model/outcome.ts'
import { percentsOf } from './model/percents.ts'
import { errorChance } from './plan/plan-checks.ts'
import type { ShiftPlan } from './plan/shift-plan.ts'
import { isJustChanged } from './preflight/just-changed.ts'
import type { Ready } from './preflight/preflight.ts'
import type { Progress } from './progress.ts'
import { withCheck } from './rollback/latest-replies.ts'
import { weightsSeen } from './seen-weights.ts'

/** Writes the weights of one step, where there is something to write, and proves them. */
export async function takeStep(
  context: Context,
  progress: Progress,
  shiftPlan: ShiftPlan,
  ready: Ready,
  index: number,
  signal: AbortSignal,
): Promise<void> {
  const check = shiftPlan.checks[index]
  const confirmed = shiftPlan.checks[index - 1]
  const { gateway } = ready
  if (!check || !gateway) throw new Error('a step without a check or a gateway')
  const { options, nowMs } = context
  let writtenMs: number | undefined
  if (shiftPlan.write) {
    await write(context, progress, shiftPlan, ready.write ?? shiftPlan.write, index, signal)
    writtenMs = nowMs()
    progress.firstWriteMs ??= writtenMs
  } else if (isJustChanged(shiftPlan.sinceChangeMs, options)) {
    writtenMs = nowMs() - Math.max(0, shiftPlan.sinceChangeMs ?? 0)
  }
  const startedMs = writtenMs ?? nowMs()
  await runCheck({
    check,
    gateway,
    writtenMs,
    propagationTimeoutMs: options.propagationTimeoutMs,
    alpha: errorChance(options),
    hypotheses: shiftPlan.checks.length,
    present: shiftPlan.edit.presentShares,
    before: repliesBefore(shiftPlan, ready, confirmed, options),
    connections: options.connections,
    mayRecover: endsWithWrite(check, confirmed ? repliesIn(confirmed) : ready.replyCounts),
    emit: context.emit,
    nowMs,
    signal,
  })
  progress.replies = withCheck(progress.replies, check, startedMs)
}

/** Connections from before a step, and the shares by which they were split; undefined where these are not known. */
function repliesBefore(
  { edit, sinceChangeMs }: ShiftPlan,
  { replyCounts }: Ready,
  confirmed: Check | undefined,
  options: Context['options'],
): CheckTask['before'] {
  if (confirmed) return { replyCounts: repliesIn(confirmed), shares: confirmed.target }
  return isJustChanged(sinceChangeMs, options)
    ? undefined
    : { replyCounts, shares: edit.presentShares }
}

/** What the last connections of a step met. */
function repliesIn(check: Check): ReplyCounts {
  const { counts, unclassified } = check.attempts.at(-1) ?? { counts: [], unclassified: 0 }
  return { counts, unclassified }
}

async function write(
  context: Context,
  progress: Progress,
  shiftPlan: ShiftPlan,
  first: Write,
  index: number,
  signal: AbortSignal,
): Promise<void> {
  stopIfOver(context, signal, 'before the write')
  const before = progress.written
  const object = before?.object ?? first.object
  const rule = findRuleAgain(object, first.rule.identity, first.journal.nth) ?? first.rule
  const percents = shiftPlan.percents[index] ?? []
  const journal = { ...first.journal, written: routesWith(rule, shiftPlan.edit, percents) }
  progress.written = {
    object,
    before: before?.before ?? object,
    resource: shiftPlan.resource,
    names: shiftPlan.edit.names,
    journal: before?.journal ?? journal,
    sent: [...(before?.sent ?? []), journal.written],
    landed: before?.landed ?? false,
    pending: true,
  }
  const savedFirst = saveWrite(context, shiftPlan, progress.written)
  if (!before && savedFirst) {
    progress.written = undefined
    throw savedFirst
  }
  const startedMs = context.nowMs()
  try {
    const written = await writeWeights({ ...first, object, rule, journal }, signal)
    progress.written = {
      ...progress.written,
      object: written,
      journal,
      landed: true,
      pending: false,
    }
  } catch (error) {
    if (!(error instanceof WriteFailed)) throw error
    // A write that was refused for certain leaves nothing to undo, if none was before it.
    if (!error.pending) progress.written = before
    if (isConflictingWrite(error.stop)) progress.inForce = weightsSeen(error.stop, shiftPlan)
    throw error.stop
  }
  stopIfChanged(context, progress, shiftPlan, progress.written)
  progress.inForce = percentsOf(
    shiftPlan.edit.names,
    percents.map((percent) => percent / 100),
  )
  context.emit({
    kind: 'written',
    weights: progress.inForce,
    number: index + 1,
    of: shiftPlan.percents.length,
    tookMs: context.nowMs() - startedMs,
  })
}

/** Stops where other routes were stored than the write had; they count as the run's own, to be undone like these. */
function stopIfChanged(
  context: Context,
  progress: Progress,
  shiftPlan: ShiftPlan,
  written: Written,
): void {
  const { object, journal, names, sent } = written
  const changed = webhookChange(object, journal, names, context.api.context)
  if (!changed && object.deletedAt !== undefined)
    throw changedByOther(`is being deleted since ${object.deletedAt}`)
  if (!changed) return
  progress.written = { ...written, sent: [...sent, changed.routes] }
  saveLost(context, shiftPlan, progress.written)
  progress.firstWriteMs ??= context.nowMs()
  throw changed.stop
}

/** Waits between a proven step and the next, as the input says. */
export async function pauseBetween(context: Context, signal: AbortSignal): Promise<void> {
  const ms = context.options.stepIntervalMs
  if (ms > 0) context.emit({ kind: 'paused', ms })
  await pause(ms, signal)
  stopIfOver(context, signal, 'between two steps')
}

function stopIfOver(context: Context, signal: AbortSignal, when: string): void {
  if (context.cancelled.aborted) throw new RunError('ITS-CANCELLED', 'the run was cancelled')
  if (!signal.aborted) return
  const remedy = 'Give more timeout, or shorter step-interval.'
  throw new RunError('ITS-LIMIT-REACHED', `the time of the run was up ${when}`, remedy)
}

import { pause } from '../kube/pause.ts'
import type { WeightEdit } from '../routes/weights/weight-edit.ts'
import type { ReplyCounts } from '../split/judge/unanswered-destinations.ts'
import type { CheckTask } from './check/check-task.ts'
import { runCheck } from './check/run-check.ts'
import { endsWithWrite } from './check/unanswered-destination.ts'
import { watchAcceptance } from './check/watch-acceptance.ts'
import type { Check } from './model/check.ts'
import type { Context } from './model/context.ts'
import { growingIn } from './plan/growing.ts'
import { errorChance } from './plan/plan-checks.ts'
import { isJustChanged } from './preflight/just-changed.ts'
import { withCheck } from './rollback/latest-replies.ts'
import type { Advance, CheckingState, WrittenState } from './run-state.ts'
import { stopIfOver, writeStep } from './write-step.ts'

/** Writes the weights of the next step, where there is something to write, and runs its check. */
export async function takeStep(
  context: Context,
  state: CheckingState | WrittenState,
  advance: Advance,
  signal: AbortSignal,
): Promise<CheckingState | WrittenState> {
  const { nowMs } = context
  const { shiftPlan, checks } = state
  const check = shiftPlan.checks[checks.length]
  if (!check) throw new Error('a step without a check')
  const begun = advance({ ...state, checks: [...checks, check] })
  const at = shiftPlan.write ? await writeStep(context, begun, advance, signal) : begun
  const writtenMs = shiftPlan.write ? nowMs() : changedMs(context, shiftPlan.sinceChangeMs)
  const startedMs = writtenMs ?? nowMs()
  const watch = shiftPlan.write
    ? watchAcceptance(context, shiftPlan, signal)
    : { signal, stop: async () => undefined }
  const task = checkTask(context, state, check, watch.signal)
  const ended = await runCheck({ ...task, writtenMs })
  const rejected = await watch.stop()
  const next = advance({
    ...at,
    checks: [...checks, ended],
    stepMs: startedMs,
    replies: withCheck(at.replies, ended, startedMs),
  })
  if (rejected && !signal.aborted) throw rejected
  return next
}

/** When the object was last changed, where that is so short a time ago that the gateway may not show it yet. */
function changedMs(
  { options, nowMs }: Context,
  sinceChangeMs: number | undefined,
): number | undefined {
  return isJustChanged(sinceChangeMs, options)
    ? nowMs() - Math.max(0, sinceChangeMs ?? 0)
    : undefined
}

/** What a check takes of its run; `state` is from before it. */
function checkTask(
  { options, emit, nowMs }: Context,
  state: CheckingState | WrittenState,
  check: Check,
  signal: AbortSignal,
): Omit<CheckTask, 'writtenMs'> {
  const { shiftPlan, gateway, checks, replyCounts } = state
  const confirmed = checks.at(-1)
  return {
    check,
    source: gateway,
    propagationTimeoutMs: options.propagationTimeoutMs,
    alpha: errorChance(options),
    hypotheses: shiftPlan.checks.length,
    present: shiftPlan.edit.presentShares,
    before: repliesBefore(state, options),
    connections: options.connections,
    showsPrevious: state.stamps !== undefined,
    health: gateway.details.has('errors') ? comparison(shiftPlan.edit, check) : undefined,
    mayRecover: endsWithWrite(check, confirmed ? repliesIn(confirmed) : replyCounts),
    emit,
    nowMs,
    signal,
  }
}

/** The errors of the growing destinations are compared with those of the others. */
function comparison(edit: Pick<WeightEdit, 'presentShares'>, check: Check): CheckTask['health'] {
  const questions = [{ kind: 'compare' }] as const
  return { growing: growingIn(edit, check), questions, spanMs: 0, gapMs: 0, watchSeconds: 0 }
}

/** Connections from before a step, and the shares by which they were split; undefined where these are not known. */
function repliesBefore(
  { checks, replyCounts, shiftPlan }: CheckingState | WrittenState,
  options: Context['options'],
): CheckTask['before'] {
  const confirmed = checks.at(-1)
  if (confirmed) return { replyCounts: repliesIn(confirmed), shares: confirmed.target }
  return isJustChanged(shiftPlan.sinceChangeMs, options)
    ? undefined
    : { replyCounts, shares: shiftPlan.edit.presentShares }
}

/** What the last connections of a step met. */
function repliesIn(check: Check): ReplyCounts {
  const { counts, unclassified } = check.attempts.at(-1) ?? { counts: [], unclassified: 0 }
  return { counts, unclassified }
}

/** Waits between a confirmed step and the next, as the input says. */
export async function pauseBetween(context: Context, signal: AbortSignal): Promise<void> {
  const ms = context.options.stepIntervalMs
  if (ms > 0) context.emit({ kind: 'paused', ms })
  await pause(ms, signal)
  stopIfOver(context, signal, 'between two steps')
}

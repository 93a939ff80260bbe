import type { Released } from '../../journal/restore/released.ts'
import type { RunError } from '../../problem/run-error.ts'
import { type Percents, percentsOf, percentsText, weightsText } from '../../routes/percents.ts'
import { existingNames } from '../../routes/weights/weight-edit.ts'
import { percentsFrom } from '../../routes/weights/weights.ts'
import { runCheck } from '../check/run-check.ts'
import { endsWithRollback } from '../check/unanswered-destination.ts'
import { restoredText } from '../diagnosis/restored-text.ts'
import type { Check } from '../model/check.ts'
import type { Context } from '../model/context.ts'
import { findOtherRuleHit } from '../other-rule-hit.ts'
import { errorChance, planChecks } from '../plan/plan-checks.ts'
import type { WrittenState } from '../run-state.ts'
import type { TimeLimits } from '../time-limits.ts'
import { endOfProblem, type RunEnd } from '../verdict-text.ts'
import { awaitUnstamped, ENOUGH_IN_A_ROW, type Unstamped } from './await-unstamped.ts'
import { evidenceOf } from './latest-replies.ts'
import { restoreBlockedBy } from './restore-blocked-by.ts'

/** How a run ended after its rollback. */
export type AfterRun = {
  ended: RunEnd
  rolledBack: boolean
  /** The weights in force; undefined if they are not known. */
  inForce: Percents | undefined
  /** What is true of production, in sentences; empty if `ended` says it. */
  production: string
}

/**
 * After anything but a pass: restores the previous weights, unless `on-failure` is keep, and checks whether the
 * gateway uses them. Never rejects.
 */
export async function rollBackRun(
  context: Context,
  state: WrittenState,
  ended: RunEnd,
  time: TimeLimits,
): Promise<AfterRun> {
  const released = await release(context, state, time)
  const { inForce, stop, rolledBack } = released
  if (stop) return endWith(ended, stop, inForce)
  const other = ended.verdict === 'error' ? undefined : otherRuleHit(context, state, released)
  const counts = other ? endWith(ended, other, inForce).ended : ended
  const after = rolledBack
    ? {
        ended: counts,
        rolledBack,
        inForce,
        production: await checkRestored(context, state, time.check, other),
      }
    : kept(state, released, counts)
  const production = [after.production, other?.message ?? ''].filter((text) => text !== '')
  return { ...after, production: production.join(' ') }
}

async function release(
  context: Context,
  { shiftPlan, write, checks, replies, firstWriteMs }: WrittenState,
  time: TimeLimits,
): Promise<Released> {
  const { api, workloads, options, emit, nowMs } = context
  const { edit, apiVersion } = shiftPlan
  const weights = percentsOf(existingNames(edit), edit.presentShares)
  if (options.onFailure === 'rollback') emit({ kind: 'restoring', weights })
  const signal = time.release()
  const evidence = (name: string) =>
    evidenceOf(replies, edit.names, checks.at(-1), serverClock(context))(name)
  const blockedBy = restoreBlockedBy({ api, workloads, apiVersion, evidence }, signal)
  const released = await write.restore(blockedBy, signal)
  if (released.rolledBack)
    emit({
      ...{ kind: 'restored', weights },
      sinceFirstWriteMs: nowMs() - (firstWriteMs ?? nowMs()),
      isChecked: !time.check.aborted && checks.length > 0,
    })
  return released
}

/** What makes a check void that did not pass: its samples may have hit another rule. */
function otherRuleHit(
  { api }: Context,
  { shiftPlan, request }: WrittenState,
  { object }: Released,
): RunError | undefined {
  return object && findOtherRuleHit(shiftPlan, request, object, api)
}

/** A check whose weights another client replaced: what its connections show is not about this run's weights. */
const CHECK_VOID = 'The check does not count, because other weights may have split its samples.'

/** The end of a run with a problem that its rollback, or its last look at the object, met, which then decides and comes first. */
export function endWith(ended: RunEnd, stop: RunError, inForce: Percents | undefined): AfterRun {
  const end = endOfProblem(stop)
  if (isCheckVoid(ended, stop)) {
    const message = CHECK_VOID
    return { ended: { ...end, message }, rolledBack: false, inForce, production: stop.message }
  }
  return {
    ended: {
      ...end,
      message: ended.message,
      problems: [...end.problems, ...ended.problems],
    },
    rolledBack: false,
    inForce,
    production: stop.message,
  }
}

/** Where only the journal was replaced, the weights were those of the run all the time. */
function isCheckVoid({ verdict }: RunEnd, { reason, code }: RunError): boolean {
  return verdict !== 'error' && reason === 'changed-by-other' && code !== 'ITS-JOURNAL-REPLACED'
}

/** Turns a time of the run into one by the clock of the API server that has the Pods. */
function serverClock({ workloads, nowMs }: Context): (ms: number) => number | undefined {
  return (ms) => {
    const serverMs = workloads.nowMs()
    return serverMs === undefined ? undefined : serverMs - (nowMs() - ms)
  }
}

/** An end with the weights that `on-failure: keep` kept, and how to restore the previous ones. */
function kept({ write }: WrittenState, { inForce, kept }: Released, ended: RunEnd): AfterRun {
  if (!kept || inForce === undefined) return { ended, rolledBack: false, inForce, production: '' }
  const production = `The weights of this run stay (${percentsText(inForce)}), because on-failure is keep.`
  const after = { ended, rolledBack: false, inForce, production }
  const command = write.manualCommand()
  if (command === undefined) return after
  const back = `To restore the previous weights:\n  ${command}`
  const remedy = ended.remedy === '' ? back : `${ended.remedy}\n${back}`
  return { ...after, ended: { ...ended, remedy } }
}

/** Whether the gateway uses the restored weights, in sentences. Samples that hit another rule do not show it. */
async function checkRestored(
  context: Context,
  state: WrittenState,
  signal: AbortSignal,
  other: RunError | undefined,
): Promise<string> {
  const { edit } = state.shiftPlan
  const weights = weightsText(existingNames(edit), edit.presentShares)
  // After a step that was confirmed, the gateway has used weights of this run.
  const only = state.checks.length === 1 ? state.checks[0] : undefined
  if (other) return restoredText(weights, undefined, errorChance(context.options))
  try {
    if (state.stamps !== undefined) return await unstampedText(weights, state, context, signal)
    const check = signal.aborted ? undefined : await restoreCheck(context, state, signal)
    return restoredText(weights, check, errorChance(context.options), only)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return `The previous weights are restored (${weights}). Whether the gateway uses them could not be checked: ${why}.`
  }
}

/** Without its stamps the previous weights are in force: they came and went in the same writes. */
async function unstampedText(
  weights: string,
  { gateway }: WrittenState,
  { options, emit }: Context,
  signal: AbortSignal,
): Promise<string> {
  const unstamped = await awaitUnstamped(gateway, options.propagationTimeoutMs, signal)
  emit({ kind: 'restore-unstamped', ...unstamped })
  return `The previous weights are restored (${weights}). ${stampsText(unstamped)}`
}

function stampsText({ seen, inARow }: Unstamped): string {
  switch (seen) {
    case 'gone':
      return `The last ${ENOUGH_IN_A_ROW} replies had no stamp of this run, so the gateway uses them.`
    case 'there':
      return 'The gateway still sends replies with stamps of this run, so a part of it may still use the weights of this run.'
    case 'too-few':
      return `Whether the whole gateway uses them is not known: the last ${inARow} replies had no stamp of this run, and that is too few.`
    case 'unanswered':
      return 'Whether the gateway uses them could not be checked, because requests get no recognized reply.'
    case 'no-samples':
      return 'Whether the gateway uses them was not checked.'
  }
}

/** A check of the weights from before the run; undefined if the run has no check to compare it with. */
async function restoreCheck(
  context: Context,
  { shiftPlan, gateway, checks, replyCounts }: WrittenState,
  signal: AbortSignal,
): Promise<Check | undefined> {
  const last = checks.at(-1)
  if (!last) return undefined
  const { options, nowMs } = context
  const original = percentsFrom(shiftPlan.edit.presentShares)
  const { names } = shiftPlan.edit
  const { unit } = shiftPlan
  const course = { names, unit, presentShares: last.target, targets: [original], writes: true }
  const [check] = planChecks(course, options)
  if (!check) return undefined
  const restored = await runCheck({
    check,
    source: gateway,
    writtenMs: nowMs(),
    propagationTimeoutMs: options.propagationTimeoutMs,
    alpha: errorChance(options),
    hypotheses: 1,
    before: { replyCounts, shares: shiftPlan.edit.presentShares },
    connections: options.connections,
    mayRecover: endsWithRollback(replyCounts, last, shiftPlan.edit.presentShares),
    emit: context.emit,
    nowMs,
    signal,
  })
  context.emit({ kind: 'restore-checked', check: restored })
  return restored
}

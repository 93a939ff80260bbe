import { restoreCommand } from '../../journal/manual-command.ts'
import { releaseFailure, rollbackFailed } from '../../journal/restore/release.ts'
import { saveRelease } from '../../journal/write/save-intent.ts'
import type { RunError } from '../../problem/run-error.ts'
import { findRuleByIdentity } from '../../routes/rule-identity.ts'
import { existingNames } from '../../routes/weights/weight-edit.ts'
import { runCheck } from '../check/run-check.ts'
import { endsWithRollback } from '../check/unanswered-destination.ts'
import { restoredText } from '../diagnosis/restored-text.ts'
import type { Context } from '../model/context.ts'
import type { Percents } from '../model/outcome.ts'
import { percentsOf, percentsText } from '../model/percents.ts'
import { errorChance, planChecks } from '../plan/plan-checks.ts'
import type { WrittenState } from '../run-state.ts'
import type { TimeLimits } from '../time-limits.ts'
import { endOfProblem, type RunEnd } from '../verdict-text.ts'
import { evidenceOf } from './latest-replies.ts'

/**
 * After anything but a pass: lets go of the object, with the old weights back unless the input says
 * otherwise, and shows that the gateway acts on them. Never rejects: what goes wrong here is said loudest.
 */
export async function rollBackRun(
  context: Context,
  state: WrittenState,
  ended: RunEnd,
  time: TimeLimits,
): Promise<AfterRun> {
  const released = await release(context, state, ended, time).catch((error: unknown) =>
    notReleased(context, state, ended, error),
  )
  if (!released.rolledBack) return released
  const seen = await seeRestored(context, state, time.check).catch(unseen)
  const message = `${released.ended.message}\n${seen}`
  return { ...released, ended: { ...released.ended, message } }
}

/** How a run ended after its rollback, and the weights in force then; undefined where they are not known. */
export type AfterRun = { ended: RunEnd; rolledBack: boolean; inForce: Percents | undefined }

async function release(
  context: Context,
  state: WrittenState,
  ended: RunEnd,
  time: TimeLimits,
): Promise<AfterRun> {
  const { shiftPlan, written, checks, replies, firstWriteMs } = state
  const { edit } = shiftPlan
  const original = percentsOf(existingNames(edit), edit.presentShares)
  if (context.options.onFailure === 'rollback')
    context.emit({ kind: 'restoring', weights: original })
  if (context.options.onFailure === 'keep') saveRelease(context, shiftPlan, written)
  const evidence = evidenceOf(replies, edit.names, checks.at(-1), serverClock(context))
  const released = await releaseFailure(context, written, evidence, time.release())
  const { inForce, stop, rolledBack } = released
  if (stop) return { ended: endWith(ended, stop), rolledBack: false, inForce }
  if (!rolledBack)
    return { ended: kept(context, { ...state, inForce }, ended), rolledBack, inForce }
  const sinceFirstWriteMs = context.nowMs() - (firstWriteMs ?? context.nowMs())
  context.emit({ kind: 'restored', weights: original, sinceFirstWriteMs })
  return { ended, rolledBack, inForce }
}

/** The end of a run with a problem that its rollback met, which then decides. */
function endWith(ended: RunEnd, stop: RunError): RunEnd {
  return { ...endOfProblem(stop), message: `${ended.message}\n${stop.message}` }
}

/** Turns a time of the run into one by the clock of the API server that has the Pods. */
function serverClock({ workloads, nowMs }: Context): (ms: number) => number | undefined {
  return (ms) => {
    const serverMs = workloads.nowMs()
    return serverMs === undefined ? undefined : serverMs - (nowMs() - ms)
  }
}

/** An end with what `on-failure: keep` left in force, and the way back from there. */
function kept(context: Context, { inForce, written }: WrittenState, ended: RunEnd): RunEnd {
  if (context.options.onFailure !== 'keep' || inForce === undefined || !written.landed) return ended
  const message = `${ended.message}\nthe weights of this run stay, as on-failure is keep: ${percentsText(inForce)}`
  const { journal, object } = written
  const rule = findRuleByIdentity(object, journal.match, journal.nth)
  if (rule === undefined) return { ...ended, message }
  const command = restoreCommand(context.api.context, object, rule, journal.original)
  const back = `To have the old weights back:\n  ${command}`
  return { ...ended, message, remedy: ended.remedy === '' ? back : `${ended.remedy}\n${back}` }
}

/** The end of a run whose rollback met an error that nobody foresaw: loud, with the way out. */
function notReleased(
  context: Context,
  { written, inForce }: WrittenState,
  ended: RunEnd,
  error: unknown,
): AfterRun {
  const stop = rollbackFailed(context, written, String(error))
  return { ended: endWith(ended, stop), rolledBack: false, inForce }
}

/** What is said where the look after a rollback itself went wrong. */
function unseen(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error)
  return `The previous weights are restored. Whether the gateway uses them could not be checked: ${why}.`
}

/** Shows that the gateway acts on the rollback; says so where it does not, or where there was no time to look. */
async function seeRestored(
  context: Context,
  { shiftPlan, gateway, checks, replyCounts }: WrittenState,
  signal: AbortSignal,
): Promise<string> {
  const last = checks.at(-1)
  if (!last || signal.aborted) return restoredText(undefined)
  const { options, nowMs } = context
  const original = shiftPlan.edit.presentShares.map((share) => share * 100)
  const [check] = planChecks(shiftPlan.edit.names, last.target, [original], true, options)
  if (!check) return restoredText(undefined)
  const order = {
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
  }
  const restored = await runCheck(order)
  context.emit({ kind: 'restore-checked', check: restored })
  return restoredText(restored, last)
}

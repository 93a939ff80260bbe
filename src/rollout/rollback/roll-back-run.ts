import { restoreCommand } from '../../journal/manual-command.ts'
import { releaseFailure, rollbackFailed } from '../../journal/restore/release.ts'
import { saveRelease } from '../../journal/write/save-intent.ts'
import type { Written } from '../../journal/write/written.ts'
import { findRuleAgain } from '../../routes/select-rule.ts'
import { namesBefore } from '../../routes/weight-edit.ts'
import { runCheck } from '../check/run-check.ts'
import { endsWithRollback } from '../check/unanswered-destination.ts'
import { restoredText } from '../diagnosis/restored-text.ts'
import type { Context } from '../model/context.ts'
import { percentsOf, percentsText } from '../model/percents.ts'
import { errorChance, planChecks } from '../plan/plan-checks.ts'
import type { Progress } from '../progress.ts'
import type { TimeLimits } from '../time-limits.ts'
import type { Ended } from '../verdict-text.ts'
import { evidenceOf } from './latest-replies.ts'

/**
 * After anything but a pass: lets go of the object, with the old weights back unless the input says
 * otherwise, and shows that the gateway acts on them. Never rejects: what goes wrong here is said loudest.
 */
export async function rollBackRun(
  context: Context,
  progress: Progress,
  ended: Ended,
  time: TimeLimits,
): Promise<{ ended: Ended; rolledBack: boolean }> {
  const { written } = progress
  if (!written) return { ended, rolledBack: false }
  const released = await release(context, progress, written, ended, time).catch((error: unknown) =>
    notReleased(context, written, ended, error),
  )
  if (!released.rolledBack) return released
  const seen = await seeRestored(context, progress, time.check).catch(unseen)
  const message = `${released.ended.message}\n${seen}`
  return { ended: { ...released.ended, message }, rolledBack: true }
}

async function release(
  context: Context,
  progress: Progress,
  written: Written,
  ended: Ended,
  time: TimeLimits,
): Promise<{ ended: Ended; rolledBack: boolean }> {
  const { shiftPlan } = progress
  const original =
    shiftPlan && percentsOf(namesBefore(shiftPlan.edit), shiftPlan.edit.presentShares)
  if (original && context.options.onFailure === 'rollback') {
    context.emit({ kind: 'restoring', weights: original })
  }
  if (shiftPlan && context.options.onFailure === 'keep') saveRelease(context, shiftPlan, written)
  const evidence = evidenceOf(
    progress.replies,
    shiftPlan?.edit.names ?? [],
    progress.checks.at(-1),
    serverClock(context),
  )
  const released = await releaseFailure(context, written, evidence, time.release())
  progress.inForce = released.inForce
  if (released.stop) {
    const { verdict, reason, message, remedy } = released.stop
    const both = `${ended.message}\n${message}`
    return { ended: { verdict, reason, message: both, remedy }, rolledBack: false }
  }
  if (released.rolledBack && original) {
    const sinceFirstWriteMs = context.nowMs() - (progress.firstWriteMs ?? context.nowMs())
    context.emit({ kind: 'restored', weights: original, sinceFirstWriteMs })
  }
  return {
    ended: released.rolledBack ? ended : kept(context, progress, written, ended),
    rolledBack: released.rolledBack,
  }
}

/** Turns a time of the run into one by the clock of the API server that has the Pods. */
function serverClock({ workloads, nowMs }: Context): (ms: number) => number | undefined {
  return (ms) => {
    const serverMs = workloads.nowMs()
    return serverMs === undefined ? undefined : serverMs - (nowMs() - ms)
  }
}

/** An end with what `on-failure: keep` left in force, and the way back from there. */
function kept(context: Context, { inForce }: Progress, written: Written, ended: Ended): Ended {
  if (context.options.onFailure !== 'keep' || inForce === undefined || !written.landed) return ended
  const message = `${ended.message}\nthe weights of this run stay, as on-failure is keep: ${percentsText(inForce)}`
  const { journal, object } = written
  const rule = findRuleAgain(object, journal.match, journal.nth)
  if (rule === undefined) return { ...ended, message }
  const command = restoreCommand(context.api.context, object, rule, journal.original)
  const back = `To have the old weights back:\n  ${command}`
  return { ...ended, message, remedy: ended.remedy === '' ? back : `${ended.remedy}\n${back}` }
}

/** The end of a run whose rollback met an error that nobody foresaw: loud, with the way out. */
function notReleased(
  context: Context,
  written: Written,
  ended: Ended,
  error: unknown,
): { ended: Ended; rolledBack: boolean } {
  const { verdict, reason, message, remedy } = rollbackFailed(context, written, String(error))
  return {
    ended: { verdict, reason, message: `${ended.message}\n${message}`, remedy },
    rolledBack: false,
  }
}

/** What is said where the look after a rollback itself went wrong. */
function unseen(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error)
  return `The previous weights are restored. Whether the gateway uses them could not be checked: ${why}.`
}

/** Shows that the gateway acts on the rollback; says so where it does not, or where there was no time to look. */
async function seeRestored(
  context: Context,
  progress: Progress,
  signal: AbortSignal,
): Promise<string> {
  const { shiftPlan, gateway } = progress
  const last = progress.checks.at(-1)
  if (!shiftPlan || !gateway || !last || signal.aborted) return restoredText(undefined)
  const { options, nowMs } = context
  const original = shiftPlan.edit.presentShares.map((share) => share * 100)
  const [check] = planChecks(shiftPlan.edit.names, last.target, [original], true, options)
  if (!check) return restoredText(undefined)
  const order = {
    check,
    gateway,
    writtenMs: nowMs(),
    propagationTimeoutMs: options.propagationTimeoutMs,
    alpha: errorChance(options),
    hypotheses: 1,
    before: progress.replyCounts && {
      replyCounts: progress.replyCounts,
      shares: shiftPlan.edit.presentShares,
    },
    connections: options.connections,
    mayRecover: endsWithRollback(progress.replyCounts, last, shiftPlan.edit.presentShares),
    emit: context.emit,
    nowMs,
    signal,
  }
  await runCheck(order)
  context.emit({ kind: 'restore-checked', check })
  return restoredText(check, last)
}

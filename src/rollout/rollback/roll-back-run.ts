import type { Released } from '../../journal/restore/released.ts'
import type { RunError } from '../../problem/run-error.ts'
import { type Percents, percentsText } from '../../routes/percents.ts'
import type { Context } from '../model/context.ts'
import { findOtherRuleHit } from '../other-rule-hit.ts'
import type { WrittenState } from '../run-state.ts'
import type { TimeLimits } from '../time-limits.ts'
import { endOfProblem, type RunEnd } from '../verdict-text.ts'
import { checkRestored, type RestoredSeen } from './check-restored.ts'
import { evidenceOf } from './latest-replies.ts'
import { restoreBlockedBy } from './restore-blocked-by.ts'
import { restoreTarget } from './restore-target.ts'
import { findFailingReturns } from './return-to-failing.ts'

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
  const restore = { other, wasThere: released.back?.wasThere ?? false }
  const after = rolledBack
    ? restored(await checkRestored(context, state, time, restore), counts, inForce)
    : kept(state, released, counts)
  const production = [after.production, other?.message ?? ''].filter((text) => text !== '')
  return { ...after, production: production.join(' ') }
}

function restored(
  { text, remedy }: RestoredSeen,
  ended: RunEnd,
  inForce: Percents | undefined,
): AfterRun {
  const after = { rolledBack: true, inForce, production: text }
  return { ...after, ended: remedy === undefined ? ended : withRemedy(ended, remedy) }
}

function withRemedy(ended: RunEnd, remedy: string): RunEnd {
  return { ...ended, remedy: ended.remedy === '' ? remedy : `${ended.remedy}\n${remedy}` }
}

async function release(context: Context, state: WrittenState, time: TimeLimits): Promise<Released> {
  const { api, workloads, options, emit, nowMs } = context
  const { shiftPlan, write, checks, replies, firstWriteMs } = state
  const { edit, apiVersion } = shiftPlan
  const target = restoreTarget(state)
  const { weights, step } = target
  const to = step ? { weights, isStep: true } : { weights }
  if (options.onFailure !== 'keep') emit({ kind: 'restoring', ...to })
  const signal = time.release()
  const evidence = (name: string) =>
    evidenceOf(replies, edit.names, checks.at(-1), serverClock(context))(name)
  const blockedBy = restoreBlockedBy({ api, workloads, apiVersion, evidence }, signal)
  const released = await write.restore(blockedBy, signal)
  if (!released.rolledBack) return released
  emit({
    ...{ kind: 'restored', ...to },
    sinceFirstWriteMs: nowMs() - (firstWriteMs ?? nowMs()),
    isChecked: !time.check.aborted && checks.length > 0 && !(step && released.back?.wasThere),
  })
  const last = checks.at(-1)
  const failing = last ? findFailingReturns(context, last, target) : []
  for (const finding of failing) emit({ kind: 'finding', finding })
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
  return { ...after, ended: withRemedy(ended, back) }
}

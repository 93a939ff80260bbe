import { ApiError } from '../kube/api-error.ts'
import { stopFor } from '../kube/api-problem.ts'
import { IN_CLUSTER } from '../kube/credentials/kubeconfig/read-kubeconfig.ts'
import { objectNameOf, placeText } from '../routes/object-name.ts'
import { existingNames } from '../routes/weights/weight-edit.ts'
import { conclude } from './conclude.ts'
import { withPods } from './diagnosis/with-pods.ts'
import type { Context } from './model/context.ts'
import { costOf } from './model/cost.ts'
import { isConflictingWrite, type Outcome, type Percents } from './model/outcome.ts'
import { percentsOf } from './model/percents.ts'
import { recoveredSentence } from './model/recovered.ts'
import { objectDiff } from './plan/object-diff.ts'
import { readPlanInput } from './plan/read-plan-input.ts'
import type { ShiftPlan } from './plan/shift-plan.ts'
import { preflight, type Ready } from './preflight/preflight.ts'
import { type AfterRun, rollBackRun } from './rollback/roll-back-run.ts'
import {
  type Advance,
  type CheckingState,
  checksOf,
  type RunState,
  shiftPlanOf,
  startRunState,
  type WrittenState,
} from './run-state.ts'
import { weightsAtEnd, weightsOf, weightsSeen } from './seen-weights.ts'
import { pauseBetween, takeStep } from './take-step.ts'
import { limits, type TimeLimits } from './time-limits.ts'
import {
  endOfCancel,
  endOfCheck,
  endOfError,
  endOfPass,
  endOfPlan,
  type RunEnd,
} from './verdict-text.ts'

/**
 * One run: plan, preflight, write, check, and restore or release, whatever happens on the way. Never rejects:
 * every end is an Outcome, and it is the last event too.
 */
export async function rollout(context: Context): Promise<Outcome> {
  const time = limits(context)
  const run = startRunState()
  const ended = await attempt(context, run, time.work).catch((error: unknown) =>
    endOfError(context, error),
  )
  time.endWork()
  const state = run.now()
  const after = await afterRun(context, state, ended, time)
  const released = await diagnosed(context, state, after.ended, time)
  time.end()
  const shiftPlan = shiftPlanOf(state)
  const { recovered } = run
  const absent = absentAtEnd(state, after)
  const first = recovered.map(recoveredSentence)
  const parts = [after.production, released.message, ...first].filter((text) => text !== '')
  return conclude(context, {
    ...released,
    message: parts.join('\n'),
    previousWeights: shiftPlan && weightsBefore(shiftPlan),
    weights: without(absent, after.inForce ?? weightsRead(context, state, recovered.length > 0)),
    checks: checksOf(state),
    rolledBack: after.rolledBack,
    absent,
    recovered,
  })
}

/** A destination that the object lacked had no weight, not even 0%. */
function weightsBefore({ edit }: ShiftPlan): Percents {
  return percentsOf(existingNames(edit), edit.presentShares)
}

function without(absent: readonly string[], weights: Percents | undefined): Percents | undefined {
  return (
    weights &&
    Object.fromEntries(Object.entries(weights).filter(([name]) => !absent.includes(name)))
  )
}

/** Rolls back what did not pass. */
async function afterRun(
  context: Context,
  state: RunState,
  ended: RunEnd,
  time: TimeLimits,
): Promise<AfterRun> {
  if (ended.verdict !== 'pass' && state.stage === 'written')
    return rollBackRun(context, state, ended, time)
  const inForce = 'inForce' in state ? state.inForce : undefined
  return { ended, rolledBack: false, inForce, production: '' }
}

/** The weights of an object that was read and not written to, where the run ended before it had a plan. */
function weightsRead(
  { api, options }: Context,
  state: RunState,
  hasRecovered: boolean,
): Outcome['weights'] {
  if (state.stage !== 'read' || (api.mayHaveWritten() && !hasRecovered)) return undefined
  return state.object.deletedAt === undefined ? weightsOf(state.object, options) : undefined
}

/** A destination that this run was to add, where the object lacks it at the end: it has no weight, not even 0%. */
function absentAtEnd(state: RunState, { rolledBack, inForce }: AfterRun): string[] {
  const shiftPlan = shiftPlanOf(state)
  if (!shiftPlan || (state.stage === 'written' && !rolledBack)) return []
  const before = existingNames(shiftPlan.edit)
  const has = (name: string) => before.includes(name) || (inForce?.[name] ?? 0) > 0
  return shiftPlan.edit.names.filter((name) => !has(name))
}

async function attempt(
  context: Context,
  { advance, recovered }: ReturnType<typeof startRunState>,
  signal: AbortSignal,
): Promise<RunEnd> {
  const { options } = context
  context.emit({
    kind: 'started',
    server: context.api.server,
    context: context.api.context ?? IN_CLUSTER,
    object: placeText(objectNameOf(options)),
    workloadsServer: context.workloads.server,
  })
  const shiftPlan = await readPlanInput(context, signal, {
    onRead: (object) => advance({ stage: 'read', object }),
    onRecovered: (one) => recovered.push(one),
  })
  const { names, presentShares } = shiftPlan.edit
  const inForce = percentsOf(names, presentShares)
  const planned = advance({ stage: 'planned', shiftPlan, inForce })
  const ready = await preflight(context, shiftPlan, signal).catch((error: unknown) => {
    if (isConflictingWrite(error)) advance({ ...planned, inForce: weightsSeen(error, shiftPlan) })
    throw error instanceof ApiError ? stopFor(error, 'reading from the cluster') : error
  })
  if (options.mode === 'plan') {
    const cost = costOf(shiftPlan.checks, options)
    const { confidencePercent } = options
    context.emit({ kind: 'would-change', diff: objectDiff(shiftPlan), cost, confidencePercent })
    return endOfPlan(shiftPlan)
  }
  return runSteps(context, advance(checkingState(context, planned, ready)), advance, signal)
}

/** What a run has when preflight is done. */
function checkingState(
  { nowMs }: Pick<Context, 'nowMs'>,
  { shiftPlan, inForce }: Pick<CheckingState, 'shiftPlan' | 'inForce'>,
  { gateway, replyCounts }: Ready,
): CheckingState {
  if (!gateway) throw new Error('a check without a gateway')
  const repliedMs = nowMs()
  const replies = replyCounts.counts.map((count) => (count > 0 ? repliedMs : undefined))
  return {
    stage: 'checking',
    ...{ shiftPlan, inForce, gateway, replyCounts, replies },
    checks: [],
  }
}

async function runSteps(
  context: Context,
  begun: CheckingState,
  advance: Advance,
  signal: AbortSignal,
): Promise<RunEnd> {
  const { shiftPlan } = begun
  let state: CheckingState | WrittenState = begun
  for (const index of shiftPlan.checks.keys()) {
    if (index > 0) await pauseBetween(context, signal)
    state = await takeStep(context, state, advance, signal)
    const check = state.checks.at(-1)
    if (check && check.ended !== 'pass')
      return context.cancelled.aborted
        ? endOfCancel()
        : endOfCheck(context, check, shiftPlan.edit, index)
  }
  if (state.stage === 'written') await release(context, state, advance, signal)
  else if (context.options.mode === 'verify')
    advance({ ...state, inForce: await weightsAtEnd(context, shiftPlan, signal) })
  return endOfPass(context, state)
}

/** Removes the journal after a pass. What is then in force is no longer this run's to roll back. */
async function release(
  context: Context,
  state: WrittenState,
  advance: Advance,
  signal: AbortSignal,
): Promise<void> {
  const { inForce, stop } = await state.write.release(signal)
  if (stop) {
    const { write: _, firstWriteMs: __, ...rest } = state
    advance({ ...rest, stage: 'checking', inForce })
    throw stop
  }
  advance({ ...state, inForce })
  context.emit({ kind: 'journal-removed' })
}

/** Adds the Pods behind a fail for lack of replies: after the rollback, which matters more. */
async function diagnosed(
  context: Context,
  state: RunState,
  ended: RunEnd,
  time: TimeLimits,
): Promise<RunEnd> {
  const check = checksOf(state).at(-1)
  const shiftPlan = shiftPlanOf(state)
  if (ended.verdict === 'error' || !shiftPlan || !check || context.cancelled.aborted) return ended
  return withPods({ context, shiftPlan, check }, ended, time.look())
}

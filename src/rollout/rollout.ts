import { weightsOf } from '../journal/journal-view.ts'
import { releasePassed } from '../journal/restore/release.ts'
import { saveRelease } from '../journal/write/save-intent.ts'
import { ApiError } from '../kube/api-error.ts'
import { stopFor } from '../kube/api-problem.ts'
import { IN_CLUSTER } from '../kube/credentials/kubeconfig/read-kubeconfig.ts'
import { namesBefore } from '../routes/weight-edit.ts'
import { conclude } from './conclude.ts'
import { withPods } from './diagnosis/with-pods.ts'
import type { Context } from './model/context.ts'
import { costOf } from './model/cost.ts'
import { isConflictingWrite, type Outcome } from './model/outcome.ts'
import { percentsOf, percentsText } from './model/percents.ts'
import { objectDiff } from './plan/object-diff.ts'
import { readPlanInput } from './plan/read-plan-input.ts'
import type { ShiftPlan } from './plan/shift-plan.ts'
import { preflight } from './preflight/preflight.ts'
import type { Progress } from './progress.ts'
import { rollBackRun } from './rollback/roll-back-run.ts'
import { weightsSeen } from './seen-weights.ts'
import { pauseBetween, takeStep } from './take-step.ts'
import { limits, type TimeLimits } from './time-limits.ts'
import { cancelled, type Ended, endOfCheck, endOfError, passText } from './verdict-text.ts'

/**
 * One run: plan, preflight, write, prove, and settle, whatever happens on the way. Never rejects:
 * every end is an Outcome, and it is the last event too.
 */
export async function rollout(context: Context): Promise<Outcome> {
  const time = limits(context)
  const progress: Progress = {
    read: undefined,
    shiftPlan: undefined,
    gateway: undefined,
    replyCounts: undefined,
    checks: [],
    written: undefined,
    firstWriteMs: undefined,
    replies: [],
    inForce: undefined,
  }
  const ended = await attempt(context, progress, time.work).catch((error: unknown) =>
    endOfError(context, error),
  )
  time.endWork()
  const undone =
    ended.verdict === 'pass' ? undefined : await rollBackRun(context, progress, ended, time)
  const released = await diagnosed(context, progress, undone?.ended ?? ended, time)
  time.end()
  const { shiftPlan } = progress
  return conclude(context, {
    ...released,
    previousWeights: shiftPlan && percentsOf(shiftPlan.edit.names, shiftPlan.edit.presentShares),
    weights: progress.inForce ?? weightsRead(context, progress),
    checks: progress.checks,
    rolledBack: undone?.rolledBack ?? false,
    absent: absentAtEnd(progress, undone?.rolledBack ?? false),
  })
}

/** The weights of an object that was read and not written to, where the run ended before it had a plan. */
function weightsRead({ api, options }: Context, { read, shiftPlan }: Progress): Outcome['weights'] {
  if (shiftPlan || !read || read.deletedAt !== undefined || api.mayHaveWritten()) return undefined
  return weightsOf(read, options)
}

/** A destination that this run was to add, where the object lacks it at the end: it has no weight, not even 0%. */
function absentAtEnd({ shiftPlan, written, inForce }: Progress, rolledBack: boolean): string[] {
  if (!shiftPlan || (written !== undefined && !rolledBack)) return []
  const before = namesBefore(shiftPlan.edit)
  const has = (name: string) => before.includes(name) || (inForce?.[name] ?? 0) > 0
  return shiftPlan.edit.names.filter((name) => !has(name))
}

async function attempt(context: Context, progress: Progress, signal: AbortSignal): Promise<Ended> {
  const { options } = context
  context.emit({
    kind: 'started',
    server: context.api.server,
    context: context.api.context ?? IN_CLUSTER,
    object: `${options.namespace}/${options.virtualService}`,
    workloadsServer: context.workloads.server,
  })
  const shiftPlan = await readPlanInput(context, signal, (object) => {
    progress.read = object
  })
  progress.shiftPlan = shiftPlan
  const { names, presentShares } = shiftPlan.edit
  progress.inForce = percentsOf(names, presentShares)
  const ready = await preflight(context, shiftPlan, signal).catch((error: unknown) => {
    if (isConflictingWrite(error)) progress.inForce = weightsSeen(error, shiftPlan)
    throw error instanceof ApiError ? stopFor(error, 'looking at the cluster') : error
  })
  if (options.mode === 'plan') {
    const unchanged = shiftPlan.write === undefined
    const cost = costOf(shiftPlan.checks, options)
    const { confidencePercent } = options
    context.emit({ kind: 'would-change', diff: objectDiff(shiftPlan), cost, confidencePercent })
    return {
      verdict: 'planned',
      reason: unchanged ? 'unchanged' : 'planned',
      message: planText(shiftPlan),
      remedy: '',
    }
  }
  progress.gateway = ready.gateway
  progress.replyCounts = ready.replyCounts
  const repliedMs = context.nowMs()
  progress.replies = ready.replyCounts.counts.map((count) => (count > 0 ? repliedMs : undefined))
  for (const [index, check] of shiftPlan.checks.entries()) {
    if (index > 0) await pauseBetween(context, signal)
    progress.checks.push(check)
    await takeStep(context, progress, shiftPlan, ready, index, signal)
    if (check.ended !== 'pass')
      return context.cancelled.aborted
        ? cancelled()
        : endOfCheck(context, check, shiftPlan.edit, index)
  }
  if (progress.written) {
    saveRelease(context, shiftPlan, progress.written)
    const released = await releasePassed(context, progress.written, signal)
    progress.inForce = released.inForce
    if (released.stop) {
      progress.written = undefined
      throw released.stop
    }
    context.emit({ kind: 'journal-removed' })
  }
  return {
    verdict: 'pass',
    reason: shiftPlan.write || options.mode === 'verify' ? 'within-tolerance' : 'unchanged',
    message: passText(shiftPlan.checks, options.confidencePercent),
    remedy: '',
  }
}

/** A look at the Pods behind a fail for want of replies: after the rollback, which matters more. */
async function diagnosed(
  context: Context,
  progress: Progress,
  ended: Ended,
  time: TimeLimits,
): Promise<Ended> {
  const check = progress.checks.at(-1)
  const { shiftPlan } = progress
  if (ended.verdict === 'error' || !shiftPlan || !check || context.cancelled.aborted) return ended
  return withPods(context, shiftPlan, check, ended, time.look())
}

function planText(shiftPlan: ShiftPlan): string {
  const present = percentsText(percentsOf(shiftPlan.edit.names, shiftPlan.edit.presentShares))
  if (!shiftPlan.write) return `nothing would be written: the weights are ${present} already`
  const steps = shiftPlan.checks.map((check) => percentsText(percentsOf(check.names, check.target)))
  const connections = shiftPlan.checks.reduce((sum, check) => sum + check.plan.mean, 0)
  return `would go from ${present} to ${steps.join(', then ')}; proving it takes about ${Math.round(connections)} connections`
}

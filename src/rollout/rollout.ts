import { weightsOf } from '../journal/journal-view.ts'
import { stopFor } from '../journal/refused.ts'
import { saveRelease } from '../journal/save-intent.ts'
import { ApiError } from '../kube/api-error.ts'
import { IN_CLUSTER } from '../kube/credentials/read-kubeconfig.ts'
import { namesBefore } from '../routes/plan-edit.ts'
import { conclude } from './conclude.ts'
import { withPods } from './diagnosis/with-pods.ts'
import { cancelled, type Ended, endOfCheck, endOfError, passText } from './ended.ts'
import type { Context } from './model/context.ts'
import { costOf } from './model/cost.ts'
import { isOvertaken, type Outcome } from './model/outcome.ts'
import { percentsOf, percentsText } from './model/percents.ts'
import { objectDiff } from './plan/object-diff.ts'
import type { PlannedScene } from './plan/scene.ts'
import { setScene } from './plan/set-scene.ts'
import { preflight } from './preflight/preflight.ts'
import type { Progress } from './progress.ts'
import { settlePass } from './rollback/settle.ts'
import { undo } from './rollback/undo.ts'
import { weightsSeen } from './seen-weights.ts'
import { pauseBetween, takeStep } from './take-step.ts'
import { limits, type TimeLimits } from './time-limits.ts'

/**
 * One run: plan, preflight, write, prove, and settle, whatever happens on the way. Never rejects:
 * every end is an Outcome, and it is the last event too.
 */
export async function rollout(context: Context): Promise<Outcome> {
  const time = limits(context)
  const progress: Progress = {
    read: undefined,
    scene: undefined,
    gateway: undefined,
    heard: undefined,
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
  const undone = ended.verdict === 'pass' ? undefined : await undo(context, progress, ended, time)
  const settled = await diagnosed(context, progress, undone?.ended ?? ended, time)
  time.end()
  const { scene } = progress
  return conclude(context, {
    ...settled,
    previousWeights: scene && percentsOf(scene.edit.names, scene.edit.presentShares),
    weights: progress.inForce ?? weightsRead(context, progress),
    checks: progress.checks,
    rolledBack: undone?.rolledBack ?? false,
    absent: absentAtEnd(progress, undone?.rolledBack ?? false),
  })
}

/** The weights of an object that was read and not written to, where the run ended before it had a plan. */
function weightsRead({ api, options }: Context, { read, scene }: Progress): Outcome['weights'] {
  if (scene || !read || read.deletedAt !== undefined || api.mayHaveWritten()) return undefined
  return weightsOf(read, options)
}

/** A destination that this run was to add, where the object lacks it at the end: it has no weight, not even 0%. */
function absentAtEnd({ scene, written, inForce }: Progress, rolledBack: boolean): string[] {
  if (!scene || (written !== undefined && !rolledBack)) return []
  const before = namesBefore(scene.edit)
  const has = (name: string) => before.includes(name) || (inForce?.[name] ?? 0) > 0
  return scene.edit.names.filter((name) => !has(name))
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
  const scene = await setScene(context, signal, (object) => {
    progress.read = object
  })
  progress.scene = scene
  const { names, presentShares } = scene.edit
  progress.inForce = percentsOf(names, presentShares)
  const ready = await preflight(context, scene, signal).catch((error: unknown) => {
    if (isOvertaken(error)) progress.inForce = weightsSeen(error, scene)
    throw error instanceof ApiError ? stopFor(error, 'looking at the cluster') : error
  })
  if (options.mode === 'plan') {
    const unchanged = scene.write === undefined
    const cost = costOf(scene.checks, options)
    const { confidencePercent } = options
    context.emit({ kind: 'would-change', diff: objectDiff(scene), cost, confidencePercent })
    return {
      verdict: 'planned',
      reason: unchanged ? 'unchanged' : 'planned',
      message: planText(scene),
      mend: '',
    }
  }
  progress.gateway = ready.gateway
  progress.heard = ready.heard
  const heardMs = context.nowMs()
  progress.replies = ready.heard.counts.map((count) => (count > 0 ? heardMs : undefined))
  for (const [index, check] of scene.checks.entries()) {
    if (index > 0) await pauseBetween(context, signal)
    progress.checks.push(check)
    await takeStep(context, progress, scene, ready, index, signal)
    if (check.ended !== 'pass')
      return context.cancelled.aborted ? cancelled() : endOfCheck(context, check, scene.edit, index)
  }
  if (progress.written) {
    saveRelease(context, scene, progress.written)
    const settled = await settlePass(context, progress.written, signal)
    progress.inForce = settled.inForce
    if (settled.stop) {
      progress.written = undefined
      throw settled.stop
    }
    context.emit({ kind: 'mark-removed' })
  }
  return {
    verdict: 'pass',
    reason: scene.write || options.mode === 'verify' ? 'within-tolerance' : 'unchanged',
    message: passText(scene.checks, options.confidencePercent),
    mend: '',
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
  const { scene } = progress
  if (ended.verdict === 'error' || !scene || !check || context.cancelled.aborted) return ended
  return withPods(context, scene, check, ended, time.look())
}

function planText(scene: PlannedScene): string {
  const present = percentsText(percentsOf(scene.edit.names, scene.edit.presentShares))
  if (!scene.write) return `nothing would be written: the weights are ${present} already`
  const steps = scene.checks.map((check) => percentsText(percentsOf(check.names, check.target)))
  const connections = scene.checks.reduce((sum, check) => sum + check.plan.mean, 0)
  return `would go from ${present} to ${steps.join(', then ')}; proving it takes about ${Math.round(connections)} connections`
}

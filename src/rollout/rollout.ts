import { ApiError } from '../mesh/api-error.ts'
import { findEntryAgain } from '../mesh/find-entry.ts'
import { routesWith } from '../mesh/route-edits.ts'
import type { Check } from './check.ts'
import type { Context } from './context.ts'
import { diagnoseNoReply } from './diagnose.ts'
import { cancelled, type Ended, endOfCheck, endOfError, observedText, passText } from './ended.ts'
import { type Outcome, type Percents, Stop } from './outcome.ts'
import { pause } from './pause.ts'
import { percentsOf, percentsText } from './percents.ts'
import { errorChance, planChecks } from './plan-checks.ts'
import { preflight, type Ready } from './preflight.ts'
import type { Gateway } from './proof-order.ts'
import { prove } from './prove.ts'
import { stopFor } from './refused.ts'
import { type PlannedScene, setScene } from './set-scene.ts'
import { rollbackFailed, settleFailure, settlePass, type Written } from './settle.ts'
import { limits, type TimeLimits } from './time-limits.ts'
import { writeWeights } from './write-weights.ts'

/** What a run has done so far. */
type Progress = {
  scene: PlannedScene | undefined
  gateway: Gateway | undefined
  /** Checks that began. */
  checks: Check[]
  /** undefined until the first write is sent. */
  written: Written | undefined
  firstWriteMs: number | undefined
  inForce: Percents | undefined
}

/**
 * One run: plan, preflight, write, prove, and settle, whatever happens on the way. Never rejects:
 * every end is an Outcome, and it is the last event too.
 */
export async function rollout(context: Context): Promise<Outcome> {
  const time = limits(context)
  const progress: Progress = {
    scene: undefined,
    gateway: undefined,
    checks: [],
    written: undefined,
    firstWriteMs: undefined,
    inForce: undefined,
  }
  let ended = await attempt(context, progress, time.work).catch((error: unknown) =>
    endOfError(context, error),
  )
  time.endWork()
  let rolledBack = false
  if (ended.verdict !== 'pass' && progress.written) {
    const { written } = progress
    const before = ended
    const settled = await settle(context, progress, written, before, time).catch((error: unknown) =>
      notSettled(context, written, before, error),
    )
    rolledBack = settled.rolledBack
    ended = settled.ended
  }
  if (rolledBack && !context.cancelled.aborted) {
    const seen = await seeRestored(context, progress, time.proof).catch(unseen)
    ended = { ...ended, message: `${ended.message}\n${seen}` }
  }
  ended = await diagnosed(context, progress, ended, time)
  time.end()
  const { scene } = progress
  const outcome: Outcome = {
    ...ended,
    previousWeights: scene && percentsOf(scene.edit.names, scene.edit.presentShares),
    weights: progress.inForce,
    checks: progress.checks,
    rolledBack,
  }
  context.emit({ kind: 'finished', outcome })
  return outcome
}

async function attempt(context: Context, progress: Progress, signal: AbortSignal): Promise<Ended> {
  const { options } = context
  context.emit({
    kind: 'started',
    server: context.api.server,
    context: context.api.context,
    object: `${options.namespace}/${options.virtualService}`,
    workloadsServer: context.workloads.server,
  })
  const scene = await setScene(context, signal)
  progress.scene = scene
  const { names, presentShares } = scene.edit
  progress.inForce = percentsOf(names, presentShares)
  const ready = await preflight(context, scene, signal).catch((error: unknown) => {
    throw error instanceof ApiError ? stopFor(error, 'looking at the cluster') : error
  })
  if (options.mode === 'plan') {
    const unchanged = scene.write === undefined
    return {
      verdict: 'planned',
      reason: unchanged ? 'unchanged' : 'planned',
      message: planText(scene),
      mend: '',
    }
  }
  progress.gateway = ready.gateway
  for (const [index, check] of scene.checks.entries()) {
    if (index > 0) await pauseBetween(context, signal)
    progress.checks.push(check)
    await step(context, progress, scene, ready, index, signal)
    if (check.ended !== 'pass')
      return context.cancelled.aborted ? cancelled() : endOfCheck(context, check)
  }
  if (progress.written) {
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

/** Writes the weights of one step, where there is something to write, and proves them. */
async function step(
  context: Context,
  progress: Progress,
  scene: PlannedScene,
  ready: Ready,
  index: number,
  signal: AbortSignal,
): Promise<void> {
  const check = scene.checks[index]
  const { gateway } = ready
  if (!check || !gateway) throw new Error('a step without a check or a gateway')
  const { options, nowMs } = context
  let writtenMs: number | undefined
  if (scene.write) {
    await write(context, progress, scene, index, signal)
    writtenMs = nowMs()
    progress.firstWriteMs ??= writtenMs
  } else if (
    scene.sinceChangeMs !== undefined &&
    scene.sinceChangeMs < options.propagationTimeoutMs
  ) {
    // Somebody changed the object just now: the gateway may still be on its way to it.
    writtenMs = nowMs() - Math.max(0, scene.sinceChangeMs)
  }
  await prove({
    check,
    gateway,
    writtenMs,
    propagationTimeoutMs: options.propagationTimeoutMs,
    alpha: errorChance(options),
    promises: scene.checks.length,
    connections: options.connections,
    unansweredBefore:
      index === 0
        ? ready.unansweredBefore
        : (scene.checks[index - 1]?.tries.at(-1)?.unclassified ?? 0) > 0,
    emit: context.emit,
    nowMs,
    signal,
  })
}

async function write(
  context: Context,
  progress: Progress,
  scene: PlannedScene,
  index: number,
  signal: AbortSignal,
): Promise<void> {
  const first = scene.write
  if (!first) return
  const { options, run } = context
  const before = progress.written?.object ?? first.object
  const entry = findEntryAgain(before, first.entry.match) ?? first.entry
  const percents = scene.percents[index] ?? []
  const journal = { ...first.journal, written: routesWith(entry, scene.edit, percents) }
  if (!progress.written) {
    context.saveIntent({
      owner: run.owner,
      uid: first.object.uid,
      server: context.api.server,
      context: context.api.context,
      namespace: options.namespace,
      name: options.virtualService,
      version: scene.istioVersion,
    })
  }
  const landed = progress.written?.landed ?? false
  progress.written = {
    object: before,
    resource: scene.resource,
    names: scene.edit.names,
    journal: progress.written?.journal ?? journal,
    landed,
    pending: true,
  }
  const startedMs = context.nowMs()
  const object = await writeWeights({ ...first, object: before, entry, journal }, signal)
  progress.written = { ...progress.written, object, journal, landed: true, pending: false }
  progress.inForce = percentsOf(
    scene.edit.names,
    percents.map((percent) => percent / 100),
  )
  context.emit({
    kind: 'written',
    weights: progress.inForce,
    number: index + 1,
    of: scene.percents.length,
    tookMs: context.nowMs() - startedMs,
  })
}

/** Lets go of the object after anything but a pass. */
async function settle(
  context: Context,
  progress: Progress,
  written: Written,
  ended: Ended,
  time: TimeLimits,
): Promise<{ ended: Ended; rolledBack: boolean }> {
  const { scene } = progress
  const original = scene && percentsOf(scene.edit.names, scene.edit.presentShares)
  if (original && context.options.onFailure === 'rollback') {
    context.emit({ kind: 'restoring', weights: original })
  }
  const settled = await settleFailure(context, written, time.settle())
  progress.inForce = settled.inForce
  if (settled.stop) {
    const { verdict, reason, message, mend } = settled.stop
    const both = `${ended.message}\n${message}`
    return { ended: { verdict, reason, message: both, mend }, rolledBack: false }
  }
  if (settled.rolledBack && original) {
    const sinceFirstWriteMs = context.nowMs() - (progress.firstWriteMs ?? context.nowMs())
    context.emit({ kind: 'restored', weights: original, sinceFirstWriteMs })
  }
  return { ended, rolledBack: settled.rolledBack }
}

/** The end of a run whose rollback met an error that nobody foresaw: loud, with the way out. */
function notSettled(
  context: Context,
  written: Written,
  ended: Ended,
  error: unknown,
): { ended: Ended; rolledBack: boolean } {
  const { verdict, reason, message, mend } = rollbackFailed(context, written, String(error))
  return {
    ended: { verdict, reason, message: `${ended.message}\n${message}`, mend },
    rolledBack: false,
  }
}

/** What is said where the look after a rollback itself went wrong. */
function unseen(error: unknown): string {
  return `the old weights are back; whether the gateway acts on them could not be looked at (${error instanceof Error ? error.message : String(error)})`
}

/** Shows that the gateway acts on the rollback; says so where it does not, or where there was no time to look. */
async function seeRestored(
  context: Context,
  progress: Progress,
  signal: AbortSignal,
): Promise<string> {
  const { scene, gateway } = progress
  const last = progress.checks.at(-1)
  const back = 'the old weights are back'
  if (!scene || !gateway || !last || signal.aborted)
    return `${back}; it was not looked whether the gateway acts on them`
  const { options, nowMs } = context
  const original = scene.edit.presentShares.map((share) => share * 100)
  const [check] = planChecks(scene.edit.names, last.target, [original], true, options)
  if (!check) return back
  const order = {
    check,
    gateway,
    writtenMs: nowMs(),
    propagationTimeoutMs: options.propagationTimeoutMs,
    alpha: errorChance(options),
    promises: 1,
    connections: options.connections,
    unansweredBefore: true,
    emit: context.emit,
    nowMs,
    signal,
  }
  await prove(order)
  context.emit({ kind: 'restore-seen', check })
  const seen = `${observedText(check)} of ${check.tries.at(-1)?.draws ?? 0} connections`
  return check.ended === 'pass'
    ? `${back}, and the gateway acts on them: ${seen}`
    : `${back} on the object, but the gateway was not seen to act on them: ${seen}`
}

/** A look at the Pods behind a fail for want of replies: after the rollback, which matters more. */
async function diagnosed(
  context: Context,
  progress: Progress,
  ended: Ended,
  time: TimeLimits,
): Promise<Ended> {
  const check = progress.checks.at(-1)
  if (ended.reason !== 'no-reply' || !progress.scene || !check) return ended
  const diagnosis = await diagnoseNoReply(context, progress.scene, check, time.settle())
  const [first = '', ...rest] = ended.message.split('\n')
  return { ...ended, message: [`${first}: ${diagnosis}`, ...rest].join('\n') }
}

async function pauseBetween(context: Context, signal: AbortSignal): Promise<void> {
  const ms = context.options.stepIntervalMs
  if (ms > 0) context.emit({ kind: 'paused', ms })
  await pause(ms, signal)
  if (context.cancelled.aborted) throw new Stop('error', 'cancelled', 'the run was cancelled')
  if (signal.aborted)
    throw new Stop(
      'inconclusive',
      'limit-reached',
      'the time of the run was up between two steps',
      'Give more timeout, or shorter step-interval.',
    )
}

function planText(scene: PlannedScene): string {
  const present = percentsText(percentsOf(scene.edit.names, scene.edit.presentShares))
  if (!scene.write) return `nothing would be written: the weights are ${present} already`
  const steps = scene.checks.map((check) => percentsText(percentsOf(check.names, check.target)))
  const connections = scene.checks.reduce((sum, check) => sum + check.plan.mean, 0)
  return `would go from ${present} to ${steps.join(', then ')}; proving it takes about ${Math.round(connections)} connections`
}

import { findEntryAgain } from '../mesh/find-entry.ts'
import { routesWith } from '../mesh/route-edits.ts'
import type { Context } from './context.ts'
import { Stop } from './outcome.ts'
import { pause } from './pause.ts'
import { percentsOf } from './percents.ts'
import { errorChance } from './plan-checks.ts'
import type { Ready } from './preflight.ts'
import type { Progress } from './progress.ts'
import { prove } from './prove.ts'
import type { PlannedScene } from './set-scene.ts'
import { writeWeights } from './write-weights.ts'

/** Writes the weights of one step, where there is something to write, and proves them. */
export async function takeStep(
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

/** Waits between a proven step and the next, as the input says. */
export async function pauseBetween(context: Context, signal: AbortSignal): Promise<void> {
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

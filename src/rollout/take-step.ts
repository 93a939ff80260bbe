import type { Entry } from '../mesh/entry.ts'
import { findEntryAgain } from '../mesh/find-entry.ts'
import { IN_CLUSTER } from '../mesh/read-kubeconfig.ts'
import { routesWith } from '../mesh/route-edits.ts'
import type { Answered } from '../split/who-is-silent.ts'
import { changedOnTheWay } from './changed-on-the-way.ts'
import type { Check } from './check.ts'
import type { Context, Intent } from './context.ts'
import { isJustChanged } from './just-changed.ts'
import { isOvertaken, Stop } from './outcome.ts'
import { pause } from './pause.ts'
import { percentsOf } from './percents.ts'
import { errorChance } from './plan-checks.ts'
import type { Ready } from './preflight.ts'
import type { Progress } from './progress.ts'
import type { ProofOrder } from './proof-order.ts'
import { prove } from './prove.ts'
import { showCommand, undoCommand } from './restore-command.ts'
import type { PlannedScene } from './scene.ts'
import type { Written } from './settle.ts'
import { endsWithWrite } from './silence.ts'
import { type Write, WriteFailed, writeWeights } from './write-weights.ts'

/**
 * Post gets all of this in one variable of its environment, of which Linux takes no more than 128 KiB,
 * quotes escaped; else it could not start at all. The mark on the object has the old weights too.
 */
const LONGEST_BY_HAND = 32_000

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
  const confirmed = scene.checks[index - 1]
  const { gateway } = ready
  if (!check || !gateway) throw new Error('a step without a check or a gateway')
  const { options, nowMs } = context
  let writtenMs: number | undefined
  if (scene.write) {
    await write(context, progress, scene, ready.write ?? scene.write, index, signal)
    writtenMs = nowMs()
    progress.firstWriteMs ??= writtenMs
  } else if (isJustChanged(scene.sinceChangeMs, options)) {
    writtenMs = nowMs() - Math.max(0, scene.sinceChangeMs ?? 0)
  }
  await prove({
    check,
    gateway,
    writtenMs,
    propagationTimeoutMs: options.propagationTimeoutMs,
    alpha: errorChance(options),
    promises: scene.checks.length,
    present: scene.edit.presentShares,
    before: heardBefore(scene, ready, confirmed, options),
    connections: options.connections,
    mayRecover: endsWithWrite(check, confirmed ? heardIn(confirmed) : ready.heard),
    emit: context.emit,
    nowMs,
    signal,
  })
}

/** Connections from before a step, and the shares by which they were split; undefined where these are not known. */
function heardBefore(
  { edit, sinceChangeMs }: PlannedScene,
  { heard }: Ready,
  confirmed: Check | undefined,
  options: Context['options'],
): ProofOrder['before'] {
  if (confirmed) return { heard: heardIn(confirmed), shares: confirmed.target }
  return isJustChanged(sinceChangeMs, options) ? undefined : { heard, shares: edit.presentShares }
}

/** What the last connections of a step met. */
function heardIn(check: Check): Answered {
  const { counts, unclassified } = check.tries.at(-1) ?? { counts: [], unclassified: 0 }
  return { counts, unclassified }
}

async function write(
  context: Context,
  progress: Progress,
  scene: PlannedScene,
  first: Write,
  index: number,
  signal: AbortSignal,
): Promise<void> {
  stopIfOver(context, signal, 'before the write')
  const before = progress.written
  const object = before?.object ?? first.object
  const entry = findEntryAgain(object, first.entry.match, first.journal.nth) ?? first.entry
  const percents = scene.percents[index] ?? []
  const journal = { ...first.journal, written: routesWith(entry, scene.edit, percents) }
  if (!before) save(context, intentOf(context, scene, first, entry))
  progress.written = {
    object,
    resource: scene.resource,
    names: scene.edit.names,
    journal: before?.journal ?? journal,
    sent: [...(before?.sent ?? []), journal.written],
    landed: before?.landed ?? false,
    pending: true,
  }
  const startedMs = context.nowMs()
  try {
    const written = await writeWeights({ ...first, object, entry, journal }, signal)
    progress.written = {
      ...progress.written,
      object: written,
      journal,
      landed: true,
      pending: false,
    }
  } catch (error) {
    if (!(error instanceof WriteFailed)) throw error
    // A write that was refused for certain leaves nothing to undo, if none was before it.
    if (!error.pending) progress.written = before
    if (isOvertaken(error.stop)) progress.inForce = undefined
    throw error.stop
  }
  stopIfChanged(context, progress, progress.written)
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

/** Without it nobody would put back what this run writes, should it be killed. */
function save(context: Context, intent: Intent): void {
  try {
    context.saveIntent(intent)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Stop(
      'error',
      'preflight',
      `the state for the step that cleans up could not be saved (${why}), so nothing was written`,
      'Look at the disk of the runner: it may be full.',
    )
  }
}

function intentOf(context: Context, scene: PlannedScene, first: Write, entry: Entry): Intent {
  const { options, run, api } = context
  const { object, journal } = first
  const byHand = undoCommand(api.context, options.onFailure, object, entry, journal.original)
  return {
    owner: run.owner,
    uid: object.uid,
    server: api.server,
    context: api.context ?? IN_CLUSTER,
    gatewayContext: context.workloads.context ?? IN_CLUSTER,
    namespace: options.namespace,
    name: options.virtualService,
    version: scene.istioVersion,
    byHand: byHand.length > LONGEST_BY_HAND ? showCommand(api.context, object) : byHand,
  }
}

/** Stops where other routes were stored than the write had; they count as the run's own, to be undone like these. */
function stopIfChanged(context: Context, progress: Progress, written: Written): void {
  const { object, journal, names, sent } = written
  const changed = changedOnTheWay(object, journal, names, context.api.context)
  if (!changed) return
  progress.written = { ...written, sent: [...sent, changed.routes] }
  progress.firstWriteMs ??= context.nowMs()
  throw changed.stop
}

/** Waits between a proven step and the next, as the input says. */
export async function pauseBetween(context: Context, signal: AbortSignal): Promise<void> {
  const ms = context.options.stepIntervalMs
  if (ms > 0) context.emit({ kind: 'paused', ms })
  await pause(ms, signal)
  stopIfOver(context, signal, 'between two steps')
}

function stopIfOver(context: Context, signal: AbortSignal, when: string): void {
  if (context.cancelled.aborted) throw new Stop('error', 'cancelled', 'the run was cancelled')
  if (!signal.aborted) return
  const mend = 'Give more timeout, or shorter step-interval.'
  throw new Stop('inconclusive', 'limit-reached', `the time of the run was up ${when}`, mend)
}

import { notAService } from '../../gateways/service-place.ts'
import { within } from '../../kube/within.ts'
import type { ManifestFile } from '../../manifest/file/manifest-file.ts'
import { manifestProblem } from '../../manifest/manifest-problem.ts'
import { unifiedDiff } from '../../manifest/unified-diff.ts'
import type { Options } from '../../options/options.ts'
import { abortCauseOf } from '../../problem/aborted.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import { placeText } from '../../routes/object-name.ts'
import { weighed } from '../../routes/weights/weigh.ts'
import type { Context } from '../model/context.ts'
import { costOf } from '../model/cost.ts'
import type { PlannedRun, RunEvent } from '../model/events.ts'
import type { Outcome } from '../model/outcome.ts'
import { percentsText } from '../model/percents.ts'
import { inFile, inspectManifest, messageOf } from './inspect-manifest.ts'
import { planRun } from './plan-run.ts'

/**
 * A run on a manifest: the edit that a run on the cluster would make, in the file instead, and no
 * call to any cluster. `plan` shows it; `shift` writes it, and no more of it than the first step,
 * because a step has to be rolled out and confirmed before the next. Nothing is confirmed here, so
 * the best verdict is `planned`. The outcome is the last event too.
 */
export async function editManifest(
  options: Options,
  file: ManifestFile,
  { emit, cancelled }: Pick<Context, 'emit' | 'cancelled'>,
): Promise<Outcome> {
  const limit = { ms: options.timeoutMs, signal: cancelled }
  const outcome = await within(limit, (signal) => attempt(options, file, emit, signal)).catch(
    (error: unknown) => outcomeOf(cut(error, file, cancelled)),
  )
  emit({ kind: 'finished', outcome })
  return outcome
}

/** The end of a run that waited for another one's lock until it was cancelled, or its time was up. */
function cut(error: unknown, file: ManifestFile, cancelled: AbortSignal): unknown {
  if (cancelled.aborted)
    return new RunError('ITS-CANCELLED', `${file.path}: The run was cancelled.`)
  if (abortCauseOf(error)?.kind !== 'time-limit') return error
  return new RunError(
    'ITS-MANIFEST-LOCKED',
    `${file.path}: The file was not edited within timeout. Another run holds its lock.`,
    'Wait for the other run, or set a longer timeout.',
  )
}

async function attempt(
  options: Options,
  file: ManifestFile,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const object = placeText(options.object)
  emit({ kind: 'manifest', path: file.path, objectKind: options.object.kind, object })
  const { change, planned, trouble, notes, unknownHost } = await changedFile(options, file, signal)
  emit({ kind: 'planned', plan: planned })
  if (planned.added !== undefined && change !== undefined)
    emit({ kind: 'finding', finding: unknownHost ?? notChecked(planned.added) })
  emit({
    kind: 'would-change',
    diff: change === undefined ? '' : unifiedDiff(file.path, change.before, change.after),
    cost: costOf(planned.checks, options),
    confidencePercent: options.confidencePercent,
  })
  for (const note of notes)
    emit({ kind: 'finding', finding: warning('ITS-MANIFEST-ATTRIBUTES-LOST', note) })
  if (trouble !== undefined) throw stopOn([inFile(file, trouble)])
  const ended = { verdict: 'planned', remedy: '', checks: [], rolledBack: false } as const
  // A destination that the file lacks has no weight there, not even 0%.
  const { added } = planned
  const weights = Object.fromEntries(
    Object.entries(planned.present).filter(([name]) => name !== added),
  )
  const present = { previousWeights: weights, weights }
  if (change === undefined) {
    const lacks = added === undefined ? '' : `, without ${added}`
    const message = `${file.path} already has ${percentsText(weights)}${lacks}. Nothing was written.`
    return { ...ended, ...present, reason: 'unchanged', message }
  }
  const changed = changeText(planned)
  if (options.mode === 'plan') {
    const message = `${file.path} would change ${changed} Nothing was written.`
    return { ...ended, ...present, reason: 'planned', message }
  }
  return {
    ...ended,
    ...present,
    weights: planned.steps[0] ?? planned.weights,
    reason: 'edited',
    message: `${file.path} was changed ${changed} No cluster was changed. When the controller has rolled the file out, confirm it with verify.`,
  }
}

/** Connections to a subset or a Service that does not exist are lost, and no cluster is read here. */
function notChecked(added: string): Problem {
  return warning(
    'ITS-NEW-DESTINATION-NOT-CHECKED',
    `Whether ${added}, which is new in the rule, exists and has ready Pods was not checked, because no cluster is used.`,
    'Check it before the file is rolled out.',
  )
}

/** What a run makes of the file; `trouble`: why it could not be written. */
type ChangedFile = {
  /** undefined: the file has the weights already. */
  change: { before: string; after: string } | undefined
  planned: PlannedRun
  trouble?: Problem
  /** Of a new destination, where its host is not the name of a Service. */
  unknownHost?: Problem
  /** What the file has lost by it. */
  notes: readonly string[]
}

/** How often a file may be written by others between reading and writing it. */
const ATTEMPTS = 100

/** Edits the file, again where another run was faster: several objects of one file can be shifted at once. */
async function changedFile(
  options: Options,
  file: ManifestFile,
  signal: AbortSignal,
): Promise<ChangedFile> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const inspected = inspectManifest(options, options.wanted, file)
    if (!inspected.ok) throw stopOn(inspected.problems)
    const { text, rule, plan, edit, wanted } = inspected.value
    const { targets, writes, planned } = planRun(rule, plan, { ...options, wanted })
    if (!writes) return { change: undefined, planned, notes: [] }
    const edited = edit(rule, weighed(rule, plan, targets[0] ?? plan.target))
    if (!edited.ok) throw stopOn(edited.problems.map((one) => inFile(file, one)))
    const change = { before: text, after: edited.value }
    const host = plan.added && plan.destinations.at(-1)?.host
    const odd =
      host !== undefined && rule.format.serviceOf({ host }, options.namespace) === undefined
    const unknown = odd ? { unknownHost: notAService(host) } : {}
    if (options.mode === 'plan') return { change, planned, ...unknown, notes: [] }
    try {
      const written = await file.write(text, edited.value, signal)
      if (written.kind === 'written') return { change, planned, ...unknown, notes: written.notes }
    } catch (error) {
      signal.throwIfAborted()
      const trouble = manifestProblem(
        'ITS-MANIFEST-NOT-WRITTEN',
        `The file cannot be written: ${messageOf(error)}.`,
      )
      return { change, planned, trouble, notes: [] }
    }
  }
  const busy = 'Other processes keep writing the file.'
  throw stopOn([inFile(file, manifestProblem('ITS-MANIFEST-NOT-WRITTEN', busy, 'Run it again.'))])
}

/** `from v1 100% to v1 80%, v2 20%.` */
function changeText({ present, steps }: PlannedRun): string {
  const [first = present, ...later] = steps
  const then =
    later.length === 0
      ? ''
      : ` Later runs continue with ${later.map((step) => percentsText(step)).join(', then ')}.`
  return `from ${percentsText(present)} to ${percentsText(first)}.${then}`
}

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof RunError)) throw error
  const { verdict, reason, code, message, remedy, problems } = error
  const unknown = { previousWeights: undefined, weights: undefined }
  const untouched = { object: undefined }
  const ended = { verdict, reason, code, message, remedy, problems }
  return { ...ended, ...unknown, checks: [], rolledBack: false, untouched }
}

function stopOn(problems: readonly Problem[]): Error {
  return RunError.ofAll(problems) ?? new Error('the manifest was refused without a problem')
}

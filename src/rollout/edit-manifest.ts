import { editRoutes } from '../manifest/edit-routes.ts'
import { findInManifest, type Part } from '../manifest/find-route-object.ts'
import type { ManifestFile } from '../manifest/manifest-file.ts'
import { unclearRoutes } from '../manifest/unclear-routes.ts'
import { unifiedDiff } from '../manifest/unified-diff.ts'
import { destinationIndex, fitsSeveral } from '../mesh/destination-names.ts'
import { type Entry, routePath } from '../mesh/entry.ts'
import { findEntry } from '../mesh/find-entry.ts'
import { type Finding, warning } from '../mesh/finding.ts'
import { serviceOf } from '../mesh/host.ts'
import { type NewPlace, parseNewPlace, twinOf, unclearInFile } from '../mesh/new-destination.ts'
import { type Edit, planEdit } from '../mesh/plan-edit.ts'
import { routesWith } from '../mesh/route-edits.ts'
import type { RouteObject } from '../mesh/route-object.ts'
import { notAService } from '../mesh/service-place.ts'
import type { Options, Wanted } from '../options/options.ts'
import { type InputProblem, problemText, saying } from '../options/problem.ts'
import { within } from '../within.ts'
import type { ManifestRule } from './await-manifest.ts'
import type { Context } from './context.ts'
import { costOf } from './cost.ts'
import type { PlannedRun, RunEvent } from './events.ts'
import { namedDestinations } from './named-destinations.ts'
import { type Outcome, Stop } from './outcome.ts'
import { wantedIn } from './own-names.ts'
import { percentsText } from './percents.ts'
import { planRun } from './plan-run.ts'

/**
 * A run on a manifest: the edit that a run on the cluster would make, in the file instead, and no
 * call to any cluster. `plan` shows it; `shift` writes it, and no more of it than the first step,
 * because a step has to be rolled out and proven before the next. Nothing is proven here, so the
 * best verdict is `planned`. The outcome is the last event too.
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
    return new Stop('error', 'cancelled', `${file.path}: The run was cancelled. ${NOTHING}`)
  const isLate = error instanceof DOMException && error.name === 'TimeoutError'
  if (!isLate) return error
  return new Stop(
    'inconclusive',
    'limit-reached',
    `${file.path}: The file was not edited within timeout. Another run holds its lock. ${NOTHING}`,
    'Wait for the other run, or give a longer timeout.',
  )
}

/**
 * The weights that `verify` is to prove where it is asked for the current ones of a manifest: the
 * file says what the controller is to roll out.
 */
export function weightsInManifest(
  options: Options,
  file: ManifestFile,
): { ok: true; wanted: Wanted; rule: ManifestRule } | Unknown {
  const looked = lookInto(options, { kind: 'current' }, file)
  if (!looked.ok) return looked
  const { entry, object } = looked
  const { names, targetPercents } = looked.edit
  const percents: Record<string, number> = Object.create(null)
  for (const [index, name] of names.entries()) percents[name] = targetPercents[index] ?? 0
  const rule = { path: file.path, object, entry }
  return { ok: true, wanted: { kind: 'weights', percents }, rule }
}

async function attempt(
  options: Options,
  file: ManifestFile,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const object = `${options.namespace}/${options.virtualService}`
  emit({ kind: 'manifest', path: file.path, object })
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
  for (const note of notes) emit({ kind: 'finding', finding: warning(note) })
  if (trouble !== undefined) throw stopOn([problemOf(file, trouble)])
  const ended = { verdict: 'planned', mend: '', checks: [], rolledBack: false } as const
  const present = { previousWeights: planned.present, weights: planned.present }
  if (change === undefined) {
    const { added } = planned
    const there = Object.entries(planned.present).filter(([name]) => name !== added)
    const weights = Object.fromEntries(there)
    const lacks = added === undefined ? '' : `, and not ${added}, which would get nothing`
    const message = `nothing to change: ${file.path} has ${percentsText(weights)} already${lacks}`
    return { ...ended, previousWeights: weights, weights, reason: 'unchanged', message }
  }
  const message = changeText(file, planned)
  if (options.mode === 'plan')
    return { ...ended, ...present, reason: 'planned', message: `would change ${message}` }
  return {
    ...ended,
    ...present,
    weights: planned.steps[0] ?? planned.weights,
    reason: 'planned',
    message: `changed ${message}. No cluster was touched: once the controller has rolled the file out, prove it with verify`,
  }
}

/** Connections to a subset or a Service that does not exist are lost, and no cluster is read here. */
function notChecked(added: string): Finding {
  return warning(
    `not checked: whether ${added}, which the rule has not had so far, exists and has ready Pods; a file is edited without a cluster`,
    'Make sure of that before the file is rolled out.',
  )
}

/** What a run makes of the file; `trouble`: why it could not be written. */
type ChangedFile = {
  /** undefined: the file has the weights already. */
  change: { before: string; after: string } | undefined
  planned: PlannedRun
  trouble?: string
  /** Of a new destination, where its host is not the name of a Service. */
  unknownHost?: Finding
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
    const looked = lookInto(options, options.wanted, file)
    if (!looked.ok) throw stopOn(looked.problems)
    const { text, part, entry, edit } = looked
    const { percents, writes, planned } = planRun(entry, edit, {
      ...options,
      wanted: looked.wanted,
    })
    if (!writes) return { change: undefined, planned, notes: [] }
    const routes = routesWith(entry, edit, percents[0] ?? edit.targetPercents)
    const edited = editRoutes(text, part, entry, routes)
    if (!edited.ok) throw stopOn([problemOf(file, edited.says)])
    const change = { before: text, after: edited.text }
    const host = edit.added && edit.destinations.at(-1)?.host
    const odd = host !== undefined && serviceOf(host, options.namespace) === undefined
    const unknown = odd ? { unknownHost: notAService(host) } : {}
    if (options.mode === 'plan') return { change, planned, ...unknown, notes: [] }
    try {
      const written = await file.write(text, edited.text, signal)
      if (written.kind === 'written') return { change, planned, ...unknown, notes: written.notes }
    } catch (error) {
      signal.throwIfAborted()
      const trouble = `The file cannot be written: ${messageOf(error)}.`
      return { change, planned, trouble, notes: [] }
    }
  }
  throw stopOn([problemOf(file, 'Others write the file all the time. Run this again.')])
}

type Looked = {
  ok: true
  text: string
  object: RouteObject
  part: Part
  entry: Entry
  /** As asked for, in the rule's own names. */
  wanted: Wanted
  edit: Edit
}
type Unknown = { ok: false; problems: readonly InputProblem[] }

/** Reads the file, finds the object and its entry, and plans the edit. */
function lookInto(options: Options, wanted: Wanted, file: ManifestFile): Looked | Unknown {
  let text: string
  try {
    text = file.read()
  } catch (error) {
    return unknown(problemOf(file, `The file cannot be read: ${messageOf(error)}.`))
  }
  const name = { namespace: options.namespace, name: options.virtualService }
  const found = findInManifest(text, name)
  if (!found.ok) return unknown(problemOf(file, found.says))
  const chosen = findEntry(found.object, options.route, namedDestinations({ ...options, wanted }))
  if (!chosen.ok) {
    const { says, remedy } = chosen
    return unknown(saying('route', `${file.path}: ${says} ${NOTHING}${remedy && `\n${remedy}`}`))
  }
  const { entry } = chosen
  const unclear = unclearRoutes(text, found.part, routePath(entry))
  if (unclear !== undefined) return unknown(problemOf(file, unclear))
  const meant = wantedIn(wanted, entry, name.namespace)
  const place = placeOf(entry, meant, name.namespace)
  if (place?.kind === 'unclear')
    return unknown(saying('subset', `${file.path}: ${place.says} ${NOTHING}`))
  const planned = planEdit(entry, meant, place?.place)
  if (!planned.ok) {
    const problems = planned.problems.map((one) =>
      saying(one.input, `${file.path}: ${problemText(one)}`),
    )
    return { ok: false, problems }
  }
  return {
    ok: true,
    text,
    object: found.object,
    part: found.part,
    entry,
    wanted: meant,
    edit: planned.edit,
  }
}

type PlaceInFile = { kind: 'place'; place: NewPlace } | { kind: 'unclear'; says: string }

/** Where a destination is that the rule lacks. A file does not tell whether a plain name is a subset or a Service. */
function placeOf(entry: Entry, wanted: Wanted, namespace: string): PlaceInFile | undefined {
  if (wanted.kind !== 'weight') return undefined
  if (destinationIndex(entry.destinations, wanted.subset) !== undefined) return undefined
  if (fitsSeveral(entry.destinations, wanted.subset)) return undefined
  const place = parseNewPlace(wanted.subset)
  if (place === undefined) return { kind: 'unclear', says: unclearInFile(entry, wanted.subset) }
  const twin = twinOf(entry, place, namespace)
  return twin
    ? { kind: 'unclear', says: `${wanted.subset} is in the rule already, as ${twin.host}.` }
    : { kind: 'place', place }
}

function changeText(file: ManifestFile, { present, steps }: PlannedRun): string {
  const [first = present, ...later] = steps
  const then =
    later.length === 0
      ? ''
      : `; runs to come go on with ${later.map((step) => percentsText(step)).join(', then ')}`
  return `${file.path} from ${percentsText(present)} to ${percentsText(first)}${then}`
}

function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof Stop)) throw error
  const { verdict, reason, message, mend } = error
  const unknown = { previousWeights: undefined, weights: undefined }
  const untouched = { object: undefined }
  return { verdict, reason, message, mend, ...unknown, checks: [], rolledBack: false, untouched }
}

function unknown(problem: InputProblem): Unknown {
  return { ok: false, problems: [problem] }
}

const NOTHING = 'Nothing was written.'

function problemOf(file: ManifestFile, says: string): InputProblem {
  return saying('manifest', `${file.path}: ${says} ${NOTHING}`)
}

function stopOn(problems: readonly InputProblem[]): Stop {
  return new Stop('error', 'input', problems.map(problemText).join('\n'))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

import { editRoutes } from '../manifest/edit-routes.ts'
import { findInManifest, type Part } from '../manifest/find-route-object.ts'
import type { ManifestFile } from '../manifest/manifest-file.ts'
import { unclearRoutes } from '../manifest/unclear-routes.ts'
import { unifiedDiff } from '../manifest/unified-diff.ts'
import { type Entry, routePath } from '../mesh/entry.ts'
import { findEntry } from '../mesh/find-entry.ts'
import { type Edit, planEdit } from '../mesh/plan-edit.ts'
import { routesWith } from '../mesh/route-edits.ts'
import type { Options, Wanted } from '../options/options.ts'
import { type InputProblem, problemText } from '../options/problem.ts'
import { costOf } from './cost.ts'
import type { PlannedRun, RunEvent } from './events.ts'
import { type Outcome, Stop } from './outcome.ts'
import { percentsText } from './percents.ts'
import { planRun } from './plan-run.ts'

/**
 * A run on a manifest: the edit that a run on the cluster would make, in the file instead, and no
 * call to any cluster. `plan` shows it; `shift` writes it, and no more of it than the first step,
 * because a step has to be rolled out and proven before the next. Nothing is proven here, so the
 * best verdict is `planned`. The outcome is the last event too.
 */
export function editManifest(
  options: Options,
  file: ManifestFile,
  emit: (event: RunEvent) => void,
): Outcome {
  const outcome = outcomeOf(() => attempt(options, file, emit))
  emit({ kind: 'finished', outcome })
  return outcome
}

/**
 * The weights that `verify` is to prove where it is asked for the current ones of a manifest: the
 * file says what the controller is to roll out.
 */
export function weightsInManifest(
  options: Options,
  file: ManifestFile,
): { ok: true; wanted: Wanted } | Unknown {
  const looked = lookInto(options, { kind: 'current' }, file)
  if (!looked.ok) return looked
  const { names, targetPercents } = looked.edit
  const percents: Record<string, number> = Object.create(null)
  for (const [index, name] of names.entries()) percents[name] = targetPercents[index] ?? 0
  return { ok: true, wanted: { kind: 'weights', percents } }
}

function attempt(options: Options, file: ManifestFile, emit: (event: RunEvent) => void): Outcome {
  const object = `${options.namespace}/${options.virtualService}`
  emit({ kind: 'manifest', path: file.path, object })
  const looked = lookInto(options, options.wanted, file)
  if (!looked.ok) throw stopOn(looked.problems)
  const { text, part, entry, edit } = looked
  const { percents, writes, planned } = planRun(entry, edit, options)
  emit({ kind: 'planned', plan: planned })
  const { confidencePercent } = options
  const wouldChange = (diff: string) =>
    emit({
      kind: 'would-change',
      diff,
      cost: costOf(planned.checks, options),
      confidencePercent,
    })
  const ended = { verdict: 'planned', mend: '', checks: [], rolledBack: false } as const
  const present = { previousWeights: planned.present, weights: planned.present }
  if (!writes) {
    wouldChange('')
    const message = `nothing to change: ${file.path} has ${percentsText(planned.present)} already`
    return { ...ended, ...present, reason: 'unchanged', message }
  }
  const routes = routesWith(entry, edit, percents[0] ?? edit.targetPercents)
  const edited = editRoutes(text, part, entry, routes)
  if (!edited.ok) throw stopOn([problemOf(file, edited.wants)])
  wouldChange(unifiedDiff(file.path, text, edited.text))
  const message = changeText(file, planned)
  if (options.mode === 'plan')
    return { ...ended, ...present, reason: 'planned', message: `would change ${message}` }
  try {
    file.write(edited.text)
  } catch (error) {
    throw stopOn([problemOf(file, `a file that can be written (${messageOf(error)})`)])
  }
  return {
    ...ended,
    ...present,
    weights: planned.steps[0] ?? planned.weights,
    reason: 'planned',
    message: `changed ${message}. No cluster was touched: once the controller has rolled the file out, prove it with verify`,
  }
}

type Looked = { ok: true; text: string; part: Part; entry: Entry; edit: Edit }
type Unknown = { ok: false; problems: readonly InputProblem[] }

/** Reads the file, finds the object and its entry, and plans the edit. */
function lookInto(options: Options, wanted: Wanted, file: ManifestFile): Looked | Unknown {
  let text: string
  try {
    text = file.read()
  } catch (error) {
    return unknown(problemOf(file, `a YAML file that can be read (${messageOf(error)})`))
  }
  const name = { namespace: options.namespace, name: options.virtualService }
  const found = findInManifest(text, name)
  if (!found.ok) return unknown(problemOf(file, found.wants))
  const chosen = findEntry(found.object, options.route)
  if (!chosen.ok) return unknown({ input: 'route', got: undefined, wants: chosen.wants })
  const unclear = unclearRoutes(found.part.value, routePath(chosen.entry))
  if (unclear !== undefined) return unknown(problemOf(file, unclear))
  const planned = planEdit(chosen.entry, wanted)
  if (!planned.ok) return planned
  return { ok: true, text, part: found.part, entry: chosen.entry, edit: planned.edit }
}

function changeText(file: ManifestFile, { present, steps }: PlannedRun): string {
  const [first = present, ...later] = steps
  const then =
    later.length === 0
      ? ''
      : `; runs to come go on with ${later.map((step) => percentsText(step)).join(', then ')}`
  return `${file.path} from ${percentsText(present)} to ${percentsText(first)}${then}`
}

function outcomeOf(run: () => Outcome): Outcome {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    const { verdict, reason, message, mend } = error
    const unknown = { previousWeights: undefined, weights: undefined }
    return { verdict, reason, message, mend, ...unknown, checks: [], rolledBack: false }
  }
}

function unknown(problem: InputProblem): Unknown {
  return { ok: false, problems: [problem] }
}

function problemOf(file: ManifestFile, wants: string): InputProblem {
  return { input: 'manifest', got: file.path, wants }
}

function stopOn(problems: readonly InputProblem[]): Stop {
  return new Stop('error', 'input', problems.map(problemText).join('\n'))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

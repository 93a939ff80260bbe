import type { ManifestFile } from '../../manifest/file/manifest-file.ts'
import { manifestProblem } from '../../manifest/manifest-problem.ts'
import { openManifest } from '../../manifest/open-manifest.ts'
import type { OpenManifest } from '../../manifest/opened.ts'
import type { Options } from '../../options/options.ts'
import { inputProblem, type Problem } from '../../problem/problem.ts'
import { failure, type Result, success } from '../../problem/result.ts'
import { destinationIndex, fitsSeveral } from '../../routes/destination-names.ts'
import { destinationAt, unclearInFile } from '../../routes/new-destination.ts'
import type { Rule } from '../../routes/rule.ts'
import type { NewDestination } from '../../routes/rule-format.ts'
import { selectRule } from '../../routes/select-rule.ts'
import type { Wanted } from '../../routes/wanted.ts'
import { planWeights, type WeightEdit } from '../../routes/weights/weight-edit.ts'
import { percentAt } from '../../routes/weights/weights.ts'
import type { ManifestRule } from '../model/manifest-rule.ts'
import { namedDestinations } from './named-destinations.ts'
import { wantedIn } from './own-names.ts'

/** The weights that `verify` confirms where it is asked for the current ones of a manifest: those that the controller is to roll out. */
export function weightsInManifest(
  options: Options,
  file: ManifestFile,
): Result<{ wanted: Wanted; rule: ManifestRule }> {
  const inspected = inspectManifest(options, { kind: 'current' }, file)
  if (!inspected.ok) return inspected
  const { object, rule, plan } = inspected.value
  const percents: Record<string, number> = Object.create(null)
  for (const [index, name] of plan.names.entries()) percents[name] = percentAt(plan.target, index)
  return success({ wanted: { kind: 'weights', percents }, rule: { path: file.path, object, rule } })
}

type Inspected = OpenManifest & {
  text: string
  rule: Rule
  /** The weights that are asked for, with the rule's own names. */
  wanted: Wanted
  plan: WeightEdit
}

/** Reads the file, finds the object and its rule, and plans the edit. Every problem names the file. */
export function inspectManifest(
  options: Options,
  wanted: Wanted,
  file: ManifestFile,
): Result<Inspected> {
  const inspected = inspect(options, wanted, file)
  return inspected.ok
    ? inspected
    : failure(...inspected.problems.map((problem) => inFile(file, problem)))
}

function inspect(options: Options, wanted: Wanted, file: ManifestFile): Result<Inspected> {
  let text: string
  try {
    text = file.read()
  } catch (error) {
    const why = messageOf(error)
    return failure(manifestProblem('ITS-MANIFEST-UNREADABLE', `The file cannot be read: ${why}.`))
  }
  const opened = openManifest(text, options.object, file.beside)
  if (!opened.ok) return opened
  const { object } = opened.value
  const selected = selectRule(object, options.route, namedDestinations({ ...options, wanted }))
  if (!selected.ok) return selected
  const rule = selected.value
  const unclear = opened.value.unclear(rule)
  if (unclear !== undefined) return failure(unclear)
  const own = wantedIn(wanted, rule, object.namespace)
  const added = addedIn(rule, own, object.namespace)
  if (!added.ok) return added
  const planned = planWeights(rule, own, added.value)
  return planned.ok
    ? success({ ...opened.value, text, rule, wanted: own, plan: planned.value })
    : planned
}

/** Where a destination is that the rule lacks; undefined where it lacks none. A file does not show whether a plain name is a subset or a Service. */
function addedIn(
  rule: Rule,
  wanted: Wanted,
  namespace: string,
): Result<NewDestination | undefined> {
  if (wanted.kind !== 'weight') return success(undefined)
  const { subset } = wanted
  if (destinationIndex(rule.destinations, subset) !== undefined) return success(undefined)
  if (fitsSeveral(rule.destinations, subset)) return success(undefined)
  const place = rule.format.newDestination(subset)
  if (place === undefined) return failure(unclearInFile(rule, subset))
  const existing = destinationAt(rule, place, namespace)
  return existing
    ? failure(
        inputProblem(
          'subset',
          'ITS-DESTINATION-EXISTS',
          `${subset} is already a destination of the rule, as ${existing.host}.`,
        ),
      )
    : success(place)
}

/** The problem with the file's path in front. */
export function inFile(file: ManifestFile, problem: Problem): Problem {
  return { ...problem, what: `${file.path}: ${problem.what}` }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

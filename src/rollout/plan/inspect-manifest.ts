import type { ManifestFile } from '../../manifest/file/manifest-file.ts'
import { findInManifest, type Part } from '../../manifest/find-route-object.ts'
import { unclearRoutes } from '../../manifest/unclear-routes.ts'
import type { Options } from '../../options/options.ts'
import type { Code } from '../../problem/codes.ts'
import { inputProblem, type Problem } from '../../problem/problem.ts'
import { failure, type Result, success } from '../../problem/result.ts'
import { destinationIndex, fitsSeveral } from '../../routes/destination-names.ts'
import { destinationAt, parseNewDestination, unclearInFile } from '../../routes/new-destination.ts'
import { objectNameOf } from '../../routes/object-name.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { destinationsPath, type Rule } from '../../routes/rule.ts'
import type { NewDestination } from '../../routes/rule-format.ts'
import { selectRule } from '../../routes/select-rule.ts'
import type { Wanted } from '../../routes/wanted.ts'
import { planWeights, type WeightEdit } from '../../routes/weights/weight-edit.ts'
import type { ManifestRule } from '../model/manifest-rule.ts'
import { namedDestinations } from './named-destinations.ts'
import { wantedIn } from './own-names.ts'

/**
 * The weights for `verify` of the current weights of a manifest: the file has the weights that the controller is to roll
 * out.
 */
export function weightsInManifest(
  options: Options,
  file: ManifestFile,
): Result<{ wanted: Wanted; rule: ManifestRule }> {
  const looked = lookInto(options, { kind: 'current' }, file)
  if (!looked.ok) return looked
  const { object, edit, rule: found } = looked.value
  const { names, targetPercents } = edit
  const percents: Record<string, number> = Object.create(null)
  for (const [index, name] of names.entries()) percents[name] = targetPercents[index] ?? 0
  const rule = { path: file.path, object, rule: found }
  return success({ wanted: { kind: 'weights', percents }, rule })
}

type Looked = {
  text: string
  object: RouteObject
  part: Part
  rule: Rule
  /** As asked for, in the rule's own names. */
  wanted: Wanted
  edit: WeightEdit
}

/** Reads the file, finds the object and its rule, and plans the edit. */
export function lookInto(options: Options, wanted: Wanted, file: ManifestFile): Result<Looked> {
  let text: string
  try {
    text = file.read()
  } catch (error) {
    const what = `The file cannot be read: ${messageOf(error)}.`
    return failure(problemOf(file, 'ITS-MANIFEST-UNREADABLE', what))
  }
  const name = objectNameOf(options)
  const found = findInManifest(text, name)
  if (!found.ok) return failure(problemOf(file, 'ITS-MANIFEST-NOT-EDITABLE', found.says))
  const chosen = selectRule(found.object, options.route, namedDestinations({ ...options, wanted }))
  if (!chosen.ok) return failure(...inFile(file, chosen.problems))
  const rule = chosen.value
  const unclear = unclearRoutes(text, found.part, destinationsPath(rule))
  if (unclear !== undefined) return failure(problemOf(file, 'ITS-MANIFEST-NOT-EDITABLE', unclear))
  const meant = wantedIn(wanted, rule, name.namespace)
  const place = placeOf(rule, meant, name.namespace)
  if (place?.kind === 'unclear')
    return failure(...inFile(file, [inputProblem('subset', place.code, place.says)]))
  const planned = planWeights(rule, meant, place?.place)
  if (!planned.ok) return failure(...inFile(file, planned.problems))
  return success({
    text,
    object: found.object,
    part: found.part,
    rule,
    wanted: meant,
    edit: planned.value,
  })
}

type PlaceInFile =
  | { kind: 'place'; place: NewDestination }
  | { kind: 'unclear'; code: Code; says: string }

/** The place of a destination that the rule lacks. A file does not show whether a plain name is a subset or a Service. */
function placeOf(rule: Rule, wanted: Wanted, namespace: string): PlaceInFile | undefined {
  if (wanted.kind !== 'weight') return undefined
  if (destinationIndex(rule.destinations, wanted.subset) !== undefined) return undefined
  if (fitsSeveral(rule.destinations, wanted.subset)) return undefined
  const place = parseNewDestination(wanted.subset)
  if (place === undefined) {
    const says = unclearInFile(rule, wanted.subset)
    return { kind: 'unclear', code: 'ITS-DESTINATION-NOT-FOUND', says }
  }
  const twin = destinationAt(rule, place, namespace)
  return twin
    ? {
        kind: 'unclear',
        code: 'ITS-DESTINATION-TWICE',
        says: `${wanted.subset} is in the rule already, as ${twin.host}.`,
      }
    : { kind: 'place', place }
}

/** The same problems with the path of the file. */
function inFile({ path }: ManifestFile, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, what: `${path}: ${problem.what}` }))
}

export function problemOf(file: ManifestFile, code: Code, what: string): Problem {
  return inputProblem('manifest', code, `${file.path}: ${what}`)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

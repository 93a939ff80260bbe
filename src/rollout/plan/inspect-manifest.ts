import type { ManifestFile } from '../../manifest/file/manifest-file.ts'
import { findInManifest, type Part } from '../../manifest/find-route-object.ts'
import { unclearRoutes } from '../../manifest/unclear-routes.ts'
import type { Options } from '../../options/options.ts'
import { type InputProblem, saying } from '../../options/problem.ts'
import type { Problem } from '../../problem/problem.ts'
import { destinationIndex, fitsSeveral } from '../../routes/destination-names.ts'
import { destinationAt, parseNewDestination, unclearInFile } from '../../routes/new-destination.ts'
import { objectNameOf } from '../../routes/object-name.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { destinationsPath, type Rule } from '../../routes/rule.ts'
import type { NewDestination } from '../../routes/rule-format.ts'
import { selectRule } from '../../routes/select-rule.ts'
import type { Wanted } from '../../routes/wanted.ts'
import { planWeights, type WeightEdit } from '../../routes/weights/weight-edit.ts'
import type { ManifestRule } from './await-manifest.ts'
import { namedDestinations } from './named-destinations.ts'
import { wantedIn } from './own-names.ts'

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
  const { object } = looked
  const { names, targetPercents } = looked.edit
  const percents: Record<string, number> = Object.create(null)
  for (const [index, name] of names.entries()) percents[name] = targetPercents[index] ?? 0
  const rule = { path: file.path, object, rule: looked.rule }
  return { ok: true, wanted: { kind: 'weights', percents }, rule }
}

type Looked = {
  ok: true
  text: string
  object: RouteObject
  part: Part
  rule: Rule
  /** As asked for, in the rule's own names. */
  wanted: Wanted
  edit: WeightEdit
}
type Unknown = { ok: false; problems: readonly InputProblem[] }

/** Reads the file, finds the object and its entry, and plans the edit. */
export function lookInto(options: Options, wanted: Wanted, file: ManifestFile): Looked | Unknown {
  let text: string
  try {
    text = file.read()
  } catch (error) {
    return unknown(problemOf(file, `The file cannot be read: ${messageOf(error)}.`))
  }
  const name = objectNameOf(options)
  const found = findInManifest(text, name)
  if (!found.ok) return unknown(problemOf(file, found.says))
  const chosen = selectRule(found.object, options.route, namedDestinations({ ...options, wanted }))
  if (!chosen.ok) {
    return { ok: false, problems: inFile(file, chosen.problems) }
  }
  const rule = chosen.value
  const unclear = unclearRoutes(text, found.part, destinationsPath(rule))
  if (unclear !== undefined) return unknown(problemOf(file, unclear))
  const meant = wantedIn(wanted, rule, name.namespace)
  const place = placeOf(rule, meant, name.namespace)
  if (place?.kind === 'unclear')
    return unknown(saying('subset', `${file.path}: ${place.says} ${NOTHING}`))
  const planned = planWeights(rule, meant, place?.place)
  if (!planned.ok) {
    return { ok: false, problems: inFile(file, planned.problems) }
  }
  return {
    ok: true,
    text,
    object: found.object,
    part: found.part,
    rule,
    wanted: meant,
    edit: planned.value,
  }
}

type PlaceInFile = { kind: 'place'; place: NewDestination } | { kind: 'unclear'; says: string }

/** Where a destination is that the rule lacks. A file does not tell whether a plain name is a subset or a Service. */
function placeOf(rule: Rule, wanted: Wanted, namespace: string): PlaceInFile | undefined {
  if (wanted.kind !== 'weight') return undefined
  if (destinationIndex(rule.destinations, wanted.subset) !== undefined) return undefined
  if (fitsSeveral(rule.destinations, wanted.subset)) return undefined
  const place = parseNewDestination(wanted.subset)
  if (place === undefined) return { kind: 'unclear', says: unclearInFile(rule, wanted.subset) }
  const twin = destinationAt(rule, place, namespace)
  return twin
    ? { kind: 'unclear', says: `${wanted.subset} is in the rule already, as ${twin.host}.` }
    : { kind: 'place', place }
}

function inFile(file: ManifestFile, problems: readonly Problem[]): InputProblem[] {
  return problems.map(({ input = 'route', what, remedy }) =>
    saying(input, `${file.path}: ${what} ${NOTHING}${remedy && `\n${remedy}`}`),
  )
}

function unknown(problem: InputProblem): Unknown {
  return { ok: false, problems: [problem] }
}

export const NOTHING = 'Nothing was written.'

export function problemOf(file: ManifestFile, says: string): InputProblem {
  return saying('manifest', `${file.path}: ${says} ${NOTHING}`)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

import { isObject, type Json, type JsonObject, replacedAt, sameJson } from '../../kube/json.ts'
import { failure, type Result, success } from '../../problem/result.ts'
import { destinationNames } from '../../routes/destination-names.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { destinationsPath, type Rule } from '../../routes/rule.ts'
import {
  destinationsIn,
  itemsOf,
  type WrittenDestinations,
} from '../../routes/written-destinations.ts'
import { editSplices } from '../edit-destinations.ts'
import { manifestProblem } from '../manifest-problem.ts'
import type { Part } from '../part.ts'
import { type Splice, spliced } from '../splice.ts'
import { parseDocuments } from '../yaml/yaml-tree.ts'
import { operationSplices } from './edit-operations.ts'
import type { EmbeddedText } from './embedded-text.ts'
import type { Operation } from './operations.ts'

/** A text with patches, and the object as they leave it. */
type Patched = {
  text: string
  object: RouteObject
  /** The object as another text would leave it; undefined where it would leave none. */
  reopen: (text: string) => RouteObject | undefined
}

/** The file with other weights in its operations. */
export function editOperations(
  { operations, ...patched }: Patched & { operations: readonly Operation[] },
  rule: Rule,
  after: WrittenDestinations,
): Result<string> {
  const edit = operationSplices(operations, rule, after)
  if (edit === undefined) return failure(layoutProblem())
  const [lacking] = edit.lacking
  if (lacking !== undefined) return failure(lackingProblem(rule, after, lacking))
  return verified(patched, edit.splices, rule, after)
}

/** The file with other weights in a patch that is a part of the object. */
export function editPartial(
  { source, part, ...patched }: Patched & { source: EmbeddedText; part: Part },
  rule: Rule,
  after: WrittenDestinations,
): Result<string> {
  const edit = editSplices(source.text, part, rule, after)
  return edit.ok ? verified(patched, edit.value.map(source.outer), rule, after) : edit
}

/**
 * The text after the edit, if the patches then leave the object as it is to be, and everything else in the file means the
 * same as before.
 */
function verified(
  { text, object, reopen }: Patched,
  splices: readonly Splice[],
  rule: Rule,
  after: WrittenDestinations,
): Result<string> {
  const edited = spliced(text, splices)
  const now = reopen(edited)
  const expected = replacedAt({ spec: object.spec }, destinationsPath(rule), [...itemsOf(after)])
  const isRight =
    now !== undefined &&
    sameJson({ spec: now.spec }, expected) &&
    sameJson(withoutPatches(text), withoutPatches(edited))
  return isRight ? success(edited) : failure(layoutProblem())
}

/** What a text means without its patches and the values of its operations. */
function withoutPatches(text: string): Json {
  const bare = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(bare)
    if (!isObject(value)) return value
    const isOperation = typeof value.op === 'string'
    return Object.fromEntries(
      Object.entries(value).map(([key, each]): [string, Json] => [
        key,
        key === 'patch' || (isOperation && key === 'value') ? null : bare(each ?? null),
      ]),
    )
  }
  return parseDocuments(text).map(({ value }) => bare(value ?? null))
}

function layoutProblem() {
  return manifestProblem(
    'ITS-MANIFEST-LAYOUT',
    'The patch has a layout that cannot be edited in place.',
    'Write it as a literal block (patch: |-) with one operation for each weight, and weights as whole numbers.',
  )
}

function lackingProblem(rule: Rule, after: WrittenDestinations, index: number) {
  const items = itemsOf(after)
  const name = destinationNames(destinationsIn(after, rule.format))[index] ?? `[${index}]`
  const isNew = index >= itemsOf(rule.written).length
  const path = [...destinationsPath(rule), ...(isNew ? ['-'] : [index, rule.format.weight])].join(
    '/',
  )
  const item: JsonObject = items[index] ?? {}
  const value = isNew ? item : item[rule.format.weight]
  return manifestProblem(
    'ITS-MANIFEST-PATCH-LACKS-WEIGHT',
    `The patch does not set the weight of ${name}.`,
    `Add an operation to the patch, then run it again:\n  ${JSON.stringify({ op: isNew ? 'add' : 'replace', path: `/${path}`, value: value ?? 0 })}`,
  )
}

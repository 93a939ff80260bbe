import { replacedAt, sameJson } from '../kube/json.ts'
import type { Problem } from '../problem/problem.ts'
import { failure, type Result, success } from '../problem/result.ts'
import { destinationsPath, type JsonPath, type Rule } from '../routes/rule.ts'
import { itemsOf, type WrittenDestinations } from '../routes/written-destinations.ts'
import { destinationSplices } from './destination-splices.ts'
import { manifestProblem } from './manifest-problem.ts'
import type { Part } from './part.ts'
import { lineNumber, type Splice, spliced } from './splice.ts'
import { type Shared, sharedNodes, sharedProblem } from './yaml/shared-nodes.ts'
import { nodesOf, pairOf, type SequenceNode, type YamlNode } from './yaml/yaml-node.ts'
import { parseDocuments } from './yaml/yaml-tree.ts'

/**
 * The manifest with other destinations in one rule, and every other byte as it was. Refuses an edit that would change
 * other places too (anchors) or cannot be made in place (aliases), and every edit that it cannot verify: the result,
 * parsed again, must mean the same except for that list.
 */
export function editDestinations(
  text: string,
  part: Part,
  rule: Rule,
  after: WrittenDestinations,
): Result<string> {
  const splices = editSplices(text, part, rule, after)
  return splices.ok ? success(spliced(text, splices.value)) : splices
}

/** The splices of that edit, verified. */
export function editSplices(
  text: string,
  part: Part,
  rule: Rule,
  after: WrittenDestinations,
): Result<Splice[]> {
  const path = destinationsPath(rule)
  const shared = sharedNodes(part.document)
  const found = listNode(text, part.node, path, shared)
  if (!found.ok) return found
  const list = found.value
  const odd = oddWeight(list, rule.format.weight, shared)
  if (odd) return failure(oddProblem(text, odd))
  const lists = { before: itemsOf(rule.written), after: itemsOf(after) }
  const splices = destinationSplices(text, list, lists, rule.format)
  const edited = splices && spliced(text, splices)
  if (splices && edited !== undefined) {
    const isRight = isOnlyChange(part, edited, [...part.place, ...path], after)
    if (isRight) return success(splices)
  }
  const used = nodesOf(list).find((node) => node.kind === 'alias' || shared.isUsed(node))
  return failure(used ? sharedProblem(text, used, shared) : layoutProblem(text, list, rule))
}

/** The node of the list, which must be written there and for this rule alone. */
function listNode(
  text: string,
  root: YamlNode,
  path: JsonPath,
  shared: Shared,
): Result<SequenceNode> {
  let here: YamlNode | undefined = root
  let above: YamlNode = root
  for (const step of [undefined, ...path]) {
    const next: YamlNode | undefined = step === undefined ? here : below(here, step)
    if (next === undefined) return failure(mergedProblem(text, above))
    if (next.kind === 'alias' || shared.isUsed(next))
      return failure(sharedProblem(text, next, shared))
    above = next
    here = next
  }
  if (here?.kind === 'sequence') return success(here)
  return failure(
    manifestProblem(
      'ITS-MANIFEST-LAYOUT',
      'The rule has no list of destinations of its own.',
      'Write its destinations as a list.',
    ),
  )
}

function below(node: YamlNode | undefined, step: string | number): YamlNode | undefined {
  if (node?.kind === 'mapping') return pairOf(node, String(step))?.value
  return node?.kind === 'sequence' && typeof step === 'number' ? node.items[step] : undefined
}

function mergedProblem(text: string, above: YamlNode): Problem {
  return manifestProblem(
    'ITS-MANIFEST-SHARED-NODE',
    `The rule is merged into line ${lineNumber(text, above.start)} by a merge key (<<), so it cannot be edited there.`,
    'Write the rule out where it is used.',
  )
}

/**
 * A weight that is written but is not a whole number, such as a placeholder: it must not count as missing. A number that
 * begins with 0 is octal to kubectl (YAML 1.1) and decimal to YAML 1.2.
 */
function oddWeight(list: SequenceNode, field: string, shared: Shared): YamlNode | undefined {
  return list.items
    .flatMap((item) => (item.kind === 'mapping' ? (pairOf(item, field)?.value ?? []) : []))
    .find((value) => {
      const node = shared.target(value)
      return node?.kind !== 'scalar' || node.style !== 'plain' || !/^(0|[1-9]\d*)$/.test(node.value)
    })
}

function oddProblem(text: string, weight: YamlNode): Problem {
  const line = lineNumber(text, weight.start)
  const code = 'ITS-MANIFEST-WEIGHT-INVALID'
  if (weight.kind === 'scalar' && /^\$/.test(weight.value))
    return manifestProblem(
      code,
      `The weight on line ${line} is a placeholder (${weight.value}).`,
      'Change the value where the variable is set, or write the weights as whole numbers.',
    )
  const written = text.slice(weight.start, weight.end)
  return manifestProblem(
    code,
    `The weight on line ${line} is ${written === '' ? 'empty' : written.slice(0, 40)}, which is not a whole number.`,
    'Write it as a whole number without quotes, such as 80.',
  )
}

function layoutProblem(text: string, list: YamlNode, { format }: Rule): Problem {
  const [field] = format.required.split('.')
  return manifestProblem(
    'ITS-MANIFEST-LAYOUT',
    `The list of destinations on line ${lineNumber(text, list.start)} has a layout that cannot be edited in place.`,
    `Write it as a block of "- ${field}:" items.`,
  )
}

/** Whether the new text means the same as the old one except for the list at `path`. */
function isOnlyChange(
  part: Part,
  edited: string,
  path: JsonPath,
  after: WrittenDestinations,
): boolean {
  try {
    const old = part.documents.map(({ value }) => value ?? null)
    const now = parseDocuments(edited).map(({ value }) => value ?? null)
    return sameJson(replacedAt(old, path, [...itemsOf(after)]), now)
  } catch {
    return false
  }
}

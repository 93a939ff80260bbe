import { type JsonObject, replacedAt, sameJson } from '../kube/json.ts'
import { destinationsPath, type Rule } from '../routes/rule.ts'
import { itemsOf, type WrittenDestinations } from '../routes/written-destinations.ts'
import type { Part } from './find-route-object.ts'
import { routeSplices } from './route-splices.ts'
import { lineNumber, spliced } from './splice.ts'
import { type Shared, sharedNodes, sharedText } from './yaml/shared-nodes.ts'
import {
  nodesOf,
  pairOf,
  parseDocuments,
  type SequenceNode,
  type YamlNode,
} from './yaml/yaml-tree.ts'

export type EditedText = { ok: true; text: string } | { ok: false; says: string }

/**
 * The manifest with another route list in one rule, and every other byte as it was. Refuses what an
 * edit in place would change elsewhere too (anchors) or not at all (aliases), and whatever it cannot
 * show to be right: the result, parsed again, must mean the same but for that list.
 */
export function editRoutes(
  text: string,
  part: Part,
  rule: Rule,
  after: WrittenDestinations,
): EditedText {
  const routes = itemsOf(after)
  const path = destinationsPath(rule)
  const shared = sharedNodes(part.document)
  const found = routeList(text, part.node, path, shared)
  if (!found.ok) return found
  const odd = oddWeight(found.list, shared)
  if (odd) return says(oddText(text, odd))
  const splices = routeSplices(text, found.list, itemsOf(rule.written), routes)
  const edited = splices && spliced(text, splices)
  if (edited !== undefined && isOnlyChange(part, edited, [...part.place, ...path], routes))
    return { ok: true, text: edited }
  const used = nodesOf(found.list).find((node) => node.kind === 'alias' || shared.isUsed(node))
  return says(used ? sharedText(text, used, shared) : layoutText(text, found.list))
}

/** The list's node, which must be written there and for this rule alone. */
function routeList(
  text: string,
  root: YamlNode,
  path: readonly (string | number)[],
  shared: Shared,
): { ok: true; list: SequenceNode } | { ok: false; says: string } {
  let here: YamlNode | undefined = root
  let above: YamlNode = root
  for (const step of [undefined, ...path]) {
    const next: YamlNode | undefined = step === undefined ? here : below(here, step)
    if (next === undefined) return says(mergedText(text, above))
    if (next.kind === 'alias' || shared.isUsed(next)) return says(sharedText(text, next, shared))
    above = next
    here = next
  }
  if (here?.kind !== 'sequence') return says('The rule has no list of destinations of its own.')
  return { ok: true, list: here }
}

function below(node: YamlNode | undefined, step: string | number): YamlNode | undefined {
  if (node?.kind === 'mapping') return pairOf(node, String(step))?.value
  return node?.kind === 'sequence' && typeof step === 'number' ? node.items[step] : undefined
}

function mergedText(text: string, above: YamlNode): string {
  return `The rule comes to line ${lineNumber(text, above.start)} by a merge key (<<), so it cannot be edited there. Write the rule out where it is used.`
}

/**
 * A weight that is written but is no whole number, a placeholder say: it must not count as none. One
 * that begins with 0 is octal to kubectl (YAML 1.1) and decimal to YAML 1.2.
 */
function oddWeight(list: SequenceNode, shared: Shared): YamlNode | undefined {
  return list.items
    .flatMap((item) => (item.kind === 'mapping' ? (pairOf(item, 'weight')?.value ?? []) : []))
    .find((value) => {
      const node = shared.target(value)
      return node?.kind !== 'scalar' || node.style !== 'plain' || !/^(0|[1-9]\d*)$/.test(node.value)
    })
}

function oddText(text: string, weight: YamlNode): string {
  const line = lineNumber(text, weight.start)
  if (weight.kind === 'scalar' && /^\$/.test(weight.value))
    return `The weight in line ${line} is a placeholder (${weight.value}). Set the variable where it comes from, or write the weights as whole numbers.`
  const written = text.slice(weight.start, weight.end)
  return `The weight in line ${line} is ${written === '' ? 'empty' : written.slice(0, 40)}, which is not a whole number. Write it as a whole number without quotes, such as 80.`
}

function layoutText(text: string, list: YamlNode): string {
  return `The list of destinations in line ${lineNumber(text, list.start)} has a layout that cannot be edited in place. Write it as a block of "- destination:" items.`
}

/** Whether the new text means the same as the old one but for the list at `path`. */
function isOnlyChange(
  part: Part,
  after: string,
  path: readonly (string | number)[],
  list: readonly JsonObject[],
): boolean {
  try {
    const old = part.documents.map(({ value }) => value ?? null)
    const now = parseDocuments(after).map(({ value }) => value ?? null)
    return sameJson(replacedAt(old, path, [...list]), now)
  } catch {
    return false
  }
}

function says(text: string): { ok: false; says: string } {
  return { ok: false, says: text }
}

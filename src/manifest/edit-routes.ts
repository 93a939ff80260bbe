import { type Entry, routePath } from '../mesh/entry.ts'
import { type JsonObject, replacedAt, sameJson } from '../mesh/json.ts'
import type { Part } from './find-route-object.ts'
import { pairOf, routeSplices } from './route-splices.ts'
import { lineNumber, spliced } from './splice.ts'
import { parseDocuments, type SequenceNode, type YamlNode } from './yaml-tree.ts'

export type EditedText = { ok: true; text: string } | { ok: false; wants: string }

/**
 * The manifest with another route list in one entry, and every other byte as it was. Refuses what
 * an edit in place would change elsewhere too (anchors) or not at all (aliases, merge keys), and
 * whatever it cannot prove: the result, parsed again, must be the old documents but for that list.
 */
export function editRoutes(
  text: string,
  part: Part,
  entry: Entry,
  routes: readonly JsonObject[],
): EditedText {
  const path = routePath(entry)
  const found = routeList(text, part.node, path)
  if (!found.ok) return found
  const odd = oddWeight(found.list)
  if (odd)
    return wants(`whole numbers as weights; line ${lineNumber(text, odd.start)} has another one`)
  if (found.list.items.length !== entry.routes.length)
    return wants('a route list of mappings; the entry has something else in it')
  const splices = routeSplices(text, found.list, entry.routes, routes)
  const edited = splices && spliced(text, splices)
  if (edited === undefined || !isOnlyChange(text, edited, [...part.place, ...path], routes)) {
    const line = lineNumber(text, found.list.start)
    return wants(
      `a plainer layout: the route list in line ${line} cannot be edited in place. Write it as a block of "- destination:" items`,
    )
  }
  return { ok: true, text: edited }
}

/** The list's node. Nothing on the way to it or in it may stand for something else, or be stood for. */
function routeList(
  text: string,
  root: YamlNode,
  path: readonly (string | number)[],
): { ok: true; list: SequenceNode } | { ok: false; wants: string } {
  let here: YamlNode | undefined = root
  for (const step of path) {
    const shared = here === undefined || isShared(here) ? here : undefined
    if (shared) return wants(sharedText(text, shared))
    here = below(here, step)
  }
  if (here?.kind === 'alias') return wants(sharedText(text, here))
  if (here?.kind !== 'sequence') return wants('an entry with a list of routes of its own')
  const shared = nodesOf(here).find(isShared)
  return shared ? wants(sharedText(text, shared)) : { ok: true, list: here }
}

function below(node: YamlNode | undefined, step: string | number): YamlNode | undefined {
  if (node?.kind === 'mapping') return pairOf(node, String(step))?.value
  return node?.kind === 'sequence' && typeof step === 'number' ? node.items[step] : undefined
}

/** Anchored, an alias, or mixed with another mapping by the merge key. */
function isShared(node: YamlNode): boolean {
  return node.anchored || (node.kind === 'mapping' && pairOf(node, '<<') !== undefined)
}

function sharedText(text: string, node: YamlNode): string {
  return `routes without anchors, aliases and merge keys, because an edit there would reach further; there is one in line ${lineNumber(text, node.start)}`
}

function nodesOf(node: YamlNode): YamlNode[] {
  if (node.kind === 'mapping')
    return [node, ...node.pairs.flatMap(({ key, value }) => [...nodesOf(key), ...nodesOf(value)])]
  return node.kind === 'sequence' ? [node, ...node.items.flatMap(nodesOf)] : [node]
}

/**
 * A weight that is written but is no whole number, a placeholder say: it must not count as none. One
 * that begins with 0 is octal to kubectl (YAML 1.1) and decimal to YAML 1.2.
 */
function oddWeight(list: SequenceNode): YamlNode | undefined {
  return list.items
    .flatMap((item) => (item.kind === 'mapping' ? (pairOf(item, 'weight') ?? []) : []))
    .map(({ value }) => value)
    .find((value) => value.kind !== 'scalar' || !value.plain || !/^(0|[1-9]\d*)$/.test(value.value))
}

/** Whether the two texts mean the same but for the list at `path`. */
function isOnlyChange(
  before: string,
  after: string,
  path: readonly (string | number)[],
  list: readonly JsonObject[],
): boolean {
  try {
    const old = parseDocuments(before).map(({ value }) => value)
    const now = parseDocuments(after).map(({ value }) => value)
    return sameJson(replacedAt(old, path, [...list]), now)
  } catch {
    return false
  }
}

function wants(text: string): { ok: false; wants: string } {
  return { ok: false, wants: text }
}

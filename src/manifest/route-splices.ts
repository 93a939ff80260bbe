import { load } from 'js-yaml'
import { isObject, type JsonObject, sameJson } from '../mesh/json.ts'
import { column, lineBreak, lineEnd, type Splice, spliced } from './splice.ts'
import type { MappingNode, Pair, SequenceNode, YamlNode } from './yaml-tree.ts'

/**
 * The splices that make of a route list as it is written the list `after`: a weight's digits, a
 * line for a weight that was not there, and for an added destination a copy of the one that it is
 * modelled on, in that one's style and without its comments.
 *
 * @param before the list's routes, in the order of its items
 * @param after the same with other weights, and perhaps one route more at the end
 * @returns undefined where the text is laid out in a way that nobody foresaw
 */
export function routeSplices(
  text: string,
  list: SequenceNode,
  before: readonly JsonObject[],
  after: readonly JsonObject[],
): Splice[] | undefined {
  const splices: Splice[] = []
  for (const [index, route] of after.entries()) {
    const old = before[index]
    if (old !== undefined && sameJson(old, route)) continue
    const made =
      old === undefined
        ? addedRoute(text, list, before, route)
        : setPair(text, list.items[index], 'weight', String(route.weight))
    if (made === undefined) return undefined
    splices.push(made)
  }
  return splices
}

/** Writes a key of a mapping: its value's characters, or one pair more. */
function setPair(
  text: string,
  mapping: YamlNode | undefined,
  key: string,
  value: string,
): Splice | undefined {
  if (mapping?.kind !== 'mapping') return undefined
  const pair = pairOf(mapping, key)
  if (pair === undefined) return insertPair(text, mapping, key, value)
  const present = pair.value
  if (present.kind !== 'scalar') return undefined
  const insert = present.plain ? value : value.replace(/^"(.*)"$/, '$1')
  return { at: present.valueStart, remove: present.valueEnd - present.valueStart, insert }
}

export function pairOf(mapping: MappingNode, key: string): Pair | undefined {
  return mapping.pairs.find((pair) => pair.key.kind === 'scalar' && pair.key.value === key)
}

function insertPair(
  text: string,
  mapping: MappingNode,
  key: string,
  value: string,
): Splice | undefined {
  const last = mapping.pairs.at(-1)
  if (last === undefined || last.key.kind !== 'scalar') return undefined
  if (!mapping.flow) {
    const indent = ' '.repeat(column(text, mapping.start))
    return insertion(lineEnd(text, last.value.end), `${lineBreak(text)}${indent}${key}: ${value}`)
  }
  const written = last.key.plain ? key : `"${key}"`
  const colon = /^\s*:\s*$/.exec(text.slice(last.key.end, last.value.start))?.[0] ?? ': '
  const pair = `${written}${/[\r\n]/.test(colon) ? ': ' : colon}${value}`
  const blank = /\s/.test(colon) ? ' ' : ''
  return insertion(last.value.end, `,${separator(text, mapping, last.key, blank)}${pair}`)
}

/** What stands between two parts of a flow collection: a new line where its bracket has one of its own. */
function separator(text: string, whole: YamlNode, last: YamlNode, blank: string): string {
  const lineStart = last.start - column(text, last.start)
  const indent = text.slice(lineStart, last.start)
  const ownLine = indent.trim() === '' && lineEnd(text, last.start) < whole.end
  return ownLine ? `${lineBreak(text)}${indent}` : blank
}

function addedRoute(
  text: string,
  list: SequenceNode,
  before: readonly JsonObject[],
  added: JsonObject,
): Splice | undefined {
  const model = list.items[before.findIndex((route) => sameJson(bare(route), bare(added)))]
  const last = list.items.at(-1)
  if (model === undefined || last === undefined) return undefined
  const from = list.flow ? model.start : dashBefore(text, model.start)
  const to = list.flow ? model.end : lineEnd(text, model.end)
  const copy = from === undefined ? undefined : copyOf(text, model, from, to, added)
  if (from === undefined || copy === undefined) return undefined
  if (list.flow) return insertion(last.end, `,${separator(text, list, last, ' ')}${copy}`)
  const indent = ' '.repeat(column(text, from))
  return insertion(lineEnd(text, last.end), `${lineBreak(text)}${indent}${copy}`)
}

/** A route without what sets the added one apart from its model. */
function bare({ weight: _, ...route }: JsonObject): JsonObject {
  if (!isObject(route.destination)) return route
  const { subset: __, ...destination } = route.destination
  return { ...route, destination }
}

function dashBefore(text: string, start: number): number | undefined {
  const dash = text.slice(0, start).trimEnd().length - 1
  return text[dash] === '-' ? dash : undefined
}

/** The model's text from `from` to `to`, with another subset and weight, and without its comments. */
function copyOf(
  text: string,
  model: YamlNode,
  from: number,
  to: number,
  added: JsonObject,
): string | undefined {
  if (model.kind !== 'mapping' || !isObject(added.destination)) return undefined
  const { subset } = added.destination
  const subsetSplice = setPair(
    text,
    pairOf(model, 'destination')?.value,
    'subset',
    typeof subset === 'string' ? yamlText(subset, isJsonLike(model)) : '',
  )
  const weightSplice = setPair(text, model, 'weight', String(added.weight))
  if (subsetSplice === undefined || weightSplice === undefined) return undefined
  const changes = [subsetSplice, weightSplice, ...commentRemovals(text, model, from, to)]
  return spliced(
    text.slice(from, to),
    changes.map((change) => ({ ...change, at: change.at - from })),
  )
}

function isJsonLike(mapping: MappingNode): boolean {
  return mapping.flow && mapping.pairs.some(({ key }) => key.kind === 'scalar' && !key.plain)
}

/** What begins like a number, or is a truth value of YAML 1.1, which kubectl and controllers read. */
const OF_YAML_1_1 = /^(\d|(y|yes|n|no|on|off)$)/

/** A name as a scalar: quoted where it would be read as something else, a number say. */
function yamlText(name: string, quotes: boolean): string {
  return quotes || OF_YAML_1_1.test(name) || typeof load(name) !== 'string' ? `"${name}"` : name
}

function commentRemovals(text: string, node: YamlNode, from: number, to: number): Splice[] {
  const ends = scalarsOf(node).flatMap(({ start, end }) => [start, end])
  const edges = [from, ...ends, to]
  const removals: Splice[] = []
  for (let index = 0; index < edges.length; index += 2) {
    const start = edges[index] ?? to
    const gap = text.slice(start, edges[index + 1])
    for (const match of gap.matchAll(/(?:\r?\n[ \t]*|[ \t]+)#[^\r\n]*/g))
      removals.push({ at: start + match.index, remove: match[0].length, insert: '' })
  }
  return removals
}

function scalarsOf(node: YamlNode): YamlNode[] {
  if (node.kind === 'mapping')
    return node.pairs.flatMap(({ key, value }) => [...scalarsOf(key), ...scalarsOf(value)])
  return node.kind === 'sequence' ? node.items.flatMap(scalarsOf) : [node]
}

function insertion(at: number, insert: string): Splice {
  return { at, remove: 0, insert }
}

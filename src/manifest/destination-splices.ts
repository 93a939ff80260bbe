import { type JsonObject, sameJson } from '../kube/json.ts'
import type { RuleFormat } from '../routes/rule-format.ts'
import { keyText, writtenLike } from './quoting-style.ts'
import { column, insertion, lineBreakAt, lineEnd, type Splice } from './splice.ts'
import { flowStyle, isOnOwnLine } from './yaml/flow-style.ts'
import { type MappingNode, pairOf, type SequenceNode, type YamlNode } from './yaml/yaml-node.ts'

/** A list of destinations before and after an edit. */
type Lists = { before: readonly JsonObject[]; after: readonly JsonObject[] }

/**
 * The splices that turn a list of destinations as it is written into the list `after`: the digits of a weight, a line
 * for a weight that was missing, and for an added destination an item in the style of the others.
 *
 * @param lists `before` in the order of the list's items; `after` is the same with other weights, and may have one more at the end
 * @returns undefined where the layout allows no edit in place
 */
export function destinationSplices(
  text: string,
  list: SequenceNode,
  { before, after }: Lists,
  format: RuleFormat,
): Splice[] | undefined {
  const splices: Splice[] = []
  for (const [index, item] of after.entries()) {
    const old = before[index]
    if (old !== undefined && sameJson(old, item)) continue
    const made =
      old === undefined
        ? addedItem(text, list, modelFor(list, before, item, format), item)
        : setWeight(text, list.items[index], format.weight, Number(item[format.weight]))
    if (made === undefined) return undefined
    splices.push(...made)
  }
  return splices
}

/** Replaces the digits of a weight, or adds the pair. */
export function setWeight(
  text: string,
  item: YamlNode | undefined,
  field: string,
  weight: number,
): Splice[] | undefined {
  if (item?.kind !== 'mapping') return undefined
  const present = pairOf(item, field)?.value
  if (present === undefined) return addedPair(text, item, field, String(weight))
  if (present.kind === 'scalar') return [replacement(present.valueStart, present.valueEnd, weight)]
  return present.kind === 'alias' ? [replacement(present.start, present.end, weight)] : undefined
}

function replacement(from: number, to: number, weight: number): Splice {
  return { at: from, remove: to - from, insert: String(weight) }
}

function addedPair(
  text: string,
  item: MappingNode,
  field: string,
  weight: string,
): Splice[] | undefined {
  const last = item.pairs.at(-1)
  if (last === undefined || last.key.kind !== 'scalar') return undefined
  const { end } = last.value
  const lineBreak = lineBreakAt(text, end)
  const key = keyText(field, item)
  if (item.flow)
    return behindLast(text, item, `${key}${flowStyle(text, item, lineBreak).colon}${weight}`)
  const indent = ' '.repeat(column(text, item.start))
  return [insertion(lineEnd(text, end), `${lineBreak}${indent}${key}: ${weight}`)]
}

function addedItem(
  text: string,
  list: SequenceNode,
  model: YamlNode | undefined,
  added: JsonObject,
): Splice[] | undefined {
  const last = list.items.at(-1)
  if (last === undefined) return undefined
  const lineBreak = lineBreakAt(text, last.end)
  if (list.flow) {
    const start = model === undefined ? 0 : column(text, model.start)
    return behindLast(text, list, writtenLike(added, model, { text, column: start, lineBreak }))
  }
  const dash = column(text, list.start)
  const isBlock = model?.kind === 'mapping' && !model.flow
  const content = isBlock ? Math.max(dash + 2, column(text, model.start)) : dash + 2
  const item = writtenLike(added, model, { text, column: content, lineBreak })
  const lead = `${' '.repeat(dash)}-${' '.repeat(content - dash - 1)}`
  return [insertion(lineEnd(text, last.end), `${lineBreak}${lead}${item}`)]
}

/** The item whose style an added destination takes: one with the same host, else the first mapping. */
function modelFor(
  list: SequenceNode,
  before: readonly JsonObject[],
  added: JsonObject,
  { parse }: RuleFormat,
): YamlNode | undefined {
  const { host } = parse(added)
  const mappings = list.items.filter(({ kind }) => kind === 'mapping')
  return (
    mappings.find((item) => {
      const present = before[list.items.indexOf(item)]
      return present !== undefined && parse(present).host === host
    }) ?? mappings[0]
  )
}

/** Adds a part at the end of a collection in brackets: in the same line, or in a line of its own behind the last part. */
function behindLast(
  text: string,
  node: MappingNode | SequenceNode,
  part: string,
): Splice[] | undefined {
  const last = node.kind === 'mapping' ? node.pairs.at(-1)?.value : node.items.at(-1)
  const lastStart = node.kind === 'mapping' ? node.pairs.at(-1)?.key.start : last?.start
  if (last === undefined || lastStart === undefined) return undefined
  const { comma } = flowStyle(text, node, lineBreakAt(text, last.end))
  const end = lineEnd(text, last.end)
  const rest = text.slice(last.end, Math.min(end, node.end - 1))
  const hasComma = /^\s*,/.test(text.slice(last.end, node.end - 1))
  if (!isOnOwnLine(text, lastStart) || end >= node.end || !/^\s*,?\s*(#|$)/.test(rest))
    return [insertion(last.end, `${comma}${part}`)]
  const line = insertion(end, `${comma.slice(1)}${part}`)
  return hasComma ? [line] : [insertion(last.end, ','), line]
}

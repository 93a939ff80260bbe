import { isObject, type Json, type JsonObject } from '../kube/json.ts'
import { column } from './splice.ts'
import { flowStyle } from './yaml/flow-style.ts'
import { type MappingNode, pairOf, type YamlNode } from './yaml/yaml-node.ts'

/** Where a value is written: the text that has its models, its column, and its line ends. */
export type Place = { text: string; column: number; lineBreak: string }

/** Indentation where the model has none to copy. */
const STEP = 2

/**
 * A value as YAML text, in the layout, key order and quotes of a model: another node of the file, which may have other
 * keys and values. Comments are not copied.
 */
export function writtenLike(value: Json, model: YamlNode | undefined, place: Place): string {
  if (!isObject(value)) return scalarText(value, model, isQuotedThroughout(model))
  const like = model?.kind === 'mapping' ? model : undefined
  return like?.flow ? flowMapping(value, like, place) : blockMapping(value, like, place)
}

function blockMapping(value: JsonObject, model: MappingNode | undefined, place: Place): string {
  const pairs = keysLike(value, model).map((key) => {
    const child = value[key] ?? null
    const childModel = model && pairOf(model, key)?.value
    const name = keyText(key, model)
    if (!isObject(child)) return `${name}: ${scalarText(child, childModel, false)}`
    if (childModel?.kind === 'mapping' && childModel.flow)
      return `${name}: ${flowMapping(child, childModel, place)}`
    const inner = { ...place, column: place.column + stepOf(place.text, model, childModel) }
    return `${name}:${newLine(inner)}${writtenLike(child, childModel, inner)}`
  })
  return pairs.join(newLine(place))
}

function newLine({ lineBreak, column: indent }: Place): string {
  return `${lineBreak}${' '.repeat(indent)}`
}

function stepOf(text: string, outer: YamlNode | undefined, inner: YamlNode | undefined): number {
  if (outer === undefined || inner?.kind !== 'mapping') return STEP
  return Math.max(1, column(text, inner.start) - column(text, outer.start))
}

function flowMapping(value: JsonObject, model: MappingNode, place: Place): string {
  const { open, colon, comma, close } = flowStyle(place.text, model, place.lineBreak)
  const quotes = isQuotedThroughout(model)
  const pairs = keysLike(value, model).map((key) => {
    const child = value[key] ?? null
    const childModel = pairOf(model, key)?.value
    const written = !isObject(child)
      ? scalarText(child, childModel, quotes)
      : childModel?.kind === 'mapping' && childModel.flow
        ? flowMapping(child, childModel, place)
        : inOneLine(child, quotes, { colon, comma })
    return `${keyText(key, model)}${colon}${written}`
  })
  return `{${open}${pairs.join(comma)}${close}}`
}

/** A mapping that has no model: `{number: 9000}`. */
function inOneLine(
  value: JsonObject,
  quotes: boolean,
  { colon, comma }: { colon: string; comma: string },
): string {
  const pairs = Object.entries(value).map(([key, child]) => {
    const name = quotes ? JSON.stringify(key) : plainOrQuoted(key)
    const written = isObject(child)
      ? inOneLine(child, quotes, { colon, comma })
      : scalarText(child, undefined, quotes)
    return `${name}${colon}${written}`
  })
  return `{${pairs.join(/[\r\n]/.test(comma) ? ', ' : comma)}}`
}

/** The model's keys in its order, then the others. */
function keysLike(value: JsonObject, model: MappingNode | undefined): string[] {
  const known = (model?.pairs ?? []).flatMap(({ key }) => (key.kind === 'scalar' ? key.value : []))
  const keys = Object.keys(value)
  return [...new Set([...known.filter((key) => keys.includes(key)), ...keys])]
}

export function keyText(key: string, mapping: MappingNode | undefined): string {
  const last = mapping?.pairs.at(-1)?.key
  return last?.kind === 'scalar' && last.style === 'double' ? JSON.stringify(key) : key
}

/** Whether its keys are in double quotes, as in JSON. */
function isQuotedThroughout(node: YamlNode | undefined): boolean {
  const first = node?.kind === 'mapping' ? node.pairs[0]?.key : undefined
  return first?.kind === 'scalar' && first.style === 'double'
}

function scalarText(value: Json, model: YamlNode | undefined, quotes: boolean): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  const style = model?.kind === 'scalar' ? model.style : 'plain'
  if (quotes || style === 'double') return JSON.stringify(value)
  return style === 'single' ? `'${value.replaceAll("'", "''")}'` : plainOrQuoted(value)
}

/** Truth values and nulls of YAML 1.1, which kubectl and controllers read, and of 1.2. */
const WORD = /^(y|yes|n|no|on|off|true|false|null)$/i

/** A text as a scalar, quoted where it could be read as something else, such as a number. */
function plainOrQuoted(text: string): string {
  return /^[A-Za-z_][-A-Za-z0-9_./]*$/.test(text) && !WORD.test(text) ? text : JSON.stringify(text)
}

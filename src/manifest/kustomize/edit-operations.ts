import { destinationsPath, type Rule } from '../../routes/rule.ts'
import { itemsOf, type WrittenDestinations } from '../../routes/written-destinations.ts'
import { destinationSplices, setWeight } from '../destination-splices.ts'
import type { Splice } from '../splice.ts'
import { pairOf, type YamlNode } from '../yaml/yaml-node.ts'
import type { EmbeddedText } from './embedded-text.ts'
import type { Operation } from './operations.ts'

/** What is to be changed, where it is written. `lacking`: the destinations that no operation sets, by position. */
export type PatchEdit = { splices: Splice[]; lacking: number[] }

/**
 * The splices that make the operations of a patch give a rule other weights. The last operation that sets a weight
 * counts.
 *
 * @param operations those that can be edited
 * @returns undefined where the layout allows no edit in place
 */
export function operationSplices(
  operations: readonly Operation[],
  rule: Rule,
  after: WrittenDestinations,
): PatchEdit | undefined {
  const before = itemsOf(rule.written)
  const list = destinationsPath(rule).map(String)
  const field = rule.format.weight
  const edit: PatchEdit = { splices: [], lacking: [] }
  for (const [index, item] of itemsOf(after).entries()) {
    const old = before[index]
    if (old !== undefined && old[field] === item[field]) continue
    const place = old === undefined ? list : [...list, String(index), field]
    const found = lastSetting(operations, place)
    if (found === undefined) {
      edit.lacking.push(index)
      continue
    }
    const made =
      old === undefined
        ? addition(found, rule, after)
        : weightSplices(found, field, Number(item[field]))
    if (made === undefined) return undefined
    edit.splices.push(...made.map(found.source.outer))
  }
  return edit
}

/** A node in the value of an operation. `lacksLast`: the last step of the path is missing there. */
type Found = { node: YamlNode; source: EmbeddedText; lacksLast: boolean }

/** Where the last operation that sets a value at a path has it. */
function lastSetting(operations: readonly Operation[], path: readonly string[]): Found | undefined {
  for (const { op, path: set, node, source } of [...operations].reverse()) {
    const isAbove = set.every((step, index) => step === path[index])
    if (!isAbove || node === undefined || (op !== 'add' && op !== 'replace')) continue
    const rest = path.slice(set.length)
    const exact = descend(node, rest)
    if (exact) return { node: exact, source, lacksLast: false }
    const above = descend(node, rest.slice(0, -1))
    if (above && rest.length > 0) return { node: above, source, lacksLast: true }
  }
  return undefined
}

function descend(node: YamlNode, steps: readonly string[]): YamlNode | undefined {
  let here: YamlNode | undefined = node
  for (const step of steps) {
    if (here?.kind === 'mapping') here = pairOf(here, step)?.value
    else here = here?.kind === 'sequence' ? here.items[Number(step)] : undefined
  }
  return here
}

function weightSplices({ node, source, lacksLast }: Found, field: string, weight: number) {
  if (lacksLast) return setWeight(source.text, node, field, weight)
  // A text or a number in another form is not what a cluster reads as a weight.
  if (node.kind !== 'scalar' || node.style !== 'plain' || !/^(0|[1-9]\d*)$/.test(node.value))
    return undefined
  const { valueStart, valueEnd } = node
  return [{ at: valueStart, remove: valueEnd - valueStart, insert: String(weight) }]
}

function addition(
  { node, source, lacksLast }: Found,
  { written, format }: Rule,
  after: WrittenDestinations,
) {
  if (lacksLast || node.kind !== 'sequence') return undefined
  const before = itemsOf(written)
  // Their weights are set one by one.
  const lists = { before, after: [...before, ...itemsOf(after).slice(before.length)] }
  return destinationSplices(source.text, node, lists, format)
}

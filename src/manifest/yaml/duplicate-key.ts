import type { Problem } from '../../problem/problem.ts'
import { manifestProblem } from '../manifest-problem.ts'
import { lineNumber } from '../splice.ts'
import { nodesOf, pairOf, type YamlNode } from './yaml-node.ts'

/**
 * The second of two equal keys that identify an object, or that are on the way to its rules or in them. Parsers
 * disagree on which of two equal keys counts. Elsewhere in the object this makes no difference to the edit.
 */
export function duplicateOnTheWay(
  object: YamlNode,
  ruleLists: readonly string[],
): YamlNode | undefined {
  const spec = below(object, 'spec')
  const rules = ruleLists.flatMap((list) => (spec && below(spec, list)) ?? [])
  return [object, below(object, 'metadata'), spec, ...rules.flatMap(nodesOf)].flatMap(
    (node) => (node && duplicateKey(node)) ?? [],
  )[0]
}

function below(node: YamlNode, key: string): YamlNode | undefined {
  return node.kind === 'mapping' ? pairOf(node, key)?.value : undefined
}

/** The second of two equal keys of a mapping; undefined where there is none. */
export function duplicateKey(node: YamlNode): YamlNode | undefined {
  if (node.kind !== 'mapping') return undefined
  const seen = new Set<string>()
  for (const { key } of node.pairs) {
    if (key.kind !== 'scalar' || key.value === '<<') continue
    if (seen.has(key.value)) return key
    seen.add(key.value)
  }
  return undefined
}

export function duplicateProblem(text: string, key: YamlNode): Problem {
  const name = key.kind === 'scalar' ? key.value : ''
  return manifestProblem(
    'ITS-MANIFEST-DUPLICATE-KEY',
    `Line ${lineNumber(text, key.start)} repeats the key ${name} in the same mapping.`,
    'Remove one of the two.',
  )
}

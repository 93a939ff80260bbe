import { lineNumber } from '../splice.ts'
import { nodesOf, pairOf, type YamlNode } from './yaml-tree.ts'

/**
 * The second of two equal keys where an object is identified, or on the way to its rules and in
 * them: parsers disagree on which one counts. Elsewhere it makes no difference to the edit.
 */
export function webhookDuplicate(object: YamlNode): YamlNode | undefined {
  const spec = below(object, 'spec')
  const rules = spec && below(spec, 'tcp')
  return [object, below(object, 'metadata'), spec, ...(rules ? nodesOf(rules) : [])].flatMap(
    (node) => (node && duplicateKey(node)) ?? [],
  )[0]
}

function below(node: YamlNode, key: string): YamlNode | undefined {
  return node.kind === 'mapping' ? pairOf(node, key)?.value : undefined
}

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

export function duplicateText(text: string, key: YamlNode): string {
  const name = key.kind === 'scalar' ? key.value : ''
  return `Line ${lineNumber(text, key.start)} has the key ${name} for the second time in one mapping. Remove one of the two.`
}

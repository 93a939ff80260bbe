import { at } from '../../kube/json.ts'
import type { NamespacedName } from '../../kube/names.ts'
import type { Part } from '../find-route-object.ts'
import { lineNumber } from '../splice.ts'
import { pairOf, type YamlNode } from './yaml-tree.ts'

/** Says which name of an object YAML reads as a number or a truth value; undefined: none that is meant. */
export function unquotedName(
  text: string,
  parts: readonly Part[],
  wanted: NamespacedName,
): string | undefined {
  for (const { value, node } of parts) {
    if (String(at(value, 'metadata', 'name')) !== wanted.name) continue
    for (const field of ['name', 'namespace']) {
      const found = at(value, 'metadata', field)
      if (typeof found !== 'number' && typeof found !== 'boolean') continue
      const line = lineNumber(text, placeOf(node, field).start)
      return `Line ${line}: metadata.${field} is ${found}, which YAML reads as a ${typeof found}. Put it in quotes.`
    }
  }
  return undefined
}

function placeOf(node: YamlNode, field: string): YamlNode {
  const metadata = node.kind === 'mapping' ? pairOf(node, 'metadata')?.value : undefined
  const found = metadata?.kind === 'mapping' ? pairOf(metadata, field)?.value : undefined
  return found ?? node
}

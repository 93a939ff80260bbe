import { at } from '../../kube/json.ts'
import type { NamespacedName } from '../../kube/names.ts'
import type { Problem } from '../../problem/problem.ts'
import { manifestProblem } from '../manifest-problem.ts'
import type { Part } from '../part.ts'
import { lineNumber } from '../splice.ts'
import { pairOf, type YamlNode } from './yaml-node.ts'

/** The problem of a name of the wanted object that YAML reads as a number or a boolean; undefined where there is none. */
export function unquotedName(
  text: string,
  parts: readonly Part[],
  wanted: NamespacedName,
): Problem | undefined {
  for (const { value, node } of parts) {
    if (String(at(value, 'metadata', 'name')) !== wanted.name) continue
    for (const field of ['name', 'namespace']) {
      const found = at(value, 'metadata', field)
      if (typeof found !== 'number' && typeof found !== 'boolean') continue
      const line = lineNumber(text, placeOf(node, field).start)
      return manifestProblem(
        'ITS-MANIFEST-NAME-UNQUOTED',
        `Line ${line}: metadata.${field} is ${found}, which YAML reads as a ${typeof found}.`,
        'Put it in quotes.',
      )
    }
  }
  return undefined
}

function placeOf(node: YamlNode, field: string): YamlNode {
  const metadata = node.kind === 'mapping' ? pairOf(node, 'metadata')?.value : undefined
  const found = metadata?.kind === 'mapping' ? pairOf(metadata, field)?.value : undefined
  return found ?? node
}

import type { Json } from '../../kube/json.ts'

/**
 * A node of a YAML text with its place there: offsets in UTF-16 units, `end` exclusive and behind
 * a closing quote or bracket. An anchor and a tag are before `start`.
 */
export type YamlNode = ScalarNode | MappingNode | SequenceNode | AliasNode

type Placed = {
  start: number
  end: number
  /** The name of its anchor, or of the one that an alias refers to. */
  anchor: string | undefined
}

export type ScalarNode = Placed & {
  kind: 'scalar'
  value: string
  /** Without the quotes around it. */
  valueStart: number
  valueEnd: number
  style: 'plain' | 'single' | 'double' | 'block'
}
export type MappingNode = Placed & { kind: 'mapping'; flow: boolean; pairs: readonly Pair[] }
export type SequenceNode = Placed & { kind: 'sequence'; flow: boolean; items: readonly YamlNode[] }
export type AliasNode = Placed & { kind: 'alias' }
export type Pair = { key: YamlNode; value: YamlNode }

/** One document of a YAML text: where its parts are, and its value. */
export type YamlDocument = {
  node: YamlNode | undefined
  /** undefined where JSON cannot hold the value, as with a mapping for a key. */
  value: Json | undefined
  /** Why there is no value; empty where there is one. */
  problem: string
}

/** The pair of this key. Of several the last counts, as it does for js-yaml's values. */
export function pairOf(mapping: MappingNode, key: string): Pair | undefined {
  return mapping.pairs.findLast((pair) => pair.key.kind === 'scalar' && pair.key.value === key)
}

/** A node and all that is in it. */
export function nodesOf(node: YamlNode): YamlNode[] {
  if (node.kind === 'mapping')
    return [node, ...node.pairs.flatMap(({ key, value }) => [...nodesOf(key), ...nodesOf(value)])]
  return node.kind === 'sequence' ? [node, ...node.items.flatMap(nodesOf)] : [node]
}

import { lineNumber } from '../splice.ts'
import { nodesOf, type YamlNode } from './yaml-tree.ts'

/** Which nodes of a document are written once and used several times. */
export type Shared = {
  /** Whether an alias refers to the node, so that an edit of it reaches further. */
  isUsed: (node: YamlNode) => boolean
  /** The node that an alias stands for; any other node itself. */
  target: (node: YamlNode) => YamlNode | undefined
  /** The aliases of an anchored node. */
  uses: (node: YamlNode) => readonly YamlNode[]
}

/** Reads the anchors and aliases of a document. An anchor that no alias uses is only a name. */
export function sharedNodes(document: YamlNode): Shared {
  const anchored = new Map<string, YamlNode>()
  const targets = new Map<YamlNode, YamlNode>()
  const uses = new Map<YamlNode, YamlNode[]>()
  for (const node of nodesOf(document)) {
    if (node.anchor === undefined) continue
    if (node.kind !== 'alias') anchored.set(node.anchor, node)
    const target = node.kind === 'alias' ? anchored.get(node.anchor) : undefined
    if (target === undefined) continue
    targets.set(node, target)
    uses.set(target, [...(uses.get(target) ?? []), node])
  }
  return {
    isUsed: (node) => uses.has(node),
    target: (node) => (node.kind === 'alias' ? targets.get(node) : node),
    uses: (node) => uses.get(node) ?? [],
  }
}

/** Why a node cannot be edited that other parts of the document share. */
export function sharedText(text: string, node: YamlNode, shared: Shared): string {
  const line = lineNumber(text, node.start)
  if (node.kind === 'alias') {
    const target = shared.target(node)
    const from = target ? ` of what is written in line ${lineNumber(text, target.start)}` : ''
    return `Line ${line} has the alias *${node.anchor}${from}, so the weights cannot be edited there. Write the destinations out where the alias is.`
  }
  const [use] = shared.uses(node)
  const used = use ? `, which line ${lineNumber(text, use.start)} uses too` : ''
  return `Line ${line} has the anchor &${node.anchor}${used}: an edit there would change both. Write the destinations out where the alias is.`
}

import type { Problem } from '../../problem/problem.ts'
import { manifestProblem } from '../manifest-problem.ts'
import { lineNumber } from '../splice.ts'
import { nodesOf, type YamlNode } from './yaml-node.ts'

/** Which nodes of a document are written once and used several times. */
export type Shared = {
  /** Whether an alias refers to the node, so that an edit of it would change other places too. */
  isUsed: (node: YamlNode) => boolean
  /** The node that an alias refers to; any other node itself. */
  target: (node: YamlNode) => YamlNode | undefined
  /** The aliases of an anchored node. */
  uses: (node: YamlNode) => readonly YamlNode[]
}

/** Reads the anchors and aliases of a document. An anchor without an alias is only a name. */
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

/** The problem of a node that other parts of the document share. */
export function sharedProblem(text: string, node: YamlNode, shared: Shared): Problem {
  const line = lineNumber(text, node.start)
  const code = 'ITS-MANIFEST-SHARED-NODE'
  const remedy = 'Write out the destinations in place of the alias.'
  if (node.kind === 'alias') {
    const target = shared.target(node)
    const from = target ? ` of the anchor on line ${lineNumber(text, target.start)}` : ''
    const what = `Line ${line} has the alias *${node.anchor}${from}, so the weights cannot be edited there.`
    return manifestProblem(code, what, remedy)
  }
  const [use] = shared.uses(node)
  const used = use ? `, which line ${lineNumber(text, use.start)} uses too` : ''
  const what = `Line ${line} has the anchor &${node.anchor}${used}, so an edit there would change both.`
  return manifestProblem(code, what, remedy)
}

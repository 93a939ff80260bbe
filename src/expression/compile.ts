import parser, { type Anchor, type Quantifier, type RootNode } from 'regjsparser'
import { DOT, ofClass, ofEscape, type Ranges, unitsOf } from './characters.ts'

export type Assertion = Anchor['kind']

/** A step of an automaton that tries all ways at once. `next` and `other` are indexes of instructions. */
export type Instruction =
  | { kind: 'characters'; set: Ranges; next: number }
  | { kind: 'either'; next: number; other: number }
  | { kind: 'assertion'; what: Assertion; next: number }
  | { kind: 'match' }

export type Program = { instructions: readonly Instruction[]; start: number }

export type Compiled =
  | { ok: true; program: Program }
  /** Sentences such as `it has a lookahead, (?!x). Say what the reply does contain.` */
  | { ok: false; why: string }

/** A long list of names fits; the tables of an automaton for it stay small. */
const MOST_INSTRUCTIONS = 10_000
const LONGEST_SOURCE = 10_000

const FEATURES = { lookbehind: true, namedGroups: true, modifiers: true } as const
type Node = RootNode<typeof FEATURES>

/** What no engine can match in linear time, or what this one leaves out: how to do without. */
const DO_WITHOUT = {
  lookaround: 'Describe what the reply contains, not what is beside it or missing from it',
  reference: 'Write out the texts that may repeat, such as (aa|bb) for ([ab])\\1',
  modifiers: 'Write both cases, such as [Oo]ne for (?i:one)',
} as const

const BEHAVIORS: Readonly<Record<string, string>> = {
  lookahead: 'a lookahead',
  negativeLookahead: 'a negative lookahead',
  lookbehind: 'a lookbehind',
  negativeLookbehind: 'a negative lookbehind',
}

class TooLarge extends Error {}

/**
 * Compiles a regular expression in JavaScript's syntax, without flags, for an engine whose time is
 * linear in the length of the text. The expression must be one that JavaScript accepts.
 */
export function compile(source: string): Compiled {
  if (source.length > LONGEST_SOURCE)
    return { ok: false, why: 'it is longer than 10,000 characters. Match less of the reply' }
  try {
    const tree: Node = parser.parse(source, '', FEATURES)
    const left = unsupportedIn(tree)
    if (left.length > 0) return { ok: false, why: left.join('. ') }
    return { ok: true, program: programOf(tree) }
  } catch (error) {
    if (error instanceof TooLarge)
      return {
        ok: false,
        why: 'it is too large with all its counted repetitions. Write + or * instead of counts such as {1000}',
      }
    if (error instanceof RangeError) return { ok: false, why: 'its groups are nested too deeply' }
    return {
      ok: false,
      why: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error),
    }
  }
}

/** A sentence for each construct that cannot be matched in linear time. */
function unsupportedIn(node: Node): string[] {
  switch (node.type) {
    case 'reference':
      return [`it has a backreference, ${node.raw}. ${DO_WITHOUT.reference}`]
    case 'group': {
      const inner = node.body.flatMap(unsupportedIn)
      const name = BEHAVIORS[node.behavior]
      if (name !== undefined)
        return [`it has ${name}, ${node.raw}. ${DO_WITHOUT.lookaround}`, ...inner]
      if ('modifierFlags' in node && node.modifierFlags !== undefined)
        return [`it has modifiers, ${node.raw}. ${DO_WITHOUT.modifiers}`, ...inner]
      return inner
    }
    case 'alternative':
    case 'disjunction':
    case 'quantifier':
      return node.body.flatMap((part: Node) => unsupportedIn(part))
    default:
      return []
  }
}

/** Each function below returns the index at which what it made begins; `next` is what follows it. */
function programOf(tree: Node): Program {
  const instructions: Instruction[] = []

  function add(instruction: Instruction): number {
    if (instructions.length === MOST_INSTRUCTIONS) throw new TooLarge()
    return instructions.push(instruction) - 1
  }

  function sequence(nodes: readonly Node[], next: number): number {
    return nodes.reduceRight((after, node) => of(node, after), next)
  }

  function of(node: Node, next: number): number {
    switch (node.type) {
      case 'value':
        return unitsOf(node).reduceRight(
          (after, unit) => add({ kind: 'characters', set: [[unit, unit]], next: after }),
          next,
        )
      case 'dot':
        return add({ kind: 'characters', set: DOT, next })
      case 'characterClass':
        return add({ kind: 'characters', set: ofClass(node), next })
      case 'characterClassEscape':
        return add({ kind: 'characters', set: ofEscape(node), next })
      case 'anchor':
        return add({ kind: 'assertion', what: node.kind, next })
      case 'alternative':
      case 'group':
        return sequence(node.body, next)
      case 'disjunction':
        return node.body
          .map((part: Node) => of(part, next))
          .reduceRight((other: number, start: number) =>
            add({ kind: 'either', next: start, other }),
          )
      case 'quantifier':
        return repeated(node, next)
      default:
        throw new Error(`${node.raw} is not supported`)
    }
  }

  function repeated({ body, min, max }: Quantifier<typeof FEATURES>, next: number): number {
    const [node] = body
    let start = next
    let copies = min
    if (max === undefined) {
      const loop = add({ kind: 'either', next, other: next })
      const first = of(node, loop)
      instructions[loop] = { kind: 'either', next: first, other: next }
      start = copies > 0 ? first : loop
      copies -= 1
    } else {
      for (let copy = min; copy < max; copy += 1) {
        const before = start
        const first = of(node, before)
        // What matches nothing but the empty text is the same however often it is repeated.
        if (first === before) break
        start = add({ kind: 'either', next: first, other: next })
      }
    }
    for (; copies > 0; copies -= 1) {
      const before = start
      start = of(node, before)
      if (start === before) break
    }
    return start
  }

  const match = add({ kind: 'match' })
  return { start: of(tree, match), instructions }
}

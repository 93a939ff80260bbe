import type { Ranges } from './characters.ts'
import { type Assertion, type Node, parse, type Unsupported } from './parse.ts'

/** A step of an automaton that attempts all ways at once. `next` and `other` are indexes of instructions. */
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

/** How to do without. */
const DO_WITHOUT: Readonly<Record<Unsupported, string>> = {
  lookahead: 'Describe what the reply contains, not what is beside it',
  'negative lookahead': 'Describe what the reply contains, not what is missing from it',
  lookbehind: 'Describe what the reply contains, not what is beside it',
  'negative lookbehind': 'Describe what the reply contains, not what is missing from it',
  backreference: 'Write out the texts that may repeat, such as (aa|bb) for ([ab])\\1',
  modifiers: 'Write both cases, such as [Oo]ne for (?i:one)',
}

type Repeat = Extract<Node, { kind: 'repeat' }>

class TooLarge extends Error {}

/**
 * Compiles a regular expression in JavaScript's syntax, without margin tests, for an engine whose time is
 * linear in the length of the text. The expression must be one that JavaScript accepts.
 *
 * @param ignoreCase whether letters of ASCII stand for their other case too
 */
export function compile(source: string, ignoreCase = false): Compiled {
  if (source.length > LONGEST_SOURCE)
    return { ok: false, why: 'it is longer than 10,000 characters. Match less of the reply' }
  try {
    const tree = parse(source, ignoreCase)
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

/** A sentence for each construct that is not supported. */
function unsupportedIn(node: Node): string[] {
  switch (node.kind) {
    case 'unsupported': {
      const article = node.construct === 'modifiers' ? '' : 'a '
      return [`it has ${article}${node.construct}, ${node.raw}. ${DO_WITHOUT[node.construct]}`]
    }
    case 'sequence':
      return node.parts.flatMap(unsupportedIn)
    case 'either':
      return node.ways.flatMap(unsupportedIn)
    case 'repeat':
      return unsupportedIn(node.part)
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

  function of(node: Node, next: number): number {
    switch (node.kind) {
      case 'unit':
        return add({ kind: 'characters', set: node.set, next })
      case 'assertion':
        return add({ kind: 'assertion', what: node.what, next })
      case 'sequence':
        return node.parts.reduceRight((after, part) => of(part, after), next)
      case 'either':
        return node.ways
          .map((way) => of(way, next))
          .reduceRight((other, start) => add({ kind: 'either', next: start, other }))
      case 'repeat':
        return repeated(node, next)
      case 'unsupported':
        throw new Error(`${node.raw} is not supported`)
    }
  }

  function repeated({ part, least, most }: Repeat, next: number): number {
    let start = next
    let copies = least
    if (most === Number.POSITIVE_INFINITY) {
      const loop = add({ kind: 'either', next, other: next })
      const first = of(part, loop)
      instructions[loop] = { kind: 'either', next: first, other: next }
      start = copies > 0 ? first : loop
      copies -= 1
    } else {
      for (let copy = least; copy < most; copy += 1) {
        const before = start
        const first = of(part, before)
        // What matches nothing but the empty text is the same however often it is repeated.
        if (first === before) break
        start = add({ kind: 'either', next: first, other: next })
      }
    }
    for (; copies > 0; copies -= 1) {
      const before = start
      start = of(part, before)
      if (start === before) break
    }
    return start
  }

  const match = add({ kind: 'match' })
  return { start: of(tree, match), instructions }
}

import {
  type Automaton,
  type Effort,
  type State,
  startAutomaton,
} from '../../expression/automaton.ts'
import { compile } from '../../expression/compile.ts'

/** A destination's replies. The pattern runs on src/evidence/expression, because JavaScript's engine may need years for one reply. */
export type Expectation = { destination: string; pattern: { readonly source: string } }

/** Finds which expectations a reply matches, by their indexes. Undefined: that takes too much work. */
export type MatchReply = {
  whole(text: string): number[] | undefined
  /** For a reply that is still growing. */
  start(): GrowingReply
}

export type GrowingReply = {
  /** Takes what arrived since. Returns the indexes that match if the reply ends here. */
  add(text: string): number[] | undefined
}

/**
 * The work that all expressions of a run may cost together, in addition to one table lookup for each character of a
 * reply. An ordinary expression takes some hundred steps in a whole run. A server may send replies that are crafted to
 * cost more. Steps take some 50 ns each, so they delay the handling of a signal by about half a second in all.
 */
const MOST_STEPS = 10_000_000

/**
 * Matches replies in linear time. JavaScript's own engine backtracks, so one reply can keep it busy for years. No reply
 * and no expression reaches it.
 */
export function startMatching(expect: readonly Expectation[], mostSteps = MOST_STEPS): MatchReply {
  const effort: Effort = { left: mostSteps }
  const automata = expect.map(({ pattern }) => automatonOf(pattern.source, effort))
  return {
    whole: (text) => startGrowing(automata).add(text),
    start: () => startGrowing(automata),
  }
}

function automatonOf(source: string, effort: Effort): Automaton {
  const compiled = compile(source)
  // Expressions of the input `expect` were compiled when it was read.
  if (!compiled.ok) throw new Error(`/${source}/: ${compiled.why}`)
  return startAutomaton(compiled.program, effort)
}

function startGrowing(automata: readonly Automaton[]): GrowingReply {
  const states: State[] = automata.map(({ first }) => first)
  let isGivenUp = false
  return {
    add(text) {
      if (isGivenUp) return undefined
      const indexes: number[] = []
      for (const [index, automaton] of automata.entries()) {
        const state = automaton.advance(states[index] ?? automaton.first, text)
        const matches = state && automaton.matches(state)
        if (state === undefined || matches === undefined) {
          isGivenUp = true
          return undefined
        }
        states[index] = state
        if (matches) indexes.push(index)
      }
      return indexes
    },
  }
}

import {
  type Automaton,
  type Effort,
  type State,
  startAutomaton,
} from '../../expression/automaton.ts'
import { compile } from '../../expression/compile.ts'
import type { ReplyHead } from './connection-outcome.ts'
import { type Expectation, hasStatus } from './expectation.ts'

/** Finds which expectations a reply meets, by their indexes. Undefined: that takes too much work. */
export type MatchReply = {
  whole(text: string, head?: ReplyHead): number[] | undefined
  /** For a reply that is still growing, which has no head. */
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
  const bodies = expect.map(({ pattern }) => pattern && automatonOf(pattern.source, effort))
  const heads = expect.map((one) => headMatcher(one, effort))
  return {
    whole(text, head) {
      const fitting = startGrowing(bodies).add(text)
      if (fitting === undefined) return undefined
      const indexes: number[] = []
      for (const index of fitting) {
        const matches = heads[index]?.(head)
        if (matches === undefined) return undefined
        if (matches) indexes.push(index)
      }
      return indexes
    },
    start: () => startGrowing(bodies),
  }
}

function automatonOf(source: string, effort: Effort): Automaton {
  const compiled = compile(source)
  // Expressions of the input `expect` were compiled when it was read.
  if (!compiled.ok) throw new Error(`/${source}/: ${compiled.why}`)
  return startAutomaton(compiled.program, effort)
}

/** Whether a head meets the conditions on status and headers. Undefined: that takes too much work. */
function headMatcher(
  { status, headers = [] }: Expectation,
  effort: Effort,
): (head: ReplyHead | undefined) => boolean | undefined {
  const named = headers.map(({ name, pattern }) => ({
    name,
    automaton: automatonOf(pattern.source, effort),
  }))
  return (head) => {
    if (head === undefined) return status === undefined && named.length === 0
    if (status !== undefined && !hasStatus(head, status)) return false
    for (const { name, automaton } of named) {
      const value = head.headers[name]
      if (value === undefined) return false
      const matches = matchesWhole(automaton, value)
      if (!matches) return matches
    }
    return true
  }
}

function matchesWhole(automaton: Automaton, text: string): boolean | undefined {
  const state = automaton.advance(automaton.first, text)
  return state && automaton.matches(state)
}

/** A destination without an expression for the body takes any. */
function startGrowing(automata: readonly (Automaton | undefined)[]): GrowingReply {
  const states: (State | undefined)[] = automata.map((automaton) => automaton?.first)
  let isGivenUp = false
  return {
    add(text) {
      if (isGivenUp) return undefined
      const indexes: number[] = []
      for (const [index, automaton] of automata.entries()) {
        if (automaton === undefined) {
          indexes.push(index)
          continue
        }
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

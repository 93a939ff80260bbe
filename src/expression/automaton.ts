import { startNumbering, WORD_CHARACTERS } from './characters.ts'
import type { Instruction, Program } from './compile.ts'
import type { Assertion } from './parse.ts'

/** Where an automaton is in a text: the instructions that may come next. */
export type State = {
  readonly waiting: Int32Array
  readonly isFirst: boolean
  readonly afterWord: boolean
  /** By the number of the next character; undefined where it was not worked out yet. */
  readonly next: (State | undefined)[]
  /** Whether the expression matches if the text ends here; undefined where it was not worked out yet. */
  endMatches: boolean | undefined
  /** Nothing that follows changes the result. */
  readonly isFinal: boolean
}

/** Steps that may still be taken to work out states. Shared by all expressions of a run. */
export type Effort = { left: number }

/** Finds whether an expression matches somewhere in a text. Every function returns undefined once the effort is spent. */
export type Automaton = {
  readonly first: State
  /** The state behind more of the text. */
  advance(state: State, text: string): State | undefined
  /** Whether the expression matches if the text ends in this state. */
  matches(state: State): boolean | undefined
}

/** States that are kept. What lies beyond them is worked out each time. */
const MOST_STATES = 5000
/** What a transition costs beside its steps, in steps. */
const TRANSITION_COST = 50

/**
 * A deterministic automaton whose states are worked out when a text first needs them. A known
 * transition is one look into a table, so a text costs time that is linear in its length. The work for
 * unknown ones is limited by `effort`, however texts and expressions are chosen.
 * Source: the algorithm of RE2 (Russ Cox, Regular Expression Matching in the Wild).
 */
export function startAutomaton({ instructions, start }: Program, effort: Effort): Automaton {
  const sets = instructions.flatMap((each) => (each.kind === 'characters' ? [each.set] : []))
  const looksAtWords = instructions.some(
    (each) => each.kind === 'assertion' && /boundary/.test(each.what),
  )
  const numbering = startNumbering(looksAtWords ? [...sets, WORD_CHARACTERS] : sets)
  const { numberOf } = numbering
  const isWord = numbering.testOf(WORD_CHARACTERS)
  const tests = instructions.map((each) =>
    each.kind === 'characters' ? numbering.testOf(each.set) : undefined,
  )
  const known = new Map<string, State>()
  const matched = finalState(true)
  const failed = finalState(false)
  // The turn in which an instruction was last added: nothing need be cleared between turns.
  const addedIn = new Uint32Array(instructions.length)
  let turn = 0

  /**
   * The instructions that wait for a character or for what an assertion asks, from those in `stack`;
   * undefined where the expression matches without either.
   */
  function reach(
    stack: number[],
    holds: (what: Assertion) => boolean | undefined,
  ): number[] | undefined {
    turn += 1
    const found: number[] = []
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      if (addedIn[index] === turn) continue
      addedIn[index] = turn
      effort.left -= 1
      const instruction = instructions[index] as Instruction
      if (instruction.kind === 'match') return undefined
      if (!goOn(instruction, stack, holds)) found.push(index)
    }
    return found
  }

  function stateOf(stack: number[], isFirst: boolean, afterWord: boolean): State {
    // The start of the text is never reached again; all else depends on the next character.
    const waiting = reach(stack, (what) => (what === 'start' && !isFirst ? false : undefined))
    if (waiting === undefined) return matched
    if (waiting.length === 0) return failed
    const sorted = Int32Array.from(waiting).sort()
    const key = `${isFirst ? 1 : 0}${afterWord ? 1 : 0}${sorted.join()}`
    const same = known.get(key)
    if (same !== undefined) return same
    const state: State = {
      waiting: sorted,
      isFirst,
      afterWord,
      next: [],
      endMatches: undefined,
      isFinal: false,
    }
    if (known.size < MOST_STATES) known.set(key, state)
    return state
  }

  /** What a state's assertions say when the next character is known; undefined: the text ends. */
  function asserted({ isFirst, afterWord }: State, next: number | undefined) {
    const beforeWord = next !== undefined && isWord(next)
    return (what: Assertion): boolean => {
      if (what === 'start') return isFirst
      if (what === 'end') return next === undefined
      return (afterWord !== beforeWord) === (what === 'boundary')
    }
  }

  function transition(state: State, next: number): State | undefined {
    if (effort.left <= 0) return undefined
    effort.left -= TRANSITION_COST + state.waiting.length
    const ready = reach([...state.waiting], asserted(state, next))
    if (ready === undefined) return matched
    // The expression may begin at any place.
    const stack = [start]
    for (const index of ready) {
      const instruction = instructions[index] as Instruction
      if (instruction.kind === 'characters' && tests[index]?.(next)) stack.push(instruction.next)
    }
    const following = stateOf(stack, false, looksAtWords && isWord(next))
    state.next[next] = following
    return following
  }

  return {
    first: stateOf([start], true, false),
    advance(from, text) {
      let state = from
      for (let at = 0; at < text.length && !state.isFinal; at += 1) {
        const number = numberOf[text.charCodeAt(at)] as number
        const next = state.next[number] ?? transition(state, number)
        if (next === undefined) return undefined
        state = next
      }
      return state
    },
    matches(state) {
      if (state.endMatches === undefined) {
        if (effort.left <= 0) return undefined
        state.endMatches = reach([...state.waiting], asserted(state, undefined)) === undefined
      }
      return state.endMatches
    },
  }
}

/** Adds what follows without a character; false where the instruction waits for one, or for an assertion's answer. */
function goOn(
  instruction: Instruction,
  stack: number[],
  holds: (what: Assertion) => boolean | undefined,
): boolean {
  if (instruction.kind === 'either') {
    stack.push(instruction.other, instruction.next)
    return true
  }
  const answer = instruction.kind === 'assertion' ? holds(instruction.what) : undefined
  if (answer && instruction.kind === 'assertion') stack.push(instruction.next)
  return answer !== undefined
}

function finalState(endMatches: boolean): State {
  const waiting = new Int32Array(0)
  return { waiting, isFirst: false, afterWord: false, next: [], endMatches, isFinal: true }
}

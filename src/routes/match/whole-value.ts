import { type Effort, startAutomaton } from '../../expression/automaton.ts'
import { compile } from '../../expression/compile.ts'
import type { Answer, Undecided } from './answer.ts'
import { fromRe2 } from './re2-syntax.ts'

/** More than any expression in a route object needs for a path or a header. */
const EFFORT = 1_000_000
const ASCII = /^[\x20-\x7e\t]*$/

/**
 * Whether a regular expression of RE2 matches a whole value. Envoy compares so, although RE2 itself looks anywhere.
 * Source: envoy, CompiledGoogleReMatcher (RE2::FullMatch).
 */
export function matchesWhole(re2: string, value: string): Answer {
  if (!ASCII.test(re2) || !ASCII.test(value))
    return undecided(re2, 'it is compared with characters beyond ASCII')
  const translated = fromRe2(re2)
  if (!translated.ok) return undecided(re2, `it ${translated.why}`)
  if (!isExpression(translated.source)) return undecided(re2, 'it is not a regular expression')
  const compiled = compile(`^(?:${translated.source})$`, translated.ignoreCase)
  if (!compiled.ok) return undecided(re2, compiled.why)
  const effort: Effort = { left: EFFORT }
  const automaton = startAutomaton(compiled.program, effort)
  const state = automaton.advance(automaton.first, value)
  const matches = state && automaton.matches(state)
  return matches ?? undecided(re2, 'it takes too long')
}

function undecided(re2: string, why: string): Undecided {
  return { why: `the regular expression ${re2} cannot be evaluated here: ${why}` }
}

function isExpression(source: string): boolean {
  try {
    new RegExp(source)
    return true
  } catch {
    return false
  }
}

import { type Code, reasonOf } from './codes.ts'
import type { Reason } from './verdict.ts'

/** Something that is wrong, or that may be, and what to do about it. */
export type Problem = {
  severity: 'error' | 'warning'
  code: Code
  /** The reason of a run that ends for it. */
  reason: Reason
  /** What is true, and why, in sentences. */
  what: string
  /** What to do; a command or a snippet to paste is on lines of its own, indented by two spaces. Empty: `what` says it all. */
  remedy: string
}

/** A problem for which the run does not go on. */
export function problem(code: Code, what: string, remedy = ''): Problem {
  return { severity: 'error', code, reason: reasonOf(code), what, remedy }
}

/** A problem that the run reports, and goes on. */
export function warning(code: Code, what: string, remedy = ''): Problem {
  return { ...problem(code, what, remedy), severity: 'warning' }
}

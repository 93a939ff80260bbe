import { type Code, reasonOf } from './codes.ts'
import type { Reason } from './verdict.ts'

/** Something that is wrong or may be wrong, and what to do about it. */
export type Problem = {
  severity: 'error' | 'warning'
  code: Code
  /** The reason of a run that ends for it. */
  reason: Reason
  /** The input at fault; absent if the problem is elsewhere. */
  input?: string
  /** What is true, and why, in sentences. */
  what: string
  /** What to do. Commands and snippets to paste are on lines of their own, indented by two spaces. Empty: `what` is enough. */
  remedy: string
}

/** A problem that ends the run. */
export function problem(code: Code, what: string, remedy = ''): Problem {
  return { severity: 'error', code, reason: reasonOf(code), what, remedy }
}

/** A problem with what was given for an input. */
export function inputProblem(input: string, code: Code, what: string, remedy = ''): Problem {
  return { ...problem(code, what, remedy), input }
}

/** A problem that the run reports before it continues. */
export function warning(code: Code, what: string, remedy = ''): Problem {
  return { ...problem(code, what, remedy), severity: 'warning' }
}

import { shownValue } from '../kube/credentials/kubeconfig/kubeconfig-text.ts'
import type { Code } from '../problem/codes.ts'
import { inputProblem, type Problem } from '../problem/problem.ts'

/** Shows a text that was given: without secrets, in quotes, and no longer than fits into a line. */
export type Shown = (given: string) => string

/**
 * A problem with an input. Its sentence is completed when the kubeconfigs are read: only then are the secrets known that
 * must be redacted, and redaction comes before a long text is cut, which could leave half of a secret.
 */
export type InputProblem = {
  input: string
  code: Code
  what: (shown: Shown) => string
  remedy: string
}

/** The problem with its sentence completed. */
export function completed(problem: InputProblem, redact: (text: string) => string): Problem {
  const { input, code, what, remedy } = problem
  return inputProblem(input, code, redact(what((text) => shownInput(text, redact))), remedy)
}

const LONGEST_SHOWN = 80

/**
 * A text that was given, in quotes and cut; a description in place of what looks like credentials. It is recognized before
 * anything in it is redacted: base64 with a gap is recognized no more.
 */
export function shownInput(given: string, redact: (text: string) => string): string {
  const shown = shownValue(given)
  if (shown !== given) return shown
  const text = redact(given)
  return text.length > LONGEST_SHOWN
    ? `${quoted(text.slice(0, LONGEST_SHOWN - 3))}...`
    : quoted(text)
}

/** A backslash stays as it was given: the reader compares it with the input. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\\\\', '\\')
}

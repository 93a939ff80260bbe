import type { MANIFEST_CODES } from '../problem/codes/manifest.ts'
import { inputProblem, type Problem } from '../problem/problem.ts'

/** A problem of the file that the input `manifest` names. */
export function manifestProblem(
  code: keyof typeof MANIFEST_CODES,
  what: string,
  remedy = '',
): Problem {
  return inputProblem('manifest', code, what, remedy)
}

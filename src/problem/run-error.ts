import type { Code } from './codes.ts'
import { type Problem, problem } from './problem.ts'
import { type Reason, type Verdict, verdictOf } from './verdict.ts'

/** Thrown where a run cannot continue. The run ends with this verdict after the weights are restored or kept. */
export class RunError extends Error {
  readonly problems: readonly Problem[]
  readonly code: Code
  readonly verdict: Verdict
  readonly reason: Reason
  readonly remedy: string

  constructor(code: Code, what: string, remedy = '') {
    super(what)
    this.name = 'RunError'
    const only = problem(code, what, remedy)
    this.problems = [only]
    this.code = code
    this.reason = only.reason
    this.verdict = verdictOf(only.reason)
    this.remedy = remedy
  }

  /** All problems in one error, with the reason of the first; undefined if there are none. */
  static ofAll(problems: readonly Problem[]): RunError | undefined {
    const [first] = problems
    if (first === undefined) return undefined
    const remedies = new Set(problems.map(({ remedy }) => remedy).filter((text) => text !== ''))
    const error = new RunError(
      first.code,
      problems.map(({ what }) => what).join('\n'),
      [...remedies].join('\n'),
    )
    return Object.assign(error, { problems })
  }
}

import type { InputProblem } from '../options/input-problem.ts'
import type { Options } from '../options/options.ts'
import type { Problem } from '../problem/problem.ts'
import type { Context } from '../rollout/model/context.ts'
import type { Outcome } from '../rollout/model/outcome.ts'

/** The options of a run, and what is wrong with them. */
export type Asked = { options: Options; invalid: readonly InputProblem[] }

/** The end of a run whose inputs are wrong: nothing was called, nothing was written. */
export function refused(problems: readonly Problem[], emit: Context['emit']): Outcome {
  const outcome: Outcome = {
    verdict: 'error',
    reason: 'input',
    code: problems[0]?.code,
    problems,
    message: problems.map(({ what }) => what).join('\n'),
    remedy: problems
      .map(({ remedy }) => remedy)
      .filter((text) => text !== '')
      .join('\n'),
    previousWeights: undefined,
    weights: undefined,
    checks: [],
    rolledBack: false,
    untouched: { object: undefined },
  }
  emit({ kind: 'finished', outcome })
  return outcome
}

import { completed, type InputProblem } from '../../src/options/input-problem.ts'

/** The sentences of problems with inputs, where nothing is to be redacted. */
export function inputTexts(problems: readonly InputProblem[]): string[] {
  return problems.map((problem) => completed(problem, (text) => text).what)
}

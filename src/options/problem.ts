import { shownValue } from '../kube/credentials/kubeconfig/kubeconfig-text.ts'

/** One thing that is wrong with the inputs: which, what it got, what it wants; or whole sentences that say it. */
export type InputProblem = {
  input: string
  got: string | undefined
  wants: string
  /** In place of the form with `got` and `wants`. */
  says?: string
}

/** A problem in sentences of its own. */
export function saying(input: string, says: string): InputProblem {
  return { input, got: undefined, wants: '', says }
}

/** The problem as one line: `weight: got "eighty"; wants an integer from 0 to 100`. */
export function problemText(problem: InputProblem): string {
  if (problem.says !== undefined) return problem.says
  const got = problem.got === undefined ? '' : `got ${shownInput(problem.got)}; `
  return `${problem.input}: ${got}wants ${problem.wants}`
}

/** All problems, a line each; `redact` takes out secrets before what was got is cut. */
export function problemsText(
  problems: readonly InputProblem[],
  redact: (text: string) => string,
): string {
  return problems
    .map(({ got, says, ...rest }) =>
      says === undefined
        ? problemText({ ...rest, got: got === undefined ? got : redact(got) })
        : redact(says),
    )
    .join('\n')
}

/** What was given, in quotes and cut, but for credentials. */
export function shownInput(text: string): string {
  const shown = shownValue(text)
  if (shown !== text) return shown
  return text.length > 80 ? `${JSON.stringify(text.slice(0, 77))}...` : JSON.stringify(text)
}

import { kubeconfigText } from './kubeconfig-text.ts'

/** One thing that is wrong with the inputs: which, what it got, what it wants. */
export type InputProblem = { input: string; got: string | undefined; wants: string }

/** The problem as one line: `weight: got "eighty"; wants an integer from 0 to 100`. */
export function problemText(problem: InputProblem): string {
  const got = problem.got === undefined ? '' : `got ${quoted(problem.got)}; `
  return `${problem.input}: ${got}wants ${problem.wants}`
}

/** All problems, a line each; `redact` takes out secrets before what was got is cut. */
export function problemsText(
  problems: readonly InputProblem[],
  redact: (text: string) => string,
): string {
  return problems
    .map(({ got, ...rest }) => problemText({ ...rest, got: got === undefined ? got : redact(got) }))
    .join('\n')
}

/** What was given, but for credentials: people put those into the wrong input too. */
function quoted(text: string): string {
  const found = kubeconfigText(text)
  if (found.kind === 'data' || /\b(?:client-key-data|token|password)["']?\s*:/.test(text))
    return `a value that is not shown, since it looks like ${found.kind === 'data' ? found.what : 'a kubeconfig'}`
  return text.length > 80 ? `${JSON.stringify(text.slice(0, 77))}...` : JSON.stringify(text)
}

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

function quoted(text: string): string {
  return text.length > 80 ? `${JSON.stringify(text.slice(0, 77))}...` : JSON.stringify(text)
}

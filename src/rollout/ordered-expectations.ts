import { type Finding, problem } from '../mesh/finding.ts'
import { didYouMean, nearest } from '../options/did-you-mean.ts'
import type { Expectation } from '../options/options.ts'
import { problemText } from '../options/problem.ts'
import type { Context } from './context.ts'

/** The expectations in the order of the entry's destinations; findings where one is missing or too many. */
export function orderedExpectations(
  context: Context,
  names: readonly string[],
): { ordered: Expectation[]; findings: Finding[] } {
  const { expect, mode } = context.options
  if (mode === 'plan' && expect.length === 0) return { ordered: [], findings: [] }
  const missing = names.filter((name) => !expect.some(({ destination }) => destination === name))
  const unknown = expect.filter(({ destination }) => !names.includes(destination))
  const findings = [
    ...missing.map((name) =>
      problem(
        'input',
        problemText({
          input: 'expect',
          got: undefined,
          wants: `an expression for ${name} too: every destination of the entry (${names.join(', ')})`,
        }),
      ),
    ),
    ...unknown.map(({ destination }) =>
      problem(
        'input',
        problemText({
          input: `expect.${destination}`,
          got: undefined,
          wants: `a destination of the entry (${names.join(', ')})${didYouMean(nearest(destination, names))}`,
        }),
      ),
    ),
  ]
  return {
    ordered: names.flatMap((name) => expect.find(({ destination }) => destination === name) ?? []),
    findings,
  }
}

import type { Expectation } from '../../evidence/probe/expectation.ts'
import { listText } from '../../problem/list-text.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import { nearest, suggestion } from '../../problem/suggestion.ts'
import { ownName } from '../../routes/destination-names.ts'
import type { Context } from '../model/context.ts'
import type { PlanInput } from '../plan/shift-plan.ts'

/** The expectations in the order of the rule's destinations, and a problem for each that is missing or unknown. */
export function orderedExpectations(
  context: Context,
  { object, rule, edit: { names, destinations } }: Pick<PlanInput, 'object' | 'rule' | 'edit'>,
): { ordered: Expectation[]; findings: Problem[] } {
  const { expect: asked, mode, evidence } = context.options
  const expect = asked.map((one) => ({
    ...one,
    destination: ownName({ destinations, format: rule.format }, one.destination, object.namespace),
    given: one.destination,
  }))
  const isNeeded = mode !== 'plan' && evidence === 'replies'
  const isUsed = !context.options.stamp && (isNeeded || expect.length > 0)
  if (!isUsed) return { ordered: [], findings: [] }
  const missing = names.filter((name) => !expect.some(({ destination }) => destination === name))
  const unknown = expect.filter(({ destination }) => !names.includes(destination))
  const findings = [
    ...(missing.length === 0
      ? []
      : [
          problem(
            'ITS-EXPECT-INCOMPLETE',
            `expect must have an expression for ${listText(missing)}. The destinations of the rule are ${listText(names)}.`,
          ),
        ]),
    ...twice(expect).map(([first, second]) =>
      problem(
        'ITS-EXPECT-DUPLICATE',
        `expect names ${first} and ${second}, which are the same destination.`,
        'Keep one of them.',
      ),
    ),
    ...unknown.map(({ destination }) =>
      problem(
        'ITS-EXPECT-UNKNOWN-DESTINATION',
        `expect.${destination}: ${destination} is not a destination of the rule, which has ${listText(names)}.${suggestion(nearest(destination, names))}`,
      ),
    ),
  ]
  return {
    ordered: names.flatMap((name) => {
      const found = expect.find(({ destination }) => destination === name)
      if (found === undefined) return []
      const { given: _, ...expectation } = found
      return [expectation]
    }),
    findings,
  }
}

/** Pairs of keys that mean one destination. */
function twice(expect: readonly { destination: string; given: string }[]): [string, string][] {
  return expect.flatMap(({ destination, given }, index) => {
    const first = expect.slice(0, index).find((one) => one.destination === destination)
    return first ? [[first.given, given]] : []
  })
}

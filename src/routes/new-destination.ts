import { plainList } from '../problem/list-text.ts'
import { inputProblem, type Problem, problem } from '../problem/problem.ts'
import { failure, type Result, success } from '../problem/result.ts'
import { nearest, suggestion } from '../problem/suggestion.ts'
import { destinationNames } from './destination-names.ts'
import { type Rule, sharesOf } from './rule.ts'
import type { Destination, NewDestination, RuleFormat } from './rule-format.ts'
import { shownName } from './shown-name.ts'
import { asWritten, itemsOf, type WrittenDestinations } from './written-destinations.ts'

/** A destination that a run adds to a rule. */
export type Addition = {
  destination: Destination
  /** The same as a list of one. */
  written: WrittenDestinations
}

/** The problem of a name that cannot be added to a rule in a file, where no cluster shows what it means. */
export function unclearInFile({ destinations, format }: Rule, text: string): Problem {
  const names = destinationNames(destinations)
  const { hint, remedy } = format.howToAdd(text, destinations[0]?.host)
  const further = hint === '' ? '' : ` ${hint}`
  return inputProblem(
    'subset',
    'ITS-MANIFEST-DESTINATION-UNCLEAR',
    `${shownName(text)} is not a destination of the rule (${plainList(names)}).${suggestion(nearest(text, names))}${further}`,
    remedy,
  )
}

/** The destination that the rule already has in this place, however its host is spelled; undefined where there is none. */
export function destinationAt(
  rule: Rule,
  place: NewDestination,
  namespace: string,
): Destination | undefined {
  if (!('host' in place)) return undefined
  const port = place.port ?? rule.destinations[largestIndex(rule)]?.port
  return rule.destinations.find(
    (one) =>
      isSameHost(rule.format, [one, place], namespace) &&
      one.port === port &&
      one.subset === place.subset,
  )
}

/** Whether two hosts are the same, however they are written. */
export function isSameHost(
  { serviceOf }: RuleFormat,
  [one, other]: readonly [{ host: string }, { host: string }],
  namespace: string,
): boolean {
  const [first, second] = [serviceOf(one, namespace), serviceOf(other, namespace)]
  if (first === undefined || second === undefined) return one.host === other.host
  return first.name === second.name && first.namespace === second.namespace
}

/** The position of the destination that a new one is copied from: the one with the largest weight, the first of equals. */
export function largestIndex(rule: Rule): number {
  const shares = sharesOf(rule)
  return shares.indexOf(Math.max(...shares))
}

/** A copy of a destination of the rule in another place, with everything that it has but its weight. */
export function addedTo(rule: Rule, place: NewDestination): Result<Addition> {
  const copied = largestIndex(rule)
  const { format } = rule
  const written = itemsOf(rule.written)[copied]
  // What a run has left of its own is no part of the destination.
  const model =
    written && format.stamp?.of(written) ? format.stamp.stamped(written, undefined) : written
  const name = destinationNames(rule.destinations)[copied]
  if (model === undefined)
    return failure(problem('ITS-RULE-INCOMPLETE', 'The rule has no destinations.'))
  const own = format.uncopied.find((field) => model[field] !== undefined)
  if (own !== undefined)
    return failure(
      problem(
        'ITS-DESTINATION-NOT-COPIED',
        `A new destination would be a copy of ${name}, which has ${own} of its own.`,
        'Add the destination to the rule yourself, then set its weight.',
      ),
    )
  const { [format.weight]: _, ...rest } = structuredClone(model)
  const item = format.moved(rest, place)
  return success({ destination: format.parse(item), written: asWritten([item]) })
}

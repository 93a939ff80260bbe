import { isNamespaceName } from '../../kube/names.ts'
import { listText, plainList } from '../../problem/list-text.ts'
import { inputProblem, type Problem } from '../../problem/problem.ts'
import { failure, type Result, success } from '../../problem/result.ts'
import { destinationIndex, destinationNames, fitsSeveral } from '../destination-names.ts'
import { type Addition, addedTo } from '../new-destination.ts'
import { type Rule, sharesOf } from '../rule.ts'
import type { Destination, NewDestination } from '../rule-format.ts'
import { nearestText, shownName } from '../shown-name.ts'
import type { Wanted } from '../wanted.ts'
import { roundShares } from './round-shares.ts'
import { percentsFrom, type Weights, weightsFrom } from './weights.ts'

/** The destinations of a rule with the weights that they have and are to get. */
export type WeightEdit = {
  /** The name of each destination after the edit, in the order of the rule. */
  names: readonly string[]
  /** Destinations of the rule after the edit. */
  destinations: readonly Destination[]
  /** Shares before the run, with sum 1. A destination that the run adds has 0. */
  presentShares: readonly number[]
  /** What the run is to confirm at its end. Not whole only where nothing is to change. */
  target: Weights
  /** The destination that the run adds at the end of the list; undefined where it adds none. */
  added: Addition | undefined
}

/** Names of the destinations that the rule has before the edit. */
export function existingNames({
  names,
  added,
}: Pick<WeightEdit, 'names' | 'added'>): readonly string[] {
  return added === undefined ? names : names.slice(0, -1)
}

/**
 * What the wanted weights mean for this rule. Pure. Nothing of the rule but weights would change.
 *
 * @param to where a destination is that the rule lacks; without it, a subset of the destination that it is copied from
 */
export function planWeights(rule: Rule, wanted: Wanted, to?: NewDestination): Result<WeightEdit> {
  const { destinations } = rule
  if (destinations.length === 0)
    return wrong('route', 'ITS-RULE-INCOMPLETE', 'The rule has no destinations.')
  const presentShares = sharesOf(rule)
  const before: Before = {
    names: destinationNames(destinations),
    destinations,
    presentShares,
    added: undefined,
  }
  if (wanted.kind === 'current') {
    if (presentShares.every((share) => share === 0))
      return wrong(
        'weights',
        'ITS-WEIGHTS-ALL-ZERO',
        'All weights of the rule are 0, so there is no current split.',
        'Use weights, with a percent for each destination.',
      )
    return success({ ...before, target: percentsFrom(presentShares) })
  }
  if (wanted.kind === 'weights') return planMapping(before, wanted.percents)
  if (fitsSeveral(destinations, wanted.subset))
    return failure(ambiguous('subset', before.names, wanted.subset))
  const index = destinationIndex(destinations, wanted.subset)
  return index === undefined
    ? planAddition(rule, before, wanted, to)
    : planOne(before, index, wanted.percent)
}

type Before = Omit<WeightEdit, 'target'>

function ambiguous(input: string, names: readonly string[], text: string): Problem {
  return inputProblem(
    input,
    'ITS-DESTINATION-AMBIGUOUS',
    `${text} matches several destinations of the rule.`,
    `Use one of their names: ${plainList(names)}.`,
  )
}

/** The weights of every destination, given as a mapping. */
function planMapping(
  before: Before,
  percents: Readonly<Record<string, number>>,
): Result<WeightEdit> {
  const { destinations, names } = before
  const problems: Problem[] = []
  const given = new Map<number, string>()
  for (const text of Object.keys(percents)) {
    const index = destinationIndex(destinations, text)
    if (index === undefined) problems.push(noDestination(before, text))
    else if (given.has(index)) problems.push(sameTwice(given.get(index) ?? '', text))
    if (index !== undefined) given.set(index, text)
  }
  const missing = names.filter((_, index) => !given.has(index))
  if (missing.length > 0) problems.unshift(incomplete(missing))
  if (problems.length > 0) return failure(...problems)
  return success({
    ...before,
    target: weightsFrom(names.map((name, index) => percents[given.get(index) ?? name] ?? 0)),
  })
}

function noDestination({ destinations, names }: Before, text: string): Problem {
  if (fitsSeveral(destinations, text)) return ambiguous('weights', names, text)
  return inputProblem(
    'weights',
    'ITS-DESTINATION-NOT-FOUND',
    `weights names ${shownName(text)}, which is not a destination of the rule (${plainList(names)}).`,
    nearestText(text, names) || 'To add a destination, use subset and weight.',
  )
}

function sameTwice(first: string, second: string): Problem {
  return inputProblem(
    'weights',
    'ITS-DESTINATION-TWICE',
    `weights names ${first} and ${second}, which are the same destination.`,
    'Remove one of the two.',
  )
}

function incomplete(missing: readonly string[]): Problem {
  return inputProblem(
    'weights',
    'ITS-WEIGHTS-INCOMPLETE',
    `weights has no percent for ${listText(missing)}.`,
    'Include every destination of the rule, with 0 for any that gets nothing.',
  )
}

/** The weight of one destination. The others keep their proportions. */
function planOne(before: Before, index: number, percent: number): Result<WeightEdit> {
  const { names, presentShares } = before
  const others = presentShares.map((share, other) => (other === index ? 0 : share))
  const { parts: [part = 0] = [], of } = weightsFrom([percent])
  const rest = of - part
  const otherNames = names.filter((_, other) => other !== index)
  if (otherNames.length === 0 && rest > 0)
    return wrong(
      'weight',
      'ITS-ONLY-DESTINATION',
      `weight must be 100, because ${names[index]} is the only destination of the rule.`,
      'To add another destination, set subset to its name.',
    )
  if (otherNames.length > 1 && rest > 0 && others.every((share) => share === 0))
    return wrong(
      'weight',
      'ITS-NO-PROPORTIONS',
      `All other destinations (${plainList(otherNames)}) have weight 0, so there are no proportions to keep.`,
      'Use weights instead, with a percent for each destination.',
    )
  const shares = otherNames.length === 1 ? names.map((_, at) => (at === index ? 0 : 1)) : others
  const rounded = rest === 0 ? shares.map(() => 0) : roundShares(shares, rest)
  const parts = rounded.map((value, other) => (other === index ? part : value))
  return success({ ...before, target: { parts, of } })
}

/** The weight of a destination that the rule lacks. */
function planAddition(
  rule: Rule,
  before: Before,
  { subset, percent }: { subset: string; percent: number },
  to: NewDestination | undefined,
): Result<WeightEdit> {
  const names = plainList(before.names)
  const { hasSubsets, newDestination } = rule.format
  const ofRule = isNamespaceName(subset) ? { subset } : undefined
  const place = to ?? (hasSubsets ? ofRule : newDestination(subset))
  if (place === undefined)
    return wrong(
      'subset',
      'ITS-DESTINATION-NOT-FOUND',
      `${shownName(subset)} is not a destination of the rule (${names}), and no ${hasSubsets ? 'subset' : 'Service'} can have that name.`,
      nearestText(subset, before.names),
    )
  const made = addedTo(rule, place)
  if (!made.ok)
    return failure(...made.problems.map((one): Problem => ({ ...one, input: 'subset' })))
  const destinations: Destination[] = [...rule.destinations, made.value.destination]
  const after: Before = {
    names: destinationNames(destinations),
    destinations,
    presentShares: [...before.presentShares, 0],
    added: made.value,
  }
  if (place === ofRule && after.names.at(-1) !== subset)
    return wrong(
      'subset',
      'ITS-DESTINATION-AMBIGUOUS',
      `${shownName(subset)} would also match another destination of the rule (${names}), so a subset of that name cannot be added.`,
    )
  return planOne(after, rule.destinations.length, percent)
}

function wrong(
  input: string,
  ...[code, what, remedy]: [code: Problem['code'], what: string, remedy?: string]
): Result<never> {
  return failure(inputProblem(input, code, what, remedy))
}

import type { JsonObject } from '../kube/json.ts'
import { isNamespaceName } from '../kube/names.ts'
import type { Wanted } from '../options/options.ts'
import { type InputProblem, saying } from '../options/problem.ts'
import { didYouMean, nearest } from '../problem/did-you-mean.ts'
import { destinationIndex, destinationNames, fitsSeveral } from './destination-names.ts'
import { type NewPlace, newRoute } from './new-destination.ts'
import { roundShares } from './round-shares.ts'
import { type Destination, type Rule, ruleShares } from './rule.ts'

/** What an entry's destinations are called, what they have and what they are to get. */
export type Edit = {
  /** One a destination of the entry after the edit, in its order. */
  names: readonly string[]
  /** Destinations of the entry after the edit. */
  destinations: readonly Destination[]
  /** Shares before the run, sum 1; 0 for a destination that the run adds. */
  presentShares: readonly number[]
  /** Percents that the run is to prove at its end, sum 100. Not whole only where nothing is to change. */
  targetPercents: readonly number[]
  /** The destination that the run adds at the end of the list; undefined: none. */
  added: JsonObject | undefined
}

/** Names of the destinations that the entry has before the edit. */
export function namesBefore({ names, added }: Pick<Edit, 'names' | 'added'>): readonly string[] {
  return added === undefined ? names : names.slice(0, -1)
}

export type PlannedEdit = { ok: true; edit: Edit } | { ok: false; problems: InputProblem[] }

/**
 * What the wanted weights mean for this rule. Pure; nothing of the rule but weights would change.
 *
 * @param place where a destination is that the rule lacks; without it, a subset of the one it is copied from
 */
export function planEdit(rule: Rule, wanted: Wanted, place?: NewPlace): PlannedEdit {
  if (rule.destinations.length === 0) {
    return failed('route', undefined, 'an entry with destinations; this one has none')
  }
  const presentShares = ruleShares(rule)
  const { destinations } = rule
  const here = { names: destinationNames(destinations), destinations, presentShares }
  if (wanted.kind === 'current') {
    if (presentShares.every((share) => share === 0))
      return failed('weights', 'current', 'an entry with a weight above 0; all of this one are 0')
    const targetPercents = presentShares.map((share) => share * 100)
    return { ok: true, edit: { ...here, added: undefined, targetPercents } }
  }
  if (wanted.kind === 'weights') return planWeights({ ...here, added: undefined }, wanted.percents)
  if (fitsSeveral(destinations, wanted.subset))
    return { ok: false, problems: [saying('subset', severalText(here.names, wanted.subset))] }
  const index = destinationIndex(destinations, wanted.subset)
  return index === undefined
    ? planAdded(rule, here, wanted, place)
    : planWeight({ ...here, added: undefined }, index, wanted.percent)
}

function severalText(names: readonly string[], text: string): string {
  return `${text} fits several destinations of the rule. Use one of their names: ${names.join(', ')}.`
}

type Here = Omit<Edit, 'targetPercents'>

function planWeights(here: Here, percents: Readonly<Record<string, number>>): PlannedEdit {
  const problems: InputProblem[] = []
  const given = new Map<number, string>()
  for (const text of Object.keys(percents)) {
    const index = destinationIndex(here.destinations, text)
    const before = index === undefined ? undefined : given.get(index)
    if (index === undefined) continue
    if (before !== undefined)
      problems.push(
        saying('weights', `weights has ${before} and ${text}, which are the same destination.`),
      )
    given.set(index, text)
  }
  const known = (text: string) => destinationIndex(here.destinations, text) !== undefined
  for (const name of here.names.filter((_, index) => !given.has(index))) {
    problems.push({
      input: 'weights',
      got: undefined,
      wants: `a percent for ${name} too: every destination of the entry`,
    })
  }
  for (const name of Object.keys(percents).filter((text) => !known(text))) {
    if (fitsSeveral(here.destinations, name)) {
      problems.push(saying('weights', severalText(here.names, name)))
      continue
    }
    problems.push({
      input: `weights.${name}`,
      got: undefined,
      wants: `a destination of the entry (${here.names.join(', ')}); one that it lacks is added by subset and weight${didYouMean(nearest(name, here.names))}`,
    })
  }
  if (problems.length > 0) return { ok: false, problems }
  return {
    ok: true,
    edit: {
      ...here,
      targetPercents: here.names.map((name, index) => percents[given.get(index) ?? name] ?? 0),
    },
  }
}

function planWeight(here: Here, index: number, percent: number): PlannedEdit {
  const others = here.presentShares.map((share, other) => (other === index ? 0 : share))
  const rest = 100 - percent
  const otherCount = here.names.length - 1
  if (otherCount === 0 && rest > 0) {
    return failed(
      'weight',
      String(percent),
      `100, because ${here.names[index]} is the only destination of the entry; to bring in another, name it as subset`,
    )
  }
  if (otherCount > 1 && rest > 0 && others.every((share) => share === 0)) {
    return failed(
      'weight',
      String(percent),
      `weights instead: all other destinations (${here.names.filter((_, other) => other !== index).join(', ')}) stand at 0, so there are no proportions to keep`,
    )
  }
  const shares = otherCount === 1 ? here.names.map((_, other) => (other === index ? 0 : 1)) : others
  const rounded = rest === 0 ? shares.map(() => 0) : roundShares(shares, rest)
  return {
    ok: true,
    edit: {
      ...here,
      targetPercents: rounded.map((value, other) => (other === index ? percent : value)),
    },
  }
}

function planAdded(
  rule: Rule,
  here: Omit<Here, 'added'>,
  { subset, percent }: { subset: string; percent: number },
  place: NewPlace | undefined,
): PlannedEdit {
  if (place === undefined && !isNamespaceName(subset)) {
    return failed(
      'subset',
      subset,
      `a destination of the entry (${here.names.join(', ')}), or the name of a subset to add${didYouMean(nearest(subset, here.names))}`,
    )
  }
  const made = newRoute(rule, place ?? { subset })
  if (!made.ok) return { ok: false, problems: [saying('subset', made.says)] }
  const destinations: Destination[] = [...rule.destinations, made.destination]
  if (place === undefined && destinationNames(destinations).at(-1) !== subset) {
    return failed(
      'subset',
      subset,
      `a destination of the entry (${here.names.join(', ')}), or a subset whose name no other destination of the entry goes by`,
    )
  }
  const after: Here = {
    names: destinationNames(destinations),
    destinations,
    presentShares: [...here.presentShares, 0],
    added: made.route,
  }
  return planWeight(after, rule.destinations.length, percent)
}

function failed(input: string, got: string | undefined, wants: string): PlannedEdit {
  return { ok: false, problems: [{ input, got, wants }] }
}

import { didYouMean, nearest } from '../options/did-you-mean.ts'
import { isNamespaceName } from '../options/names.ts'
import type { Wanted } from '../options/options.ts'
import type { InputProblem } from '../options/problem.ts'
import { destinationNames } from './destination-names.ts'
import { type Destination, type Entry, entryShares } from './entry.ts'
import type { JsonObject } from './json.ts'
import { roundShares } from './round-shares.ts'

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

/** What the wanted weights mean for this entry. Pure; nothing of the entry but weights would change. */
export function planEdit(entry: Entry, wanted: Wanted): PlannedEdit {
  if (entry.destinations.length === 0) {
    return failed('route', undefined, 'an entry with destinations; this one has none')
  }
  const names = distinctNames(entry.destinations)
  if (!names)
    return failed(
      'route',
      undefined,
      'an entry whose destinations can be told apart by subset, host, host:port or host/subset',
    )
  const presentShares = entryShares(entry)
  const here = { names, destinations: entry.destinations, presentShares, added: undefined }
  if (wanted.kind === 'current') {
    if (presentShares.every((share) => share === 0))
      return failed('weights', 'current', 'an entry with a weight above 0; all of this one are 0')
    return {
      ok: true,
      edit: { ...here, targetPercents: presentShares.map((share) => share * 100) },
    }
  }
  if (wanted.kind === 'weights') return planWeights(here, wanted.percents)
  return names.includes(wanted.subset)
    ? planWeight(here, wanted.subset, wanted.percent)
    : planAdded(entry, here, wanted.subset, wanted.percent)
}

type Here = Omit<Edit, 'targetPercents'>

function planWeights(here: Here, percents: Readonly<Record<string, number>>): PlannedEdit {
  const problems: InputProblem[] = []
  for (const name of here.names.filter((known) => percents[known] === undefined)) {
    problems.push({
      input: 'weights',
      got: undefined,
      wants: `a percent for ${name} too: every destination of the entry`,
    })
  }
  for (const name of Object.keys(percents).filter((given) => !here.names.includes(given))) {
    problems.push({
      input: `weights.${name}`,
      got: undefined,
      wants: `a destination of the entry (${here.names.join(', ')}); one that it lacks is added by subset and weight${didYouMean(nearest(name, here.names))}`,
    })
  }
  if (problems.length > 0) return { ok: false, problems }
  return {
    ok: true,
    edit: { ...here, targetPercents: here.names.map((name) => percents[name] ?? 0) },
  }
}

function planWeight(here: Here, subset: string, percent: number): PlannedEdit {
  const index = here.names.indexOf(subset)
  const others = here.presentShares.map((share, other) => (other === index ? 0 : share))
  const rest = 100 - percent
  const otherCount = here.names.length - 1
  if (otherCount === 0 && rest > 0) {
    return failed(
      'weight',
      String(percent),
      `100, because ${subset} is the only destination of the entry; to bring in another, name it as subset`,
    )
  }
  if (otherCount > 1 && rest > 0 && others.every((share) => share === 0)) {
    return failed(
      'weight',
      String(percent),
      `weights instead: all other destinations (${here.names.filter((name) => name !== subset).join(', ')}) stand at 0, so there are no proportions to keep`,
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

function planAdded(entry: Entry, here: Here, subset: string, percent: number): PlannedEdit {
  if (!isNamespaceName(subset)) {
    return failed(
      'subset',
      subset,
      `a destination of the entry (${here.names.join(', ')}), or the name of a subset to add${didYouMean(nearest(subset, here.names))}`,
    )
  }
  const model = entry.routes[here.presentShares.indexOf(Math.max(...here.presentShares))]
  if (!model) return failed('route', undefined, 'an entry with destinations; this one has none')
  const { weight: _, ...rest } = structuredClone(model)
  const destination =
    typeof rest.destination === 'object' && !Array.isArray(rest.destination) ? rest.destination : {}
  const added: JsonObject = { ...rest, destination: { ...destination, subset } }
  const modelled = entry.destinations[here.presentShares.indexOf(Math.max(...here.presentShares))]
  const destinations: Destination[] = [
    ...entry.destinations,
    { host: modelled?.host ?? '', port: modelled?.port, subset, weight: undefined },
  ]
  const names = distinctNames(destinations)
  if (names?.at(-1) !== subset) {
    return failed(
      'subset',
      subset,
      `a destination of the entry (${here.names.join(', ')}), or a subset whose name no other destination of the entry goes by`,
    )
  }
  const before: Here = { names, destinations, presentShares: [...here.presentShares, 0], added }
  return planWeight(before, subset, percent)
}

function distinctNames(destinations: readonly Destination[]): string[] | undefined {
  const names = destinationNames(destinations).filter((name) => name !== undefined)
  return names.length === destinations.length ? names : undefined
}

function failed(input: string, got: string | undefined, wants: string): PlannedEdit {
  return { ok: false, problems: [{ input, got, wants }] }
}

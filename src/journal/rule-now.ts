import { type JsonObject, sameJson } from '../kube/json.ts'
import { findEntryAgain } from '../routes/find-entry.ts'
import { destinationsIn, type Entry, entryShares, tcpEntries } from '../routes/istio/entry.ts'
import type { RouteObject } from '../routes/route-object.ts'

/** What a run wrote to a rule, and what was there before. */
export type RuleWrites = {
  match: Entry['match']
  nth: number
  original: readonly JsonObject[]
  written: readonly (readonly JsonObject[])[]
}

/**
 * What has become of that rule. `keepsWeights`: destinations or match changed, and the connections
 * are still split by weights that the run wrote.
 */
export type RuleNow =
  | { kind: 'as-before'; entry: Entry; keepsWeights: false }
  | { kind: 'as-written'; entry: Entry; keepsWeights: true }
  | { kind: 'weights'; entry: Entry; keepsWeights: false }
  | { kind: 'destinations'; entry: Entry; keepsWeights: boolean }
  | { kind: 'match'; entry: Entry; keepsWeights: true }
  | { kind: 'gone'; entry: undefined; keepsWeights: false }

/** Compares the rule on the object with what the run wrote and what was there before. */
export function ruleNow(object: RouteObject, writes: RuleWrites): RuleNow {
  const { match, nth, original, written } = writes
  const entry = findEntryAgain(object, match, nth)
  if (entry === undefined) return elsewhere(object, written)
  const { routes } = entry
  if (isSame(routes, original)) return { kind: 'as-before', entry, keepsWeights: false }
  if (written.some((list) => isSame(routes, list)))
    return { kind: 'as-written', entry, keepsWeights: true }
  const has = (list: readonly JsonObject[]) =>
    list.length === routes.length && isWithin(list, routes)
  if (has(original) || written.some(has)) return { kind: 'weights', entry, keepsWeights: false }
  const keepsWeights = written.some((list) => sharesAlike(list, routes))
  return { kind: 'destinations', entry, keepsWeights }
}

/** A rule under another match, with the very destinations and weights that the run wrote. */
function elsewhere(object: RouteObject, written: RuleWrites['written']): RuleNow {
  const [entry, second] = tcpEntries(object).filter(({ routes }) =>
    written.some((list) => isSame(routes, list)),
  )
  return entry && !second
    ? { kind: 'match', entry, keepsWeights: true }
    : { kind: 'gone', entry: undefined, keepsWeights: false }
}

/**
 * The rule's list with the weights from before the run. What the run added goes; what somebody else
 * added stays, at 0. undefined where a destination that had weight is gone.
 */
export function restoredRoutes(
  { routes }: Pick<Entry, 'routes'>,
  { original, written }: Pick<RuleWrites, 'original' | 'written'>,
): JsonObject[] | undefined {
  const shares = sharesOf(original)
  if (original.some((route, index) => shares[index] !== 0 && !holds(routes, route)))
    return undefined
  const kept = routes.filter(
    (route) => holds(original, route) || !written.some((list) => holds(list, route)),
  )
  if (kept.length === original.length && isWithin(original, kept)) return [...original]
  return kept.map((route) => {
    const index = original.findIndex((one) => isSameDestination(one, route))
    const weight = original[index]?.weight ?? Math.round((shares[index] ?? 0) * 100)
    return { ...route, weight }
  })
}

function sharesOf(routes: readonly JsonObject[]): number[] {
  return entryShares({ destinations: destinationsIn(routes) })
}

/** Whether two lists give the same shares to the same destinations; those at 0 do not count. */
function sharesAlike(a: readonly JsonObject[], b: readonly JsonObject[]): boolean {
  const [inA, inB] = [sharesOf(a), sharesOf(b)]
  const isMet = (
    route: JsonObject,
    share: number,
    others: readonly JsonObject[],
    shares: readonly number[],
  ) =>
    share === 0 ||
    others.some(
      (other, index) =>
        isSameDestination(other, route) && Math.abs((shares[index] ?? 0) - share) < 1e-9,
    )
  return (
    a.every((route, index) => isMet(route, inA[index] ?? 0, b, inB)) &&
    b.every((route, index) => isMet(route, inB[index] ?? 0, a, inA))
  )
}

function isWithin(list: readonly JsonObject[], routes: readonly JsonObject[]): boolean {
  return list.every((route) => holds(routes, route))
}

function holds(routes: readonly JsonObject[], route: JsonObject): boolean {
  return routes.some((one) => isSameDestination(one, route))
}

function isSameDestination(a: JsonObject, b: JsonObject): boolean {
  const { weight: _, ...one } = a
  const { weight: __, ...other } = b
  return sameJson(one, other)
}

function isSame(a: readonly JsonObject[], b: readonly JsonObject[]): boolean {
  return sameJson([...a], [...b])
}

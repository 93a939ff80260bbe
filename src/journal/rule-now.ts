import { type JsonObject, sameJson } from '../kube/json.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { destinationsIn, type Rule, ruleShares, tcpRules } from '../routes/rule.ts'
import { findRuleAgain } from '../routes/select-rule.ts'

/** What a run wrote to a rule, and what was there before. */
export type RuleWrites = {
  match: Rule['identity']
  nth: number
  original: readonly JsonObject[]
  written: readonly (readonly JsonObject[])[]
}

/**
 * What has become of that rule. `keepsWeights`: destinations or match changed, and the connections
 * are still split by weights that the run wrote.
 */
export type RuleNow =
  | { kind: 'as-before'; rule: Rule; keepsWeights: false }
  | { kind: 'as-written'; rule: Rule; keepsWeights: true }
  | { kind: 'weights'; rule: Rule; keepsWeights: false }
  | { kind: 'destinations'; rule: Rule; keepsWeights: boolean }
  | { kind: 'match'; rule: Rule; keepsWeights: true }
  | { kind: 'gone'; rule: undefined; keepsWeights: false }

/** Compares the rule on the object with what the run wrote and what was there before. */
export function ruleNow(object: RouteObject, writes: RuleWrites): RuleNow {
  const { match, nth, original, written } = writes
  const rule = findRuleAgain(object, match, nth)
  if (rule === undefined) return elsewhere(object, written)
  const { written: routes } = rule
  if (isSame(routes, original)) return { kind: 'as-before', rule, keepsWeights: false }
  if (written.some((list) => isSame(routes, list)))
    return { kind: 'as-written', rule, keepsWeights: true }
  const has = (list: readonly JsonObject[]) =>
    list.length === routes.length && isWithin(list, routes)
  if (has(original) || written.some(has)) return { kind: 'weights', rule, keepsWeights: false }
  const keepsWeights = written.some((list) => sharesAlike(list, routes))
  return { kind: 'destinations', rule, keepsWeights }
}

/** A rule under another match, with the very destinations and weights that the run wrote. */
function elsewhere(object: RouteObject, written: RuleWrites['written']): RuleNow {
  const [rule, second] = tcpRules(object).filter(({ written: routes }) =>
    written.some((list) => isSame(routes, list)),
  )
  return rule && !second
    ? { kind: 'match', rule, keepsWeights: true }
    : { kind: 'gone', rule: undefined, keepsWeights: false }
}

/**
 * The rule's list with the weights from before the run. What the run added goes; what somebody else
 * added stays, at 0. undefined where a destination that had weight is gone.
 */
export function restoredRoutes(
  { written: routes }: Pick<Rule, 'written'>,
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
  return ruleShares({ destinations: destinationsIn(routes) })
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

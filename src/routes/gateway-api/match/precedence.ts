import type { JsonObject } from '../../../kube/json.ts'
import { isWildcard } from '../../match/virtual-host.ts'
import type { RouteObject } from '../../route-object.ts'
import type { Protocol, Rule } from '../../rule.ts'
import { type Conditions, conditionsOf } from './conditions.ts'

/** One match of a rule for one host of its route. */
export type Candidate = {
  object: RouteObject
  rule: Rule
  /** As written; undefined: the rule has no matches, and takes every request. */
  match: JsonObject | undefined
  /** The host of the route for which it counts, which may begin with `*`. `*` where the route has none. */
  host: string
}

/**
 * Which of two matches a gateway compares with a request first: negative for `a`. They can be of several routes of one
 * kind. Equal matches of one rule, or of rules in one place, are 0.
 *
 * The Gateway API leaves open where expressions are. istiod compares them last, the longer ones first.
 * Source: the Gateway API's HTTPRouteRule and GRPCRouteRule (matches); istio, sortHTTPRoutes and mergeHTTPRoutes.
 */
export function precedence(a: Candidate, b: Candidate): number {
  return (
    compareHosts(a.host, b.host) ||
    compareMatches(a.rule.protocol, a.match, b.match) ||
    compareAge(a.object, b.object) ||
    compareInRoute(a, b)
  )
}

export function conditionsOfCandidate({ rule, match }: Omit<Candidate, 'host'>): Conditions {
  return conditionsOf(rule.protocol, match)
}

/** A whole name before a wildcard, and the longer one before the shorter one. */
export function compareHosts(a: string, b: string): number {
  return Number(isWildcard(a)) - Number(isWildcard(b)) || b.length - a.length
}

/**
 * By what two matches ask for: the one that asks for more comes first. A grpc rule without matches comes last, even after
 * an empty match. The API server gives http rules without matches one for every path.
 */
export function compareMatches(
  protocol: Protocol,
  a: JsonObject | undefined,
  b: JsonObject | undefined,
): number {
  const isLast = (match: JsonObject | undefined) => protocol === 'grpc' && match === undefined
  return (
    Number(isLast(a)) - Number(isLast(b)) ||
    compareConditions(conditionsOf(protocol, a), conditionsOf(protocol, b))
  )
}

function compareConditions(a: Conditions, b: Conditions): number {
  return (
    rankOf(b) - rankOf(a) ||
    lengthOf(b) - lengthOf(a) ||
    Number(b.method !== undefined) - Number(a.method !== undefined) ||
    b.headers.length - a.headers.length ||
    b.query.length - a.query.length
  )
}

const RANKS = { exact: 3, prefix: 2, regex: 1 }

function rankOf({ path }: Conditions): number {
  return path === undefined ? 0 : RANKS[path.kind]
}

function lengthOf({ path }: Conditions): number {
  return path?.text.length ?? 0
}

/**
 * The older route first, then by namespace and name.
 * Source: istio, sortRoutesByCreationTime.
 */
export function compareAge(a: RouteObject, b: RouteObject): number {
  return (
    compareTexts(a.createdAt, b.createdAt) ||
    compareTexts(a.namespace, b.namespace) ||
    compareTexts(a.name, b.name)
  )
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function compareInRoute(a: Candidate, b: Candidate): number {
  const isSameRoute = a.object.uid === b.object.uid
  return isSameRoute ? a.rule.index - b.rule.index : 0
}

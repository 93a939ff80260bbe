import { type Json, sameJson } from '../kube/json.ts'
import { rulesOf } from './kinds.ts'
import type { RouteObject } from './route-object.ts'
import type { Rule } from './rule.ts'

/**
 * The rule with this identity, wherever it is in the object now; undefined where there is none.
 *
 * @param nth which of several rules with the same identity, from 0; the first is the one that gets traffic
 */
export function findRuleByIdentity(object: RouteObject, identity: Json, nth = 0): Rule | undefined {
  return rulesOf(object).filter((rule) => sameJson(rule.identity, identity))[nth]
}

/** How many rules with the same identity come before this one. */
export function countSameBefore(object: RouteObject, { index, protocol, identity }: Rule): number {
  return rulesOf(object).filter(
    (rule) => rule.protocol === protocol && rule.index < index && sameJson(rule.identity, identity),
  ).length
}

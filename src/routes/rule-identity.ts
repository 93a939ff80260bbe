import { type Json, sameJson } from '../kube/json.ts'
import { kindOf, rulesOf } from './kinds.ts'
import type { RouteObject } from './route-object.ts'
import type { Protocol, Rule } from './rule.ts'

/** What a rule is found again by, wherever it is in the object. */
export type RuleKey = {
  /** Rules of another protocol are other rules, even if they match the same. */
  protocol: Protocol
  /** The rule's identity. */
  match: Json
  /** Which of several rules with the same identity, from 0. The first is the one that gets traffic. */
  nth: number
}

/** The rule with this key in the object now; undefined where there is none. */
export function findRule(object: RouteObject, key: RuleKey): Rule | undefined {
  return sameRules(object, key.protocol, key.match)[key.nth]
}

export function keyOf(object: RouteObject, { index, protocol, identity }: Rule): RuleKey {
  const before = sameRules(object, protocol, identity).filter((rule) => rule.index < index)
  return { protocol, match: identity, nth: before.length }
}

function sameRules(object: RouteObject, protocol: Protocol, identity: Json): Rule[] {
  const { withDefaults } = kindOf(object)
  const whole = withDefaults(identity)
  return rulesOf(object).filter(
    (rule) => rule.protocol === protocol && sameJson(withDefaults(rule.identity), whole),
  )
}

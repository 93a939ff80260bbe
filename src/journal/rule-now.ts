import { isOneOf, sameDestinations, sameShares } from '../routes/compare-written.ts'
import { rulesOf } from '../routes/kinds.ts'
import type { RouteObject } from '../routes/route-object.ts'
import type { Rule } from '../routes/rule.ts'
import { findRuleByIdentity } from '../routes/rule-identity.ts'
import { sameWritten, type WrittenDestinations } from '../routes/written-destinations.ts'

/** What a run wrote to a rule, and what was there before. */
export type RuleWrites = {
  /** The kind of the route object. */
  kind: string
  match: Rule['identity']
  nth: number
  original: WrittenDestinations
  written: readonly WrittenDestinations[]
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
  const rule = findRuleByIdentity(object, match, nth)
  if (rule === undefined) return elsewhere(object, written)
  const { written: now, format } = rule
  if (sameWritten(now, original)) return { kind: 'as-before', rule, keepsWeights: false }
  if (isOneOf(now, written)) return { kind: 'as-written', rule, keepsWeights: true }
  if ([original, ...written].some((list) => sameDestinations(list, now, format)))
    return { kind: 'weights', rule, keepsWeights: false }
  const keepsWeights = written.some((list) => sameShares(list, now, format))
  return { kind: 'destinations', rule, keepsWeights }
}

/** A rule under another match, with the very destinations and weights that the run wrote. */
function elsewhere(object: RouteObject, written: RuleWrites['written']): RuleNow {
  const [rule, second] = rulesOf(object).filter((one) => isOneOf(one.written, written))
  return rule && !second
    ? { kind: 'match', rule, keepsWeights: true }
    : { kind: 'gone', rule: undefined, keepsWeights: false }
}

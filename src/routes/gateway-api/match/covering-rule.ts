import { sameJson } from '../../../kube/json.ts'
import type { Listener, Rule } from '../../rule.ts'
import { conditionsOf } from './conditions.ts'
import { areWithin } from './conditions-within.ts'
import { compareMatches } from './precedence.ts'

/**
 * The rule of the same route that takes all traffic of this one. Where several rules together do so, the one that takes
 * what its first match asks for.
 */
export function coveringRule(rule: Rule, rules: readonly Rule[]): Rule | undefined {
  const { listeners } = rule
  if (listeners.length === 0) return undefined
  const takers = listeners.map((listener) =>
    rules.find(
      (other) =>
        other !== rule && other.listeners.some((one) => takesAll(rule, listener, other, one)),
    ),
  )
  return takers.every((taker) => taker !== undefined) ? takers[0] : undefined
}

/** Whether everything that meets one listener of a rule goes to one of another rule. */
function takesAll(rule: Rule, own: Listener, other: Rule, its: Listener): boolean {
  if (!isSamePlace(own, its)) return false
  const isEarlier = other.index < rule.index
  if (rule.protocol === 'tcp' || rule.protocol === 'tls') return isEarlier
  const [conditions, others] = [own, its].map(({ match }) => conditionsOf(rule.protocol, match))
  if (conditions === undefined || others === undefined || !areWithin(conditions, others))
    return false
  const order = compareMatches(rule.protocol, its.match, own.match)
  return order < 0 || (order === 0 && isEarlier)
}

/** All rules of a route have the same parents, so that places which differ are of different parents. */
function isSamePlace(a: Listener, b: Listener): boolean {
  const [one, other] = [a, b].map(({ gateway, port, section }) => [
    gateway,
    port ?? 0,
    section ?? '',
  ])
  return one !== undefined && other !== undefined && sameJson(one, other)
}

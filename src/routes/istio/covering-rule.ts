import { type Problem, problem } from '../../problem/problem.ts'
import type { PreflightCheck } from '../route-kind.ts'
import { type Listener, MESH_GATEWAY, type Rule } from '../rule.ts'
import { tcpRules } from './tcp-rules.ts'

/** The earlier rule that takes all connections of this one at gateways, where only port and gateway count. */
export function coveringRule(rule: Rule, rules: readonly Rule[]): Rule | undefined {
  const listeners = rule.listeners.filter(({ gateway }) => gateway !== MESH_GATEWAY)
  if (listeners.length === 0) return undefined
  return rules.find(
    (earlier) =>
      earlier.index < rule.index &&
      listeners.every((listener) => earlier.listeners.some((other) => takesAll(other, listener))),
  )
}

function takesAll(other: Listener, listener: Listener): boolean {
  const onPort = other.port === undefined || other.port === listener.port
  return other.gateway === listener.gateway && onPort
}

/** Whether another rule of the same object takes all connections of the rule. */
export const checkCovered: PreflightCheck = async ({ object, rule }) => {
  const covering = coveringRule(rule, tcpRules(object))
  return covering === undefined ? [] : [covered(object.name, rule, covering)]
}

function covered(name: string, rule: Rule, covering: Rule): Problem {
  return problem(
    'ITS-RULE-SHADOWED',
    `Rule ${rule.position} of ${name} never gets a connection: rule ${covering.position} before it matches the same port and gateway.`,
    'Remove one of the two rules, or move this one up.',
  )
}

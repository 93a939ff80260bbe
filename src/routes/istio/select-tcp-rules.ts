import type { RouteObject } from '../route-object.ts'
import { portsOf, type Rule } from '../rule.ts'
import type { RouteSelector } from '../wanted.ts'
import { tcpRules } from './tcp-rules.ts'

/** Why none of an object's rules can be shifted, or not the one that `route` names; undefined where one may. */
export function unsupportedRules(object: RouteObject, selector: RouteSelector): string | undefined {
  if (selector.kind === 'tls' || selector.kind === 'http')
    return `route names ${selector.kind === 'http' ? 'an http' : 'a tls'} rule. So far, only tcp rules can be shifted.`
  if (tcpRules(object).length > 0) return undefined
  return `${object.kind} ${object.name} has no tcp rules: ${otherRules(object)}. Only tcp rules can be shifted.`
}

function otherRules({ spec }: RouteObject): string {
  const protocols = ['http', 'tls'].filter((protocol) => Array.isArray(spec[protocol]))
  return protocols.length > 0 ? `it has only ${protocols.join(' and ')} rules` : 'it has no rules'
}

/** The tcp rules that a selector allows by itself: by position, by port, or all. */
export function selectTcpRules(rules: readonly Rule[], selector: RouteSelector): readonly Rule[] {
  if (selector.kind !== 'tcp') return rules
  const { index, port } = selector
  if (index !== undefined) return rules.filter((rule) => rule.index === index)
  return port === undefined ? rules : onPort(rules, port)
}

/** The rules that name the port; where none does, those that take every port. */
function onPort(rules: readonly Rule[], port: number): readonly Rule[] {
  const named = rules.filter((rule) => portsOf(rule).includes(port))
  if (named.length > 0) return named
  return rules.filter(({ listeners }) => listeners.some((one) => one.port === undefined))
}

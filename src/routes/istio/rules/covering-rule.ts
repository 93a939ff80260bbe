import { textsAt } from '../../../kube/json.ts'
import { type Problem, problem } from '../../../problem/problem.ts'
import type { PreflightCheck } from '../../route-kind.ts'
import { type Listener, MESH_GATEWAY, type Rule, trafficWord } from '../../rule.ts'
import { isWithin } from './match-within.ts'
import { virtualServiceRules } from './virtual-service-rules.ts'

/**
 * The earlier rule that takes all traffic of this one. For tcp and tls, this is decided at gateways only, where port,
 * gateway and SNI are all that counts.
 */
export function coveringRule(rule: Rule, rules: readonly Rule[]): Rule | undefined {
  const listeners =
    rule.protocol === 'http'
      ? rule.listeners
      : rule.listeners.filter(({ gateway }) => gateway !== MESH_GATEWAY)
  if (listeners.length === 0) return undefined
  return rules.find(
    (earlier) =>
      earlier.protocol === rule.protocol &&
      earlier.index < rule.index &&
      // What a delegate leaves over goes on to the next rule.
      earlier.lacksDestinations?.kind !== 'delegate' &&
      listeners.every((one) =>
        earlier.listeners.some((other) => takesAll(rule.protocol, other, one)),
      ),
  )
}

function takesAll(protocol: Rule['protocol'], other: Listener, listener: Listener): boolean {
  const onPort = other.port === undefined || other.port === listener.port
  if (other.gateway !== listener.gateway || !onPort) return false
  if (protocol === 'http') return isWithin(listener.match, other.match)
  return protocol !== 'tls' || sharesSniHost(other, listener)
}

/**
 * Envoy prefers the longer of two names that fit, so that a wildcard covers nothing but itself. Istio leaves out a match
 * with all of its names if an earlier one has one of them.
 * Source: istio, buildGatewayNetworkFiltersFromTLSRoutes.
 */
function sharesSniHost(other: Listener, listener: Listener): boolean {
  const taken = textsAt(other.match, 'sniHosts')
  return textsAt(listener.match, 'sniHosts').some((host) => taken.includes(host))
}

/** Whether another rule of the same object takes all traffic of the rule. */
export const checkCovered: PreflightCheck = async ({ object, rule }) => {
  const covering = coveringRule(rule, virtualServiceRules(object))
  return covering === undefined ? [] : [covered(object.name, rule, covering)]
}

function covered(name: string, rule: Rule, covering: Rule): Problem {
  return problem(
    'ITS-RULE-SHADOWED',
    `Rule ${rule.position} of ${name} never gets a ${trafficWord(rule)}: rule ${covering.position} before it matches ${sameText(rule)}.`,
    'Remove one of the two rules, or move this one up.',
  )
}

function sameText({ protocol }: Rule): string {
  if (protocol === 'http') return 'all of its requests'
  return protocol === 'tls' ? 'the same SNI, port and gateway' : 'the same port and gateway'
}

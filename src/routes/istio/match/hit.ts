import { firstOf, type HitAmong } from '../../match/first-of.ts'
import type { Hit, ProbeRequest, TcpRequest } from '../../probe-request.ts'
import type { RouteObject } from '../../route-object.ts'
import { hostsOf } from '../host.ts'
import { boundGateways } from '../rules/listeners.ts'
import { httpRules, tcpRules } from '../rules/virtual-service-rules.ts'
import { isForConnections, matchesAt } from './applies.ts'
import { httpHit } from './http-hit.ts'
import { tlsHit } from './tls-hit.ts'

/** Which rule of an object a request hits if no other object has the same host. */
export function hit(object: RouteObject, request: ProbeRequest): Hit {
  const found = hitOf(object, request)
  if (found.kind === 'unknown')
    return { ...found, candidates: found.candidates.map(({ rule }) => rule) }
  return found.kind === 'rule' ? { kind: 'rule', rule: found.rule } : found
}

function hitOf(object: RouteObject, request: ProbeRequest): HitAmong {
  switch (request.protocol) {
    case 'http': {
      const hosts = hostsOf(object)
      return hosts.length === 0 ? ofDelegate(object) : httpHit([{ object, hosts }], request)
    }
    case 'tls':
      return tlsHit([object], request)
    case 'tcp':
      return tcpHit(object, request)
  }
}

/** An object without hosts is used only by others that delegate to it, with their matches, gateways and hosts. */
function ofDelegate(object: RouteObject): HitAmong {
  const candidates = httpRules(object).map((rule) => ({ object, rule }))
  const why = `${object.name} has no hosts, so other VirtualServices decide what reaches it`
  return candidates.length === 0 ? { kind: 'none' } : { kind: 'unknown', why, candidates }
}

/** The first rule with destinations at the port. Source: istio, buildGatewayNetworkFiltersFromTCPRoutes. */
function tcpHit(object: RouteObject, request: TcpRequest): HitAmong {
  if (!boundGateways(object).includes(request.gateway)) return { kind: 'none' }
  const candidates = tcpRules(object)
    .filter(({ destinations }) => destinations.length > 0)
    .flatMap((rule) => matchesAt(rule, request).map((match) => ({ object, rule, match })))
  return firstOf(candidates, ({ match }) => isForConnections(match, request))
}

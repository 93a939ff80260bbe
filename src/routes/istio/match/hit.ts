import type { Hit, ProbeRequest, TcpRequest } from '../../probe-request.ts'
import type { RouteObject } from '../../route-object.ts'
import { hostsOf } from '../host.ts'
import { boundGateways } from '../rules/listeners.ts'
import { tcpRules } from '../rules/virtual-service-rules.ts'
import { isForConnections, matchesAt } from './applies.ts'
import { firstOf, type HitAmong } from './first-of.ts'
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
    case 'http':
      return httpHit([{ object, hosts: hostsOf(object) }], request)
    case 'tls':
      return tlsHit([object], request)
    case 'tcp':
      return tcpHit(object, request)
  }
}

/** The first rule with destinations at the port. Source: istio, buildGatewayNetworkFiltersFromTCPRoutes. */
function tcpHit(object: RouteObject, request: TcpRequest): HitAmong {
  if (!boundGateways(object).includes(request.gateway)) return { kind: 'none' }
  const candidates = tcpRules(object)
    .filter(({ destinations }) => destinations.length > 0)
    .flatMap((rule) => matchesAt(rule, request).map((match) => ({ object, rule, match })))
  return firstOf(candidates, ({ match }) => isForConnections(match, request))
}

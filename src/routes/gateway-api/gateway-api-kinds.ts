import { isObject } from '../../kube/json.ts'
import { pointer } from '../../kube/json-patch.ts'
import type { RouteKind } from '../route-kind.ts'
import type { Protocol } from '../rule.ts'
import { GATEWAY_SURROUNDINGS } from './gateway-surroundings.ts'
import { backendFormat } from './rules/backend-format.ts'
import { boundGateways, GATEWAY_API } from './rules/listeners.ts'
import { hasFilters, routeRules, selectorOf, selectRules } from './rules/route-rules.ts'

export const HTTP_ROUTE = routeKind('HTTPRoute', 'http', ['v1', 'v1beta1', 'v1alpha2'])
export const GRPC_ROUTE = routeKind('GRPCRoute', 'grpc', ['v1', 'v1alpha2'])
export const TLS_ROUTE = routeKind('TLSRoute', 'tls', ['v1', 'v1alpha3', 'v1alpha2'])
export const TCP_ROUTE = routeKind('TCPRoute', 'tcp', ['v1', 'v1alpha2'])

/** Every kind of the Gateway API that has weights for TCP, TLS, HTTP or gRPC. */
export const GATEWAY_API_KINDS: readonly RouteKind[] = [
  HTTP_ROUTE,
  GRPC_ROUTE,
  TLS_ROUTE,
  TCP_ROUTE,
]

function routeKind(kind: string, protocol: Protocol, versions: readonly string[]): RouteKind {
  const plural = `${kind.toLowerCase()}s`
  // Other API groups have kinds of the same names.
  const type = `${plural}.${GATEWAY_API}`
  return {
    kind,
    api: { group: GATEWAY_API, plural, versions },
    kubectl: { one: type, list: type },
    surroundings: GATEWAY_SURROUNDINGS,
    ruleLists: ['rules'],
    fields: { hosts: 'hostnames', gateways: 'parentRefs' },
    route: {
      words: ['rule'],
      forms: 'rule:NAME by the name of the rule, or rule[I] with its position, counted from 0',
    },
    rules: (object) => routeRules(object, protocol),
    hit: () => ({ kind: 'none' }),
    unmetConditions: () => [],
    boundGateways,
    select: selectRules,
    selectorOf,
    coveringRule: () => undefined,
    format: backendFormat(hasFilters(protocol)),
    guard: ({ identity, path }) =>
      isObject(identity)
        ? Object.entries(identity).map(([field, value]) => ({
            op: 'test',
            path: pointer(...path, field),
            value,
          }))
        : [],
    readBackends: async () => ({ labels: () => ({}), findings: [] }),
    preflightChecks: [],
    disturbs: () => undefined,
  }
}

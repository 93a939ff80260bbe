import { isObject } from '../../kube/json.ts'
import { pointer } from '../../kube/json-patch.ts'
import type { RouteKind } from '../route-kind.ts'
import type { Protocol } from '../rule.ts'
import type { RouteType } from '../types/route-type.ts'
import {
  GRPC_ROUTE_TYPE,
  HTTP_ROUTE_TYPE,
  TCP_ROUTE_TYPE,
  TLS_ROUTE_TYPE,
} from '../types/route-types.ts'
import { readBackends } from './backends/read-backends.ts'
import { routeChecks } from './checks/route-checks.ts'
import { rejectionOf, stampRefusalOf } from './checks/route-status.ts'
import { GATEWAY_SURROUNDINGS } from './gateway-surroundings.ts'
import { coveringRule } from './match/covering-rule.ts'
import { hitOf } from './match/route-hit.ts'
import { unmetConditions } from './match/unmet.ts'
import { backendFormat } from './rules/backend-format.ts'
import { boundGateways } from './rules/listeners.ts'
import { pathsOf, withDefaults } from './rules/matched.ts'
import { hasFilters, routeRules, selectorOf, selectRules } from './rules/route-rules.ts'

/** Every kind of the Gateway API that has weights for HTTP, gRPC, TLS or TCP. */
export const GATEWAY_API_KINDS: readonly RouteKind[] = [
  routeKind(HTTP_ROUTE_TYPE, 'http'),
  routeKind(GRPC_ROUTE_TYPE, 'grpc'),
  routeKind(TLS_ROUTE_TYPE, 'tls'),
  routeKind(TCP_ROUTE_TYPE, 'tcp'),
]

function routeKind(type: RouteType, protocol: Protocol): RouteKind {
  const { kind } = type
  const format = backendFormat(hasFilters(protocol))
  const rules: RouteKind['rules'] = (object) => routeRules(object, protocol)
  return {
    ...type,
    surroundings: GATEWAY_SURROUNDINGS,
    ruleLists: ['rules'],
    fields: { hosts: 'hostnames', gateways: 'parentRefs', path: 'path' },
    rules,
    hit: (object, request) => hitOf(object, rules(object), request),
    unmetConditions,
    boundGateways,
    select: selectRules,
    selectorOf,
    coveringRule,
    pathsOf: (rule) => pathsOf(protocol, rule),
    withDefaults: (identity) => withDefaults(protocol, identity),
    format,
    guard: ({ identity, path }) =>
      isObject(identity)
        ? Object.entries(identity).map(([field, value]) => ({
            op: 'test',
            path: pointer(...path, field),
            value,
          }))
        : [],
    readBackends: (search, destinations, signal) =>
      readBackends(search, destinations, { kind, format }, signal),
    preflightChecks: routeChecks(rules),
    rejection: rejectionOf,
    ...(hasFilters(protocol) ? { stampRefusal: stampRefusalOf } : {}),
    disturbs: () => (hasFilters(protocol) ? undefined : MAY_CLOSE),
  }
}

/** What becomes of open connections is up to the implementation. */
const MAY_CLOSE =
  'Each write of new weights may close connections that were open before. Istio closes them once the gateway has drained its old listener (45 s by default).'

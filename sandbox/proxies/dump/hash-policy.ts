import type { RouteDestination } from '../../mesh/clusters.ts'
import { dig, isObject, type Json, type JsonObject, objectAt, textAt } from '../../objects/json.ts'

/** The hash policy of requests, of all destinations. Source: istio, consistentHashToHashPolicy. */
export function httpHashPolicy(destinations: readonly RouteDestination[]): JsonObject {
  const policies = destinations.flatMap(({ hash }) => (hash === undefined ? [] : policyOf(hash)))
  return policies.length === 0 ? {} : { hash_policy: policies }
}

/** That of connections, which only the client's address can be. Source: istio, maybeSetHashPolicy. */
export function tcpHashPolicy([first]: readonly RouteDestination[]): JsonObject {
  return first?.hash?.useSourceIp === true ? { hash_policy: [{ source_ip: {} }] } : {}
}

function policyOf(hash: JsonObject): Json[] {
  const header = textAt(hash, 'httpHeaderName')
  if (header !== undefined) return [{ header: { header_name: header } }]
  const parameter = textAt(hash, 'httpQueryParameterName')
  if (parameter !== undefined) return [{ query_parameter: { name: parameter } }]
  if (hash.useSourceIp === true) return [{ connection_properties: { source_ip: true } }]
  if (!isObject(dig(hash, 'httpCookie'))) return []
  const { name = '', path, ttl } = objectAt(hash, 'httpCookie')
  const more = { ...(path === undefined ? {} : { path }), ...(ttl === undefined ? {} : { ttl }) }
  return [{ cookie: { name, ...more } }]
}

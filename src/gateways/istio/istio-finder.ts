import type { Endpoint } from '../../kube/endpoint.ts'
import { textsAt } from '../../kube/json.ts'
import { hostsOf, serviceOf } from '../../routes/istio/host.ts'
import { gatewaysOf, MESH_GATEWAY } from '../../routes/rule.ts'
import type { GatewayFinder } from '../gateway-finder.ts'
import { type FoundGateway, type GatewaySearch, NOTHING_FOUND } from '../gateway-search.ts'
import { findMeshAddress } from '../mesh-address.ts'
import { lookAtEndpoint } from './at-endpoint.ts'
import { findServedRule } from './delegated.ts'
import { findGatewayAddress } from './gateway-address.ts'
import { findProxies } from './proxies-of-gateways.ts'
import { findShadowing } from './shadowing/shadowing.ts'

/** Gateways of Istio, for VirtualServices. */
export const ISTIO_FINDER: GatewayFinder = { locate, findShadowing, findProxies }

async function locate(
  search: GatewaySearch,
  endpoint: Endpoint | undefined,
  signal: AbortSignal,
): Promise<FoundGateway> {
  const look = (asked: GatewaySearch) =>
    isProbedInMesh(asked)
      ? findMeshAddress(asked, meshTarget(asked), endpoint, signal)
      : endpoint
        ? lookAtEndpoint(asked, endpoint, signal)
        : findGatewayAddress(asked, signal)
  const place = await findServedRule(search, signal)
  if (place.kind === 'own') return look(search)
  if (place.kind === 'unknown') {
    // With an endpoint, nothing but the object need be read.
    if (endpoint && place.isForbidden) return look(search)
    return { ...NOTHING_FOUND, findings: [place.finding] }
  }
  const { served, findings } = place
  const found = await look({ ...search, ...served })
  return { ...found, served, findings: [...findings, ...found.findings] }
}

/** Whether only sidecars have a rule, and samples come from Pods that may have one. */
function isProbedInMesh({ rule, client }: GatewaySearch): boolean {
  return client !== undefined && gatewaysOf(rule).every((name) => name === MESH_GATEWAY)
}

/** Connections with TLS are known by the names in their ClientHello. */
function meshTarget({ object, rule }: GatewaySearch) {
  const own = hostsOf(object)
  const [service] = own.flatMap((host) => serviceOf(host, object.namespace) ?? [])
  const names =
    rule.protocol === 'tls'
      ? rule.listeners.flatMap(({ match }) => textsAt(match, 'sniHosts'))
      : own
  return { hosts: [...new Set(names)], service }
}

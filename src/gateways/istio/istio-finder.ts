import type { Endpoint } from '../../kube/endpoint.ts'
import { textsAt } from '../../kube/json.ts'
import { hostsOf, serviceOf } from '../../routes/istio/host.ts'
import { isOfMesh } from '../../routes/rule.ts'
import type { GatewayFinder } from '../gateway-finder.ts'
import { type FoundGateway, type GatewaySearch, NOTHING_FOUND } from '../gateway-search.ts'
import { findMeshAddress } from '../mesh-address.ts'
import { lookAtEndpoint } from './at-endpoint.ts'
import { findServedRule } from './delegated.ts'
import { boundToNone, findGatewayAddress } from './gateway-address.ts'
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
    isOfMesh(asked.rule)
      ? lookInMesh(asked, endpoint, signal)
      : lookAtGateway(asked, endpoint, signal)
  const place = await findServedRule(search, signal)
  if (place.kind === 'own') return look(search)
  if (place.kind === 'unknown') {
    // With an endpoint, nothing but the object need be read. Which gateways have it is not known then.
    if (endpoint && place.isForbidden)
      return search.client && isOfMesh(search.rule)
        ? lookInMesh(search, endpoint, signal)
        : lookAtEndpoint(search, endpoint, signal)
    return { ...NOTHING_FOUND, findings: [place.finding] }
  }
  const { served, findings } = place
  const found = await look({ ...search, ...served })
  return { ...found, served, findings: [...findings, ...found.findings] }
}

/** Only Pods may be clients of the mesh. From elsewhere, an endpoint leads past the proxies that have the rule. */
async function lookInMesh(
  search: GatewaySearch,
  endpoint: Endpoint | undefined,
  signal: AbortSignal,
): Promise<FoundGateway> {
  return search.client
    ? findMeshAddress(search, meshTarget(search), endpoint, signal)
    : { ...NOTHING_FOUND, findings: [boundToNone()] }
}

function lookAtGateway(
  search: GatewaySearch,
  endpoint: Endpoint | undefined,
  signal: AbortSignal,
): Promise<FoundGateway> {
  return endpoint ? lookAtEndpoint(search, endpoint, signal) : findGatewayAddress(search, signal)
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

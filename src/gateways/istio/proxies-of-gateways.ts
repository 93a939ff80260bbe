import type { JsonObject } from '../../kube/json.ts'
import { hostsOf, serviceOf } from '../../routes/istio/host.ts'
import { gatewaysOf, MESH_GATEWAY } from '../../routes/rule.ts'
import type { GatewaySearch } from '../gateway-search.ts'
import { findServices, startSearch } from '../gateway-service.ts'
import type { FoundProxies, ProxyArrival } from '../proxies/found-proxies.ts'
import { type FoundPart, mergeFound, unknownPart } from '../proxies/merge-found.ts'
import { meshProxies } from '../proxies/mesh-proxies.ts'
import type { ProxiesSearch } from '../proxies/proxies-search.ts'
import { clientOf, podPort, proxyPod } from '../proxies/proxy-pods.ts'
import { selectedPods, serviceName } from '../proxies/selected-pods.ts'
import { findServedRule } from './delegated.ts'
import { arrivalAt } from './found-server.ts'
import { tlsOf } from './gateway-object.ts'
import { type FoundServers, readServers } from './gateway-server.ts'
import { reachedHosts } from './server-hosts.ts'

/** The Pods whose Envoys hold a rule of a VirtualService: those of its gateways, and of the mesh where it is bound to that. */
export async function findProxies(
  search: ProxiesSearch,
  signal: AbortSignal,
): Promise<FoundProxies> {
  const place = await findServedRule(search, signal)
  if (place.kind === 'unknown')
    return mergeFound([unknownPart('', 'which VirtualServices delegate to it is not known')])
  const served = place.kind === 'delegated' ? place.served : undefined
  const asked = { ...search, ...served }
  const parts = gatewaysOf(asked.rule).map((name) =>
    name === MESH_GATEWAY
      ? meshProxies(asked, servicesAndHosts(asked), signal)
      : proxiesOf(asked, name, signal),
  )
  const found = mergeFound(await Promise.all(parts))
  return served === undefined ? found : { ...found, served }
}

/** The Pods that a Gateway selects, and those behind the Services in front of them. */
async function proxiesOf(
  asked: ProxiesSearch,
  name: string,
  signal: AbortSignal,
): Promise<FoundPart | undefined> {
  const where = `Gateway ${name}`
  const search: GatewaySearch = { ...asked, routePort: undefined }
  const first = startSearch(search, signal)
  const found = await readServers(search, name, signal)
  if ('finding' in found) {
    if (found.finding.code === 'ITS-NO-MATCHING-SERVER') return undefined
    const isDenied = found.finding.code === 'ITS-FORBIDDEN'
    return unknownPart(
      where,
      isDenied ? `reading ${where} is not allowed` : `${where} does not exist`,
    )
  }
  const searched = await findServices(search, first, found.gateway, signal)
  const services = 'finding' in searched ? undefined : searched.services
  const { pods, notes, isDenied } = await selectedPods(
    search.workloads,
    found.gateway,
    services ?? [],
    signal,
  )
  if (isDenied) return unknownPart(where, `listing the Pods of ${where} is not allowed`)
  if (pods.length === 0) return unknownPart(where, `no Pod of ${where} runs`)
  const behind = (services ?? []).map((service) => `Service ${serviceName(service)}`)
  return {
    where,
    pods: pods.map((pod) => proxyPod(pod, 'gateway', arrivalsAt(search, found, pod, services))),
    how: `the Pods that ${where} selects${behind.length === 0 ? '' : ` or that are behind ${behind.join(', ')}`}`,
    notes,
  }
}

function arrivalsAt(
  { object, rule }: GatewaySearch,
  { gateway, servers }: FoundServers,
  pod: JsonObject,
  services: readonly JsonObject[] | undefined,
): ProxyArrival[] {
  return servers.map((server) => {
    const at = { gateway, server }
    return {
      arrival: arrivalAt(at, clientOf(pod)),
      port: podPort(pod, services, server.port),
      hosts: reachedHosts(at, object, rule),
      tls: tlsOf(server),
    }
  })
}

/** Sidecars have the rules of an object for its hosts, which are those of Services and of ServiceEntries. */
function servicesAndHosts({ object }: ProxiesSearch) {
  const hosts = hostsOf(object)
  return { hosts, services: hosts.flatMap((host) => serviceOf(host, object.namespace) ?? []) }
}

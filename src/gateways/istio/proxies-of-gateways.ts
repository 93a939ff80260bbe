import { type JsonObject, labelsAt, textAt } from '../../kube/json.ts'
import { gatewaysOf, MESH_GATEWAY } from '../../routes/rule.ts'
import type { GatewaySearch } from '../gateway-search.ts'
import { findServices, startSearch } from '../gateway-service.ts'
import type { FoundProxies, ProxyArrival } from '../proxies/found-proxies.ts'
import { type FoundPart, mergeFound, unknownPart } from '../proxies/merge-found.ts'
import type { ProxiesSearch } from '../proxies/proxies-search.ts'
import {
  clientOf,
  isSelected,
  podNames,
  podPort,
  proxyPod,
  runningPods,
} from '../proxies/proxy-pods.ts'
import { findServedRule } from './delegated.ts'
import { arrivalAt } from './found-server.ts'
import { type GatewayObject, gatewayName, tlsOf } from './gateway-object.ts'
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
    name === MESH_GATEWAY ? undefined : proxiesOf(asked, name, signal),
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
    return unknownPart(where, `${where} ${isDenied ? 'may not be read' : 'does not exist'}`)
  }
  const searched = await findServices(search, first, found.gateway, signal)
  const services = 'finding' in searched ? undefined : searched.services
  const { pods, notes, isDenied } = await podsOf(search, found.gateway, services ?? [], signal)
  if (isDenied) return unknownPart(where, `the Pods of ${where} may not be listed`)
  if (pods.length === 0) return unknownPart(where, `no Pod of ${where} runs`)
  const behind = (services ?? []).map((service) => `Service ${serviceName(service)}`)
  return {
    where,
    pods: pods.map((pod) => proxyPod(pod, 'gateway', arrivalsAt(search, found, pod, services))),
    how: `the Pods that ${where} selects${behind.length === 0 ? '' : ` or that are behind ${behind.join(', ')}`}`,
    notes,
  }
}

type SelectedPods = { pods: JsonObject[]; notes: string[]; isDenied: boolean }

/**
 * A Gateway selects Pods of all namespaces, unless istiod is set to use only those of its own. Where not all may be
 * listed, those of its own namespace and of its Services count.
 */
async function podsOf(
  { workloads }: GatewaySearch,
  { namespace, name, selector }: GatewayObject,
  services: readonly JsonObject[],
  signal: AbortSignal,
): Promise<SelectedPods> {
  const hasSelector = Object.keys(selector).length > 0
  const everywhere = hasSelector
    ? await runningPods(workloads, { namespace: undefined, labels: selector }, signal)
    : []
  const behind = services.flatMap((service) => {
    const labels = labelsAt(service, 'spec', 'selector')
    const inNamespace = textAt(service, 'metadata', 'namespace') ?? ''
    return Object.keys(labels).length === 0 ? [] : [{ namespace: inNamespace, labels }]
  })
  const own = everywhere === undefined ? [{ namespace, labels: selector }] : []
  const listed = await Promise.all(
    [...own, ...behind.filter(({ labels }) => !isWithin(labels, selector, everywhere))].map(
      async (one) => ({ one, pods: await runningPods(workloads, one, signal) }),
    ),
  )
  const pods = unique([...(everywhere ?? []), ...listed.flatMap((one) => one.pods ?? [])])
  const isSelectedHere = (pod: JsonObject) =>
    hasSelector && isSelected(pod, { namespace: undefined, labels: selector })
  const isBehind = (pod: JsonObject) => behind.some((one) => isSelected(pod, one))
  const notBehind = pods.filter((pod) => behind.length > 0 && !isBehind(pod))
  const notSelected = pods.filter((pod) => hasSelector && !isSelectedHere(pod))
  const names = services.map(serviceName).join(', ')
  const seen = listed.flatMap((one) => (one.pods === undefined ? [] : [one.one.namespace]))
  return {
    pods,
    isDenied: everywhere === undefined && seen.length === 0,
    notes: [
      ...(everywhere === undefined && seen.length > 0
        ? [
            `Pods may be listed only in ${[...new Set(seen)].join(', ')}, so proxies of Gateway ${namespace}/${name} in other namespaces are not read.`,
          ]
        : []),
      ...(notBehind.length > 0
        ? [
            `Gateway ${namespace}/${name} selects Pods that are not behind ${names}: ${podNames(notBehind)}. They are read too.`,
          ]
        : []),
      ...(notSelected.length > 0
        ? [
            `Pods behind ${names} are not selected by Gateway ${namespace}/${name}: ${podNames(notSelected)}. They are read too.`,
          ]
        : []),
    ],
  }
}

/** Whether the Pods with some labels are among those that were listed everywhere. */
function isWithin(
  labels: Readonly<Record<string, string>>,
  selector: Readonly<Record<string, string>>,
  everywhere: readonly JsonObject[] | undefined,
): boolean {
  const wanted = Object.entries(selector)
  return (
    everywhere !== undefined &&
    wanted.length > 0 &&
    wanted.every(([key, value]) => labels[key] === value)
  )
}

function unique(pods: readonly JsonObject[]): JsonObject[] {
  return [...new Map(pods.map((pod) => [textAt(pod, 'metadata', 'uid'), pod])).values()]
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

function serviceName(service: JsonObject): string {
  return gatewayName({
    namespace: textAt(service, 'metadata', 'namespace') ?? '',
    name: textAt(service, 'metadata', 'name') ?? '',
  })
}

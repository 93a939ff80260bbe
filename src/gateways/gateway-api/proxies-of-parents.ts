import type { JsonObject } from '../../kube/json.ts'
import { coreResource, readObject } from '../../kube/resources.ts'
import { controllersAt, isIstio } from '../../routes/gateway-api/checks/route-status.ts'
import { hostnamesOf, parentsOf } from '../../routes/gateway-api/rules/listeners.ts'
import { gatewaysOf, MESH_GATEWAY } from '../../routes/rule.ts'
import { readGatewayService } from '../gateway-service.ts'
import type { FoundProxies, ProxyArrival } from '../proxies/found-proxies.ts'
import { type FoundPart, mergeFound, unknownPart } from '../proxies/merge-found.ts'
import { meshProxies } from '../proxies/mesh-proxies.ts'
import type { ProxiesSearch } from '../proxies/proxies-search.ts'
import { clientOf, podPort, proxyPod, runningPods } from '../proxies/proxy-pods.ts'
import { behindOf, serviceName, uniquePods } from '../proxies/selected-pods.ts'
import { arrivalAt } from './found-listener.ts'
import type { GatewayObject } from './gateway-object.ts'
import { servicesOf } from './listener-address.ts'
import { reachedHosts } from './listener-hosts.ts'
import { type ReadParent, readParents } from './read-parents.ts'

/** The Pods whose Envoys hold a rule of the Gateway API: those of its Gateways, and of the mesh where Services are its parents. */
export async function findProxies(
  search: ProxiesSearch,
  signal: AbortSignal,
): Promise<FoundProxies> {
  const read = await readParents(search, signal)
  const parts = await Promise.all([
    ...read.map((parent) => proxiesOf(search, parent, signal)),
    ...(gatewaysOf(search.rule).includes(MESH_GATEWAY) ? [proxiesOfMesh(search, signal)] : []),
  ])
  return mergeFound(parts)
}

async function proxiesOf(
  search: ProxiesSearch,
  parent: ReadParent,
  signal: AbortSignal,
): Promise<FoundPart | undefined> {
  const where = `Gateway ${parent.name}`
  if (parent.kind === 'unfit') {
    if (parent.finding.code === 'ITS-NO-MATCHING-LISTENER') return undefined
    const isDenied = parent.finding.code === 'ITS-FORBIDDEN'
    return unknownPart(
      where,
      isDenied ? `reading ${where} is not allowed` : `${where} does not exist`,
    )
  }
  const controllers = controllersAt(search.object, { kind: 'Gateway', ...parent.gateway })
  if (!controllers.some(isIstio)) {
    const [other] = controllers
    const why = other === undefined ? 'is not known' : `is ${other}, whose proxies cannot be read`
    return unknownPart(where, `the controller of ${where} ${why}`)
  }
  const { pods, services, how, isDenied } = await podsOf(search, parent.gateway, signal)
  if (isDenied) return unknownPart(where, `listing the Pods of ${where} is not allowed`)
  if (pods.length === 0) return unknownPart(where, `no Pod of ${where} runs`)
  return {
    where,
    pods: pods.map((pod) => proxyPod(pod, 'gateway', arrivalsAt(search, parent, pod, services))),
    how,
    notes: [],
  }
}

type PodsOfGateway = {
  pods: JsonObject[]
  services: readonly JsonObject[] | undefined
  how: string
  isDenied: boolean
}

/**
 * Pods that Istio started for a Gateway have its name as a label. Others are behind the Service of its address, or behind
 * the one of the input gateway-service, where the samples go.
 */
async function podsOf(
  search: ProxiesSearch,
  gateway: GatewayObject,
  signal: AbortSignal,
): Promise<PodsOfGateway> {
  const { workloads, gatewayService } = search
  const { namespace, name } = gateway
  const labels = { 'gateway.networking.k8s.io/gateway-name': name }
  const [labelled, services] = await Promise.all([
    runningPods(workloads, { namespace, labels }, signal),
    servicesInFront(search, gateway, signal),
  ])
  const own = labelled ?? []
  const how = `the Pods of Gateway ${namespace}/${name}`
  if (own.length > 0 && gatewayService === undefined)
    return { pods: own, services, how, isDenied: false }
  const behind = (services ?? []).flatMap(behindOf)
  const listed = await Promise.all(behind.map((one) => runningPods(workloads, one, signal)))
  const names = (services ?? []).map((service) => `Service ${serviceName(service)}`)
  const howBehind = names.length === 0 ? '' : `the Pods behind ${names.join(', ')}`
  return {
    pods: uniquePods([...own, ...listed.flatMap((pods) => pods ?? [])]),
    services,
    how:
      own.length > 0
        ? `${how} and ${howBehind}`
        : `${howBehind}, which serves Gateway ${namespace}/${name}`,
    isDenied: listed.includes(undefined) || (labelled === undefined && listed.length === 0),
  }
}

/** undefined where a Service may not be read. */
async function servicesInFront(
  search: ProxiesSearch,
  gateway: GatewayObject,
  signal: AbortSignal,
): Promise<readonly JsonObject[] | undefined> {
  if (search.gatewayService !== undefined) {
    const given = await readGatewayService(
      { ...search, routePort: undefined },
      search.gatewayService,
      signal,
    )
    return 'finding' in given ? undefined : given.services
  }
  const { addresses, wantedAddresses } = gateway
  const named = servicesOf([...addresses, ...wantedAddresses])
  const addressed = named.filter(
    (one, index) =>
      named.findIndex(({ namespace, name }) => namespace === one.namespace && name === one.name) ===
      index,
  )
  const read = await Promise.all(
    addressed.map(({ namespace, name }) =>
      readObject(search.workloads, coreResource('services', namespace, name), signal),
    ),
  )
  if (read.some(({ kind }) => kind === 'denied')) return undefined
  return read.flatMap((one) => (one.kind === 'found' ? [one.value] : []))
}

function arrivalsAt(
  { object }: ProxiesSearch,
  { gateway, listeners }: Extract<ReadParent, { kind: 'found' }>,
  pod: JsonObject,
  services: readonly JsonObject[] | undefined,
): ProxyArrival[] {
  return listeners.map((listener) => {
    const at = { gateway, listener }
    return {
      arrival: { ...arrivalAt(at), pods: clientOf(pod) },
      port: podPort(pod, services, listener.port),
      hosts: reachedHosts(at, object),
      tls: listener.tls,
    }
  })
}

function proxiesOfMesh(search: ProxiesSearch, signal: AbortSignal): Promise<FoundPart> {
  const services = parentsOf(search.object).filter(({ kind }) => kind === 'service')
  const hosts = services.map(({ namespace, name }) => `${name}.${namespace}.svc.cluster.local`)
  const own = hostnamesOf(search.object).filter((host) => host !== '*')
  return meshProxies(search, { services, hosts: [...hosts, ...own] }, signal)
}

import type { Endpoint } from '../../kube/endpoint.ts'
import type { JsonObject } from '../../kube/json.ts'
import { kubectl } from '../../kube/kubectl.ts'
import type { NamespacedName } from '../../kube/names.ts'
import { coreResource, grantingRule, readList, readObject } from '../../kube/resources.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import { shellQuoted } from '../../problem/shell-quoted.ts'
import { GATEWAY_API } from '../../routes/types/route-types.ts'
import { type FoundAddress, type GatewaySearch, GIVE_ENDPOINT } from '../gateway-search.ts'
import { readGatewayService } from '../gateway-service.ts'
import { addressesOfAny } from '../service-address.ts'
import type { FoundListeners } from './choose-listeners.ts'
import { conditionNow, reasonText } from './conditions.ts'
import type { GatewayListener, GatewayObject } from './gateway-object.ts'

/** A listener, its addresses, and the Service in front of the gateway's Pods where that is known. */
export type Reached = {
  listener: GatewayListener
  service?: JsonObject
  found: FoundAddress | { finding: Problem }
}

/**
 * Where connections from outside reach one of a Gateway's listeners: at the Service that the input gateway-service names,
 * else at the addresses in the Gateway's status. A name of a Service among them stands for the addresses of that Service.
 */
export async function addressOf(
  search: GatewaySearch,
  found: FoundListeners,
  signal: AbortSignal,
): Promise<Reached> {
  const { gateway, listeners } = found
  const [listener] = listeners
  if (search.gatewayService) {
    const given = await readGatewayService(search, search.gatewayService, signal)
    return 'finding' in given
      ? { listener, found: given }
      : atServices(search, found, given.services, signal)
  }
  if (search.throughApi) {
    const own = await inCluster(search, gateway, signal)
    return 'finding' in own
      ? { listener, found: own }
      : atServices(search, found, own.services, signal)
  }
  const [first, ...others] = gateway.addresses.flatMap(({ type, value }) =>
    DIALLED.includes(type) && serviceNamed(value) === undefined ? [value] : [],
  )
  if (first !== undefined) {
    const endpointOf = (host: string): Endpoint => ({ host, port: listener.port })
    const endpoints = [endpointOf(first), ...others.map(endpointOf)] as const
    return {
      listener,
      found: {
        endpoints,
        how: `address of Gateway ${gateway.namespace}/${gateway.name}`,
        instead: insteadOf(gateway),
      },
    }
  }
  const [service] = servicesOf(gateway.addresses)
  if (service === undefined) return { listener, found: { finding: noAddress(search, gateway) } }
  const read = await readService(search, gateway, service, signal)
  return 'finding' in read
    ? { listener, found: read }
    : atServices(search, found, [read.service], signal)
}

async function atServices(
  search: GatewaySearch,
  { listeners: [first, ...others] }: FoundListeners,
  services: readonly [JsonObject, ...JsonObject[]],
  signal: AbortSignal,
): Promise<Reached> {
  const ported = (listener: GatewayListener) => ({ ...listener, portName: listener.name })
  const asked = [ported(first), ...others.map(ported)] as const
  const { listener, service, found } = await addressesOfAny(search, services, asked, signal)
  return { listener, service, found }
}

/** Types of addresses that a client can connect to. Others have a meaning to the controller only. */
const DIALLED = ['IPAddress', 'Hostname']

/** Names of Services among the addresses of a Gateway. */
export function servicesOf(addresses: GatewayObject['addresses']): NamespacedName[] {
  return addresses.flatMap(({ type, value }) =>
    type === 'Hostname' ? (serviceNamed(value) ?? []) : [],
  )
}

/** The Service of a name that only the DNS of the cluster resolves; undefined for any other name. */
function serviceNamed(host: string): NamespacedName | undefined {
  const [, name, namespace] = /^([^.]+)\.([^.]+)\.svc(?:\..+)?$/i.exec(host) ?? []
  return name && namespace ? { name, namespace } : undefined
}

/** The other way to the same Pods, in case no address accepts connections. */
function insteadOf(gateway: GatewayObject): string[] {
  return servicesOf(gateway.addresses).map(
    ({ namespace, name }) => `gateway-service: ${namespace}/${name}`,
  )
}

/** What controllers put on everything that they create for a Gateway. */
const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name'

/** The Services of a Gateway within the cluster: the one that its addresses name, else those that the controller created. */
async function inCluster(
  search: GatewaySearch,
  gateway: GatewayObject,
  signal: AbortSignal,
): Promise<{ services: readonly [JsonObject, ...JsonObject[]] } | { finding: Problem }> {
  const [named] = servicesOf([...gateway.addresses, ...gateway.wantedAddresses])
  if (named !== undefined) {
    const read = await readService(search, gateway, named, signal)
    return 'finding' in read ? read : { services: [read.service] }
  }
  const { namespace, name } = gateway
  const labels = { [GATEWAY_LABEL]: name }
  const resource = { ...coreResource('services', namespace), labels }
  const read = await readList(search.workloads, resource, signal)
  const [first, ...others] = read.kind === 'found' ? read.value : []
  if (first !== undefined) return { services: [first, ...others] }
  const other =
    "Or set gateway-service to the namespace/name of the Service in front of the gateway's Pods."
  return {
    finding:
      read.kind === 'denied'
        ? problem(
            'ITS-FORBIDDEN',
            `The Pods of Gateway ${namespace}/${name} cannot be found, because listing Services is not allowed.`,
            `${grantingRule(resource)}\n${other}`,
          )
        : problem(
            'ITS-GATEWAY-SERVICE-NOT-FOUND',
            `On ${search.workloads.server} no Service in namespace ${namespace} has the label ${GATEWAY_LABEL}=${name}, so the Pods of the Gateway cannot be found.`,
            `If Services and Pods are behind another API server, set gateway-kubeconfig. ${other}`,
          ),
  }
}

async function readService(
  search: GatewaySearch,
  gateway: GatewayObject,
  { namespace, name }: NamespacedName,
  signal: AbortSignal,
): Promise<{ service: JsonObject } | { finding: Problem }> {
  const resource = coreResource('services', namespace, name)
  const read = await readObject(search.workloads, resource, signal)
  if (read.kind === 'found') return { service: read.value }
  const whose = `Service ${namespace}/${name}, which is the address of Gateway ${gateway.namespace}/${gateway.name}`
  if (read.kind === 'denied')
    return {
      finding: problem(
        'ITS-FORBIDDEN',
        `The address of the gateway cannot be found, because reading ${whose}, is not allowed.`,
        `${grantingRule(resource)}\n${GIVE_ENDPOINT}`,
      ),
    }
  return {
    finding: problem(
      'ITS-GATEWAY-SERVICE-NOT-FOUND',
      `${whose}, does not exist on ${search.workloads.server}.`,
      `If Services and Pods are behind another API server, set gateway-kubeconfig. Or set gateway-service to namespace/name. ${GIVE_ENDPOINT}`,
    ),
  }
}

function noAddress({ api }: GatewaySearch, gateway: GatewayObject): Problem {
  const { namespace, name, generation, conditions, addresses } = gateway
  const [other] = addresses
  const programmed = conditionNow(generation, conditions, 'Programmed', 'False')
  const accepted = conditionNow(generation, conditions, 'Accepted', 'False')
  const says = accepted ?? programmed
  const why =
    other !== undefined
      ? `its status has only an address of type ${other.type} (${other.value})`
      : says !== undefined
        ? `its status has no address, and its condition ${says.type} is False (${reasonText(says)})`
        : 'its status has no address'
  return problem(
    'ITS-GATEWAY-WITHOUT-ADDRESS',
    `The address of the gateway cannot be found. Gateway ${namespace}/${name} is there, but ${why}.`,
    `Look at its status:\n  ${kubectl(api, namespace)} describe gateways.${GATEWAY_API} ${shellQuoted(name)}\nOr set gateway-service to the namespace/name of the Service in front of the gateway's Pods. ${GIVE_ENDPOINT}`,
  )
}

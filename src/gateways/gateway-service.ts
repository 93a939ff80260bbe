import { type JsonObject, labelsAt, objectsAt, textAt, textsAt } from '../kube/json.ts'
import { kubectl } from '../kube/kubectl.ts'
import type { NamespacedName } from '../kube/names.ts'
import { coreResource, grantingRule, type Read, readList, readObject } from '../kube/resources.ts'
import { type Problem, problem } from '../problem/problem.ts'
import { type GatewaySearch, GIVE_ENDPOINT } from './gateway-search.ts'

/** Namespaces in which gateways usually run. They are searched before the whole cluster is listed. */
const FIRST_NAMESPACE = 'istio-system'
const USUAL_NAMESPACES = [FIRST_NAMESPACE, 'istio-ingress']

/** A Gateway, and the labels of its Pods. */
type SelectingGateway = NamespacedName & { selector: Readonly<Record<string, string>> }

/** Services in front of the same Pods, the preferred one first. */
type FoundServices = { services: readonly [JsonObject, ...JsonObject[]] } | { finding: Problem }

/** The first read of the search for the Service. It does not depend on the Gateway, so both are read at the same time. */
type FirstRead =
  | { kind: 'given'; service: Promise<FoundServices> }
  | { kind: 'usual'; services: Promise<Read<JsonObject[]>> }

export function startSearch(search: GatewaySearch, signal: AbortSignal): FirstRead {
  const read: FirstRead = search.gatewayService
    ? { kind: 'given', service: readGatewayService(search, search.gatewayService, signal) }
    : { kind: 'usual', services: listServices(search, FIRST_NAMESPACE, signal) }
  // If the Gateway cannot be read, this is not awaited.
  const pending: Promise<unknown> = read.kind === 'given' ? read.service : read.services
  pending.catch(() => undefined)
  return read
}

function listServices(search: GatewaySearch, namespace: string | undefined, signal: AbortSignal) {
  return readList(search.workloads, coreResource('services', namespace), signal)
}

/** The Services of the gateway's Pods: the given one, or those that select the Pods. */
export async function findServices(
  search: GatewaySearch,
  first: FirstRead,
  gateway: SelectingGateway,
  signal: AbortSignal,
): Promise<FoundServices> {
  if (first.kind === 'given') return first.service
  const { selector } = gateway
  const selectorText = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  const namespaces = [...new Set([...USUAL_NAMESPACES, gateway.namespace])]
  const seen: string[] = []
  for (const namespace of namespaces) {
    const read = await (namespace === FIRST_NAMESPACE
      ? first.services
      : listServices(search, namespace, signal))
    const services = read.kind === 'found' ? read.value : []
    const [found, ...others] = byPreference(services.filter((known) => selects(known, selector)))
    if (found) return { services: [found, ...others] }
    if (read.kind !== 'denied') seen.push(namespace)
  }
  const everywhere = coreResource('services', undefined)
  const all = await readList(search.workloads, everywhere, signal)
  const services = all.kind === 'found' ? all.value : []
  const [far, ...farther] = byPreference(services.filter((known) => selects(known, selector)))
  if (far) return { services: [far, ...farther] }
  const [other, ...more] = byPreference(await inFrontOfPods(search, services, selector, signal))
  if (other) return { services: [other, ...more] }
  if (all.kind === 'denied' && seen.length === 0) {
    return {
      finding: problem(
        'ITS-FORBIDDEN',
        'The address of the gateway cannot be found, because listing Services is not allowed.',
        `${grantingRule(coreResource('services', 'istio-system'))}\nOr set gateway-service to namespace/name. ${GIVE_ENDPOINT}`,
      ),
    }
  }
  const [searched, grant] =
    all.kind === 'denied'
      ? [
          ` in the namespaces that may be listed (${seen.join(', ')})`,
          `To search all namespaces: ${grantingRule(everywhere)}\n`,
        ]
      : ['', '']
  return {
    finding: problem(
      'ITS-GATEWAY-SERVICE-NOT-FOUND',
      `On ${search.workloads.server} no Service${searched} selects the Pods of Gateway ${gateway.namespace}/${gateway.name} (${selectorText || 'it has no selector'}).`,
      `${grant}If Services and Pods are behind another API server, set gateway-kubeconfig. Or set gateway-service to namespace/name. ${GIVE_ENDPOINT}`,
    ),
  }
}

/** The Service that the input gateway-service names. */
export async function readGatewayService(
  search: GatewaySearch,
  given: NamespacedName,
  signal: AbortSignal,
): Promise<FoundServices> {
  const resource = coreResource('services', given.namespace, given.name)
  const read = await readObject(search.workloads, resource, signal)
  if (read.kind === 'found') return { services: [read.value] }
  if (read.kind === 'denied')
    return {
      finding: problem(
        'ITS-FORBIDDEN',
        `Reading gateway-service ${given.namespace}/${given.name} is not allowed.`,
        grantingRule(resource),
      ),
    }
  return {
    finding: problem(
      'ITS-GATEWAY-SERVICE-NOT-FOUND',
      `Service ${given.namespace}/${given.name}, which gateway-service names, does not exist on ${search.workloads.server}.`,
      `List the Services:\n  ${kubectl(search.workloads, given.namespace)} get services`,
    ),
  }
}

/** Whether a Service selects the Pods of a Gateway: its selector has all labels of the Gateway's selector, or more. */
function selects(service: JsonObject, selector: Readonly<Record<string, string>>): boolean {
  const own = labelsAt(service, 'spec', 'selector')
  const wanted = Object.entries(selector)
  // A Gateway without a selector is for every gateway, so it does not say which one is meant.
  return wanted.length > 0 && wanted.every(([key, value]) => own[key] === value)
}

/** Services that select the gateway's Pods by other labels than the Gateway does, as the labels of the Pods show. */
async function inFrontOfPods(
  { workloads }: GatewaySearch,
  services: readonly JsonObject[],
  selector: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<JsonObject[]> {
  if (services.length === 0 || Object.keys(selector).length === 0) return []
  const pods = { ...coreResource('pods', undefined), labels: selector }
  const read = await readList(workloads, pods, signal)
  if (read.kind !== 'found') return []
  return services.filter((service) => {
    const wanted = Object.entries(labelsAt(service, 'spec', 'selector'))
    const namespace = textAt(service, 'metadata', 'namespace')
    return (
      wanted.length > 0 &&
      read.value.some((pod) => {
        const labels = labelsAt(pod, 'metadata', 'labels')
        const isBehind = wanted.every(([key, value]) => labels[key] === value)
        return isBehind && textAt(pod, 'metadata', 'namespace') === namespace
      })
    )
  })
}

/**
 * In addition to the Service of a load balancer, the same Pods may have headless and internal Services, and load
 * balancers without an address.
 */
function byPreference(services: readonly JsonObject[]): JsonObject[] {
  const ranked = ['LoadBalancer', 'NodePort'].flatMap((type) => {
    const ofType = services.filter((service) => textAt(service, 'spec', 'type') === type)
    return [...ofType.filter(hasAddress), ...ofType]
  })
  return [...new Set([...ranked, ...services])]
}

function hasAddress(service: JsonObject): boolean {
  const balanced = objectsAt(service, 'status', 'loadBalancer', 'ingress').length > 0
  return balanced || textsAt(service, 'spec', 'externalIPs').length > 0
}

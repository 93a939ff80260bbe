import { type JsonObject, labelsAt, objectsAt, textAt, textsAt } from '../kube/json.ts'
import { kubectl } from '../kube/kubectl.ts'
import type { NamespacedName } from '../kube/names.ts'
import { coreResource, grantingRule, type Read, readList, readObject } from '../kube/resources.ts'
import { type Problem, problem } from '../problem/problem.ts'
import type { GatewayObject } from './gateway-object.ts'
import { type GatewaySearch, GIVE_ENDPOINT } from './gateway-search.ts'

/** Namespaces in which gateways usually stand, looked at before the whole cluster is listed. */
const FIRST_NAMESPACE = 'istio-system'
const USUAL_NAMESPACES = [FIRST_NAMESPACE, 'istio-ingress']

/** Services in front of the same Pods, the preferred one first. */
type FoundServices = { services: readonly [JsonObject, ...JsonObject[]] } | { finding: Problem }

/** The first read on the way to the Service. It needs nothing of the Gateway, so both are read at the same time. */
type DelayedStart =
  | { kind: 'given'; service: Promise<FoundServices> }
  | { kind: 'usual'; services: Promise<Read<JsonObject[]>> }

export function delayedStart(search: GatewaySearch, signal: AbortSignal): DelayedStart {
  const look: DelayedStart = search.gatewayService
    ? { kind: 'given', service: readGivenService(search, search.gatewayService, signal) }
    : { kind: 'usual', services: listServices(search, FIRST_NAMESPACE, signal) }
  // Where the Gateway cannot be had, nobody waits for it.
  const read: Promise<unknown> = look.kind === 'given' ? look.service : look.services
  read.catch(() => undefined)
  return look
}

function listServices(search: GatewaySearch, namespace: string | undefined, signal: AbortSignal) {
  return readList(search.workloads, coreResource('services', namespace), signal)
}

/** The Services in front of the gateway's Pods: the given one, or those that select them. */
export async function findServices(
  search: GatewaySearch,
  first: DelayedStart,
  gateway: GatewayObject,
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
        'ITS-ACCESS',
        `listing services is not allowed, so the gateway's address cannot be found`,
        `${grantingRule(coreResource('services', 'istio-system'))}\nOr give gateway-service: namespace/name. ${GIVE_ENDPOINT}`,
      ),
    }
  }
  const [looked, grant] =
    all.kind === 'denied'
      ? [
          ` in ${seen.join(', ')}, which may be looked at`,
          `To have all namespaces looked at: ${grantingRule(everywhere)}\n`,
        ]
      : ['', '']
  return {
    finding: problem(
      'ITS-PREFLIGHT',
      `no Service selects the workload of Gateway ${gateway.namespace}/${gateway.name} (${selectorText || 'it has no selector'})${looked} on ${search.workloads.server}`,
      `${grant}Give gateway-kubeconfig, if Services and Pods are behind another API server; or gateway-service: namespace/name. ${GIVE_ENDPOINT}`,
    ),
  }
}

async function readGivenService(
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
        'ITS-ACCESS',
        `reading gateway-service ${given.namespace}/${given.name} is not allowed`,
        grantingRule(resource),
      ),
    }
  return {
    finding: problem(
      'ITS-PREFLIGHT',
      `there is no Service ${given.namespace}/${given.name}, which gateway-service names, on ${search.workloads.server}`,
      `See what there is:\n  ${kubectl(search.workloads.context, given.namespace)} get services`,
    ),
  }
}

/** A Service in front of the gateway's Pods has their labels, or more, in its selector. */
function selects(service: JsonObject, selector: Readonly<Record<string, string>>): boolean {
  const own = labelsAt(service, 'spec', 'selector')
  const wanted = Object.entries(selector)
  // A Gateway without a selector is for every gateway, so nobody can tell which is meant.
  return wanted.length > 0 && wanted.every(([key, value]) => own[key] === value)
}

/** Services that select the gateway's Pods by other labels than the Gateway does: the Pods' own labels show it. */
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
 * Beside a load balancer's Service there may be headless and internal ones for the same Pods, and
 * other load balancers that have no address yet.
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

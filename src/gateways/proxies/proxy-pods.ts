import type { ApiServer } from '../../kube/api-server.ts'
import { type JsonObject, labelsAt, objectsAt, textAt } from '../../kube/json.ts'
import { coreResource, readList } from '../../kube/resources.ts'
import type { ClientPods } from '../../routes/probe-request.ts'
import { namedPorts, portTo, tcpPorts } from '../service-ports.ts'
import type { ProxyArrival, ProxyPod, ProxyRole } from './found-proxies.ts'

/** Pods by their labels, in a namespace; undefined: in all of them. */
export type PodSelector = {
  namespace: string | undefined
  labels: Readonly<Record<string, string>>
}

/** Those of a selector that run, the terminating ones included; undefined where they may not be listed. */
export async function runningPods(
  workloads: ApiServer,
  { namespace, labels }: PodSelector,
  signal: AbortSignal,
): Promise<JsonObject[] | undefined> {
  const read = await readList(workloads, { ...coreResource('pods', namespace), labels }, signal)
  if (read.kind === 'denied') return undefined
  return read.kind === 'found' ? read.value.filter(isRunning) : []
}

function isRunning(pod: JsonObject): boolean {
  return (textAt(pod, 'status', 'phase') ?? 'Running') === 'Running'
}

/** A native sidecar is among the init containers. */
export function hasSidecar(pod: JsonObject): boolean {
  const containers = [
    ...objectsAt(pod, 'spec', 'containers'),
    ...objectsAt(pod, 'spec', 'initContainers'),
  ]
  return containers.some((one) => textAt(one, 'name') === 'istio-proxy')
}

export function isSelected(pod: JsonObject, { namespace, labels }: PodSelector): boolean {
  const own = labelsAt(pod, 'metadata', 'labels')
  return (
    (namespace === undefined || textAt(pod, 'metadata', 'namespace') === namespace) &&
    Object.entries(labels).every(([key, value]) => own[key] === value)
  )
}

export function proxyPod(
  pod: JsonObject,
  role: ProxyRole,
  arrivals: readonly ProxyArrival[],
): ProxyPod {
  return {
    namespace: textAt(pod, 'metadata', 'namespace') ?? '',
    name: textAt(pod, 'metadata', 'name') ?? '',
    uid: textAt(pod, 'metadata', 'uid') ?? '',
    role,
    isReady: objectsAt(pod, 'status', 'conditions').some(
      (one) => textAt(one, 'type') === 'Ready' && textAt(one, 'status') === 'True',
    ),
    isTerminating: textAt(pod, 'metadata', 'deletionTimestamp') !== undefined,
    arrivals,
  }
}

/** What decides which matches of a rule are for a Pod. */
export function clientOf(pod: JsonObject): ClientPods {
  return {
    namespace: textAt(pod, 'metadata', 'namespace') ?? '',
    labels: labelsAt(pod, 'metadata', 'labels'),
  }
}

/**
 * The port on which a Pod listens for a server of its gateway, by the Services in front of it; undefined where these are
 * not known. A server whose port no Service has gets its own one. Source: istio, resolvePorts.
 */
export function podPort(
  pod: JsonObject,
  services: readonly JsonObject[] | undefined,
  serverPort: number,
): number | undefined {
  if (services === undefined) return undefined
  const named = namedPorts([pod])
  const [found] = services.flatMap((service) => portTo(tcpPorts(service), serverPort, named) ?? [])
  if (found === undefined || found.port !== serverPort) return serverPort
  return typeof found.target === 'number' ? found.target : named.get(found.target)
}

/** `demo/web-1, demo/web-2 and 3 more`. */
export function podNames(pods: readonly JsonObject[]): string {
  const names = pods.map(
    (pod) => `${textAt(pod, 'metadata', 'namespace')}/${textAt(pod, 'metadata', 'name')}`,
  )
  const rest = names.length - MOST_NAMED
  return rest > 0 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${rest} more` : names.join(', ')
}

const MOST_NAMED = 5

import type { ApiServer } from '../../kube/api-server.ts'
import { type JsonObject, labelsAt, textAt } from '../../kube/json.ts'
import type { NamespacedName } from '../../kube/names.ts'
import { coreResource, readObject } from '../../kube/resources.ts'
import { runningPods } from './proxy-pods.ts'

/** Labels of Istio that say which waypoint serves a Service, or all Services of a namespace. */
const WAYPOINT = 'istio.io/use-waypoint'
const WAYPOINT_NAMESPACE = 'istio.io/use-waypoint-namespace'
/** The label that Pods of a Gateway have, and those of a waypoint. */
const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name'

/** `pods`: undefined where they may not be listed. `notes`: what is not known, a sentence each. */
export type Waypoints = {
  waypoints: readonly { name: NamespacedName; pods: readonly JsonObject[] | undefined }[]
  notes: readonly string[]
}

/** The waypoints of Services, each once, with their Pods. A label of a Service comes before that of its namespace. */
export async function readWaypoints(
  workloads: ApiServer,
  services: readonly JsonObject[],
  signal: AbortSignal,
): Promise<Waypoints> {
  const named = await Promise.all(services.map((service) => waypointOf(workloads, service, signal)))
  const names = named.flatMap((one) => ('name' in one ? [one.name] : []))
  const each = [...new Map(names.map((name) => [nameOf(name), name])).values()]
  const waypoints = each.map(async (name) => {
    const labels = { [GATEWAY_NAME]: name.name }
    return {
      name,
      pods: await runningPods(workloads, { namespace: name.namespace, labels }, signal),
    }
  })
  return {
    waypoints: await Promise.all(waypoints),
    notes: [...new Set(named.flatMap((one) => ('note' in one ? [one.note] : [])))],
  }
}

type Named = { name: NamespacedName } | { note: string } | Record<never, never>

async function waypointOf(
  workloads: ApiServer,
  service: JsonObject,
  signal: AbortSignal,
): Promise<Named> {
  const namespace = textAt(service, 'metadata', 'namespace') ?? ''
  const own = labelsAt(service, 'metadata', 'labels')
  if (own[WAYPOINT] !== undefined) return waypointIn(own, namespace)
  const resource = coreResource('namespaces', undefined, namespace)
  const read = await readObject(workloads, resource, signal)
  if (read.kind === 'denied')
    return {
      note: `Whether namespace ${namespace} has a waypoint is not known: it may not be read.`,
    }
  return read.kind === 'found'
    ? waypointIn(labelsAt(read.value, 'metadata', 'labels'), namespace)
    : {}
}

function waypointIn(labels: Readonly<Record<string, string>>, own: string): Named {
  const name = labels[WAYPOINT]
  if (name === undefined || name === 'none') return {}
  return { name: { namespace: labels[WAYPOINT_NAMESPACE] ?? own, name } }
}

export function nameOf({ namespace, name }: NamespacedName): string {
  return `${namespace}/${name}`
}

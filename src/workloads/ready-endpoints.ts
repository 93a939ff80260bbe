import type { ApiServer } from '../kube/api-server.ts'
import { at, type JsonObject, labelsAt, numberAt, objectsAt, textAt } from '../kube/json.ts'
import { type ClusterFlags, kubectl } from '../kube/kubectl.ts'
import { coreResource, grantingRule, readList, readObject } from '../kube/resources.ts'
import { type Problem, problem, warning } from '../problem/problem.ts'
import { shellQuoted } from '../problem/shell-quoted.ts'
import { type ExportTo, exportToOf, nearness } from '../routes/istio/export-to.ts'
import { kindNamed } from '../routes/kinds.ts'
import type { ClientPods } from '../routes/probe-request.ts'
import type { BackendLabels } from '../routes/route-kind.ts'
import type { Destination, ServiceName } from '../routes/rule-format.ts'

/** How many Pods of this cluster a destination has, and how many of them are ready. */
export type Endpoints = {
  ready: number
  pods: number
  namespace: string
  selector: string
  /** If none is ready: when the last of them stopped being ready, by the API server's clock; undefined if that is unknown. */
  unreadySinceMs: number | undefined
}

/** A destination and its name. */
export type NamedDestination = { name: string; destination: Destination }

/** A count, or the problem for which there is none. */
export type Counted = { name: string; counted: Endpoints | Problem }

/** Where to read. */
export type CountSearch = {
  workloads: ApiServer
  /** Of the route object. */
  kind: string
  namespace: string
  /** The gateway that connections come from. Without it, every Service counts as visible. */
  gatewayPods?: Promise<ClientPods | undefined>
}

/**
 * Counts the Pods of destinations. A Service that several destinations share is read once, with its Pods, and at the same
 * time as the labels of the subsets.
 */
export async function countEndpoints(
  { workloads: api, kind, namespace, gatewayPods }: CountSearch,
  named: readonly NamedDestination[],
  subsetLabels: Promise<BackendLabels>,
  signal: AbortSignal,
): Promise<Counted[]> {
  const { serviceOf } = kindNamed(kind).format
  const workloads = new Map<string, Promise<Workload>>()
  return Promise.all(
    named.map(async ({ name, destination }) => {
      const unknown = `the Pods of host ${destination.host} are not known`
      const service = serviceOf(destination, namespace)
      if (!service) return { name, counted: skipped(name, unknown, '') }
      const key = `${service.namespace}/${service.name}`
      const reading = workloads.get(key) ?? readWorkload(api, service, signal)
      workloads.set(key, reading)
      const [workload, labelsOf, pods] = await Promise.all([reading, subsetLabels, gatewayPods])
      const labels = labelsOf(destination)
      if (!labels) return { name, counted: skipped(name, unknown, '') }
      if ('why' in workload) return { name, counted: skipped(name, workload.why, workload.remedy) }
      const unseen = pods && findUnseen(service, workload.exportTo, pods)
      return { name, counted: unseen ?? countPods(service, workload, labels) }
    }),
  )
}

/** The error for a Service that the gateway does not see, so that it cannot connect to it. */
function findUnseen(
  { namespace, name }: ServiceName,
  exportTo: ExportTo,
  pods: ClientPods,
): Problem | undefined {
  if (nearness(exportTo, namespace, pods.namespace) !== undefined) return undefined
  return problem(
    'ITS-SERVICE-NOT-EXPORTED',
    `Connections to Service ${namespace}/${name} would be lost. It has the annotation ${EXPORT_TO}=${exportTo.join(',')}, and the gateway's Pods are in namespace ${pods.namespace}.`,
    `Add the gateway's namespace to the annotation: ${pods.namespace}.`,
  )
}

const EXPORT_TO = 'networking.istio.io/exportTo'

/** A Service's Pods, or why they are not known. */
type Workload =
  | {
      selector: Readonly<Record<string, string>>
      pods: readonly JsonObject[]
      exportTo: ExportTo
      /** The Service also sends connections to Pods that are not ready. */
      takesUnready: boolean
    }
  | { why: string; remedy: string }

async function readWorkload(
  api: ApiServer,
  { namespace, name }: ServiceName,
  signal: AbortSignal,
): Promise<Workload> {
  const where = `${namespace}/${name}`
  const read = await readObject(api, coreResource('services', namespace, name), signal)
  if (read.kind === 'denied') {
    return { why: `reading Service ${where} is not allowed`, remedy: grantingRule(read.resource) }
  }
  if (read.kind === 'missing') {
    return { why: `Service ${where} does not exist on ${api.server}`, remedy: '' }
  }
  const selector = labelsAt(read.value, 'spec', 'selector')
  if (Object.keys(selector).length === 0) {
    return { why: `Service ${where} has no selector`, remedy: '' }
  }
  const resource = { ...coreResource('pods', namespace), labels: selector }
  const pods = await readList(api, resource, signal)
  const exportTo = exportToOf(labelsAt(read.value, 'metadata', 'annotations')[EXPORT_TO])
  const takesUnready = at(read.value, 'spec', 'publishNotReadyAddresses') === true
  if (pods.kind === 'found') return { selector, pods: pods.value, exportTo, takesUnready }
  const why = `listing pods in namespace ${namespace} is not allowed`
  return { why, remedy: grantingRule(resource) }
}

function countPods(
  service: ServiceName,
  workload: Exclude<Workload, { why: string }>,
  labels: Readonly<Record<string, string>>,
): Endpoints {
  const pods = workload.pods.filter((pod) => {
    const own = labelsAt(pod, 'metadata', 'labels')
    return Object.entries(labels).every(([key, value]) => own[key] === value)
  })
  const ready = pods.filter((pod) => workload.takesUnready || isReady(pod)).length
  return {
    ready,
    unreadySinceMs: ready > 0 ? undefined : latest(pods.map(unreadySinceMs)),
    pods: pods.length,
    namespace: service.namespace,
    selector: Object.entries({ ...workload.selector, ...labels })
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  }
}

/** The error for a destination that would get connections and has no ready Pod. */
export function noneReady(name: string, endpoints: Endpoints, cluster: ClusterFlags): Problem {
  return problem(
    'ITS-NO-READY-ENDPOINTS',
    `${name} has no ready endpoints: ${unreadyText(endpoints)}.`,
    `List the Pods:\n  ${kubectl(cluster, endpoints.namespace)} get pods --selector ${shellQuoted(endpoints.selector)}`,
  )
}

function unreadyText({ pods, selector, namespace }: Endpoints): string {
  const which = `${selector} in namespace ${namespace}`
  if (pods === 0) return `no Pod has ${which}`
  if (pods === 1) return `the only Pod with ${which} is not ready`
  return `none of the ${pods.toLocaleString('en-US')} Pods with ${which} is ready`
}

function isReady(pod: JsonObject): boolean {
  const deleted = textAt(pod, 'metadata', 'deletionTimestamp') !== undefined
  const conditions = objectsAt(pod, 'status', 'conditions')
  return (
    !deleted &&
    conditions.some(
      (condition) =>
        textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
    )
  )
}

/** When a Pod stopped being ready, according to its condition or its deletion. */
function unreadySinceMs(pod: JsonObject): number | undefined {
  const deletedMs = Date.parse(textAt(pod, 'metadata', 'deletionTimestamp') ?? '')
  const graceMs = (numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') ?? 0) * 1000
  const conditions = objectsAt(pod, 'status', 'conditions')
  const changed = conditions.filter(
    (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') !== 'True',
  )
  const times = changed.map((condition) =>
    Date.parse(textAt(condition, 'lastTransitionTime') ?? ''),
  )
  return [deletedMs - graceMs, ...times].find((ms) => !Number.isNaN(ms))
}

/** The latest time, if all are known. */
function latest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 || known.length < times.length ? undefined : Math.max(...known)
}

function skipped(name: string, why: string, remedy: string): Problem {
  return warning(
    'ITS-ENDPOINTS-NOT-CHECKED',
    `The ready endpoints of ${name} were not checked, because ${why}.`,
    remedy,
  )
}

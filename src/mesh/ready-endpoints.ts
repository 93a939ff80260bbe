import type { ApiServer } from './api-server.ts'
import type { SubsetLabels } from './destination-rules.ts'
import type { Destination } from './entry.ts'
import { type ExportTo, exportToOf, nearness } from './export-to.ts'
import { type Finding, problem, shellQuoted, warning } from './finding.ts'
import { type ServiceName, serviceOf } from './host.ts'
import { type JsonObject, labelsAt, objectsAt, textAt } from './json.ts'
import { kubectl } from './kubectl.ts'
import type { GatewayPods } from './merged-servers.ts'
import { coreResource, grantingRule, readList, readObject } from './resources.ts'

/** How many Pods stand behind a destination, and how many of them are ready. */
export type Endpoints = { ready: number; pods: number; namespace: string; selector: string }

/** A destination with the name it goes by. */
export type NamedDestination = { name: string; destination: Destination }

/** A count, or a finding where none could be made. */
export type Counted = { name: string; counted: Endpoints | Finding }

/** Where to look. */
export type CountSearch = {
  workloads: ApiServer
  /** Of the route object. */
  namespace: string
  /** The gateway that connections come from; without it, every Service counts as seen. */
  gatewayPods?: Promise<GatewayPods | undefined>
}

/**
 * Counts the Pods behind destinations. A Service that several share, and its Pods, are read once,
 * and while the labels of the subsets may still be on their way.
 */
export async function countEndpoints(
  { workloads: api, namespace, gatewayPods }: CountSearch,
  named: readonly NamedDestination[],
  subsetLabels: Promise<SubsetLabels>,
  signal: AbortSignal,
): Promise<Counted[]> {
  const workloads = new Map<string, Promise<Workload>>()
  return Promise.all(
    named.map(async ({ name, destination }) => {
      const unknown = `which Pods are behind host ${destination.host} could not be told`
      const service = serviceOf(destination.host, namespace)
      if (!service) return { name, counted: skipped(name, unknown, '') }
      const key = `${service.namespace}/${service.name}`
      const reading = workloads.get(key) ?? readWorkload(api, service, signal)
      workloads.set(key, reading)
      const [workload, labelsOf, pods] = await Promise.all([reading, subsetLabels, gatewayPods])
      const labels = labelsOf(destination)
      if (!labels) return { name, counted: skipped(name, unknown, '') }
      if ('why' in workload) return { name, counted: skipped(name, workload.why, workload.mend) }
      const unseen = pods && findUnseen(service, workload.exportTo, pods)
      return { name, counted: unseen ?? countPods(service, workload, labels) }
    }),
  )
}

/** The error for a Service that the gateway does not see: it has no way there. */
function findUnseen(
  { namespace, name }: ServiceName,
  exportTo: ExportTo,
  pods: GatewayPods,
): Finding | undefined {
  if (nearness(exportTo, namespace, pods.namespace) !== undefined) return undefined
  return problem(
    'preflight',
    `Service ${namespace}/${name} has the annotation ${EXPORT_TO}: ${exportTo.join(',')}, and the gateway's Pods are in namespace ${pods.namespace}: connections to it would be lost`,
    `Add the gateway's namespace to the annotation: ${pods.namespace}.`,
  )
}

const EXPORT_TO = 'networking.istio.io/exportTo'

/** A Service's Pods, or why they could not be read. */
type Workload =
  | {
      selector: Readonly<Record<string, string>>
      pods: readonly JsonObject[]
      exportTo: ExportTo
    }
  | { why: string; mend: string }

async function readWorkload(
  api: ApiServer,
  { namespace, name }: ServiceName,
  signal: AbortSignal,
): Promise<Workload> {
  const where = `${namespace}/${name}`
  const read = await readObject(api, coreResource('services', namespace, name), signal)
  if (read.kind === 'denied') {
    return { why: `reading Service ${where} is not allowed`, mend: grantingRule(read.resource) }
  }
  if (read.kind === 'missing') {
    return { why: `there is no Service ${where} on ${api.server}`, mend: '' }
  }
  const selector = labelsAt(read.value, 'spec', 'selector')
  if (Object.keys(selector).length === 0) {
    return { why: `Service ${where} has no selector`, mend: '' }
  }
  const resource = { ...coreResource('pods', namespace), labels: selector }
  const pods = await readList(api, resource, signal)
  const exportTo = exportToOf(labelsAt(read.value, 'metadata', 'annotations')[EXPORT_TO])
  if (pods.kind === 'found') return { selector, pods: pods.value, exportTo }
  const why = `listing pods in namespace ${namespace} is not allowed`
  return { why, mend: grantingRule(resource) }
}

function countPods(
  service: ServiceName,
  workload: { selector: Readonly<Record<string, string>>; pods: readonly JsonObject[] },
  labels: Readonly<Record<string, string>>,
): Endpoints {
  const pods = workload.pods.filter((pod) => {
    const own = labelsAt(pod, 'metadata', 'labels')
    return Object.entries(labels).every(([key, value]) => own[key] === value)
  })
  return {
    ready: pods.filter(isReady).length,
    pods: pods.length,
    namespace: service.namespace,
    selector: Object.entries({ ...workload.selector, ...labels })
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  }
}

/** The error for a destination that nobody would answer for. */
export function nobodyReady(
  name: string,
  endpoints: Endpoints,
  context: string | undefined,
): Finding {
  return problem(
    'preflight',
    `${name} has no ready endpoints: ${endpoints.pods === 0 ? 'no Pod has' : `none of ${endpoints.pods} Pods is ready with`} ${endpoints.selector} in namespace ${endpoints.namespace}`,
    `Look at them:\n  ${kubectl(context, endpoints.namespace)} get pods --selector ${shellQuoted(endpoints.selector)}`,
  )
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

function skipped(name: string, why: string, mend: string): Finding {
  return warning(`not checked: ready endpoints of ${name}; ${why}`, mend)
}

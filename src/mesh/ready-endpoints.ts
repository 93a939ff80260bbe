import type { ApiServer } from './api-server.ts'
import type { SubsetLabels } from './destination-rules.ts'
import type { Destination } from './entry.ts'
import { type Finding, problem, shellQuoted, warning } from './finding.ts'
import { type ServiceName, serviceOf } from './host.ts'
import { type JsonObject, labelsAt, objectsAt, textAt } from './json.ts'
import { coreResource, grantingRule, type Read, readList, readObject } from './resources.ts'

/** How many Pods stand behind a destination, and how many of them are ready. */
export type Endpoints = { ready: number; pods: number; namespace: string; selector: string }

/** A destination with the name it goes by. */
export type NamedDestination = { name: string; destination: Destination }

/** A count, or a finding where none could be made. */
export type Counted = { name: string; counted: Endpoints | Finding }

/** Counts the Pods behind destinations. A Service that several share is read once. */
export async function countEndpoints(
  api: ApiServer,
  namespace: string,
  named: readonly NamedDestination[],
  subsetLabels: SubsetLabels,
  signal: AbortSignal,
): Promise<Counted[]> {
  const services = new Map<string, Promise<Read<JsonObject>>>()
  const readService = (service: ServiceName) => {
    const key = `${service.namespace}/${service.name}`
    const read =
      services.get(key) ??
      readObject(api, coreResource('services', service.namespace, service.name), signal)
    services.set(key, read)
    return read
  }
  return Promise.all(
    named.map(async ({ name, destination }) => {
      const service = serviceOf(destination.host, namespace)
      const labels = subsetLabels(destination)
      const counted =
        service && labels
          ? await countPods(api, name, service, await readService(service), labels, signal)
          : skipped(name, `which Pods are behind host ${destination.host} could not be told`, '')
      return { name, counted }
    }),
  )
}

async function countPods(
  api: ApiServer,
  name: string,
  service: ServiceName,
  read: Read<JsonObject>,
  labels: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Endpoints | Finding> {
  const where = `${service.namespace}/${service.name}`
  if (read.kind === 'denied') {
    return skipped(name, `reading Service ${where} is not allowed`, grantingRule(read.resource))
  }
  if (read.kind === 'missing') {
    return skipped(name, `there is no Service ${where} on ${api.server}`, '')
  }
  const selector = labelsAt(read.value, 'spec', 'selector')
  if (Object.keys(selector).length === 0) {
    return skipped(name, `Service ${where} has no selector`, '')
  }
  const wanted = { ...selector, ...labels }
  const resource = { ...coreResource('pods', service.namespace), labels: wanted }
  const pods = await readList(api, resource, signal)
  if (pods.kind !== 'found') {
    const why = `listing pods in namespace ${service.namespace} is not allowed`
    return skipped(name, why, grantingRule(resource))
  }
  return {
    ready: pods.value.filter(isReady).length,
    pods: pods.value.length,
    namespace: service.namespace,
    selector: Object.entries(wanted)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  }
}

/** The error for a destination that nobody would answer for. */
export function nobodyReady(name: string, endpoints: Endpoints): Finding {
  return problem(
    'preflight',
    `${name} has no ready endpoints: ${endpoints.pods === 0 ? 'no Pod has' : `none of ${endpoints.pods} Pods is ready with`} ${endpoints.selector} in namespace ${endpoints.namespace}`,
    `Look at them:\n  kubectl --namespace ${shellQuoted(endpoints.namespace)} get pods --selector ${shellQuoted(endpoints.selector)}`,
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

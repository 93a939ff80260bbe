import type { ApiServer } from './api-server.ts'
import type { SubsetLabels } from './destination-rules.ts'
import type { Destination } from './entry.ts'
import { type Finding, problem, shellQuoted, warning } from './finding.ts'
import { serviceOf } from './host.ts'
import { type JsonObject, labelsAt, objectsAt, textAt } from './json.ts'
import { coreResource, grantingRule, readList, readObject } from './resources.ts'

/** How many Pods stand behind a destination, and how many of them are ready. */
export type Endpoints = { ready: number; pods: number; namespace: string; selector: string }

/** A destination with the name it goes by. */
export type NamedDestination = { name: string; destination: Destination }

/** Counts the Pods behind a destination; a finding instead where that cannot be told. */
export async function countEndpoints(
  api: ApiServer,
  namespace: string,
  named: NamedDestination,
  subsetLabels: SubsetLabels,
  signal: AbortSignal,
): Promise<Endpoints | Finding> {
  const { destination, name } = named
  const service = serviceOf(destination.host, namespace)
  const labels = subsetLabels(destination)
  if (!service || labels === undefined)
    return warning(
      `not checked: ready endpoints of ${name}; which Pods are behind host ${destination.host} could not be told`,
    )
  const resource = coreResource('services', service.namespace, service.name)
  const read = await readObject(api, resource, signal)
  if (read.kind === 'denied')
    return skipped(
      name,
      `reading service ${service.name} in namespace ${service.namespace} is not allowed`,
      grantingRule(resource),
    )
  if (read.kind === 'missing')
    return skipped(
      name,
      `there is no Service ${service.namespace}/${service.name} on ${api.server}`,
      '',
    )
  const selector = labelsAt(read.value, 'spec', 'selector')
  if (Object.keys(selector).length === 0)
    return skipped(name, `Service ${service.namespace}/${service.name} has no selector`, '')
  const podsResource = {
    ...coreResource('pods', service.namespace),
    labels: { ...selector, ...labels },
  }
  const pods = await readList(api, podsResource, signal)
  if (pods.kind !== 'found')
    return skipped(
      name,
      `listing pods in namespace ${service.namespace} is not allowed`,
      grantingRule(podsResource),
    )
  return {
    ready: pods.value.filter(isReady).length,
    pods: pods.value.length,
    namespace: service.namespace,
    selector: Object.entries(podsResource.labels)
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

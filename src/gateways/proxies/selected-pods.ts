import type { ApiServer } from '../../kube/api-server.ts'
import { type JsonObject, labelsAt, textAt } from '../../kube/json.ts'
import type { NamespacedName } from '../../kube/names.ts'
import { isSelected, podNames, runningPods } from './proxy-pods.ts'

type SelectingGateway = NamespacedName & { selector: Readonly<Record<string, string>> }

export type SelectedPods = { pods: JsonObject[]; notes: string[]; isDenied: boolean }

/**
 * A Gateway selects Pods of all namespaces, unless istiod is set to use only those of its own. Where not all may be
 * listed, those of its own namespace and of its Services count.
 */
export async function selectedPods(
  workloads: ApiServer,
  { namespace, name, selector }: SelectingGateway,
  services: readonly JsonObject[],
  signal: AbortSignal,
): Promise<SelectedPods> {
  const hasSelector = Object.keys(selector).length > 0
  const behind = services.flatMap(behindOf)
  const everywhere = hasSelector
    ? await runningPods(workloads, { namespace: undefined, labels: selector }, signal)
    : []
  const own = everywhere === undefined ? [{ namespace, labels: selector }] : []
  const listed = await Promise.all(
    [...own, ...behind.filter(({ labels }) => !isWithin(labels, selector, everywhere))].map(
      async (one) => ({ one, pods: await runningPods(workloads, one, signal) }),
    ),
  )
  const pods = uniquePods([...(everywhere ?? []), ...listed.flatMap((one) => one.pods ?? [])])
  const isSelectedHere = (pod: JsonObject) =>
    hasSelector && isSelected(pod, { namespace: undefined, labels: selector })
  const isBehind = (pod: JsonObject) => behind.some((one) => isSelected(pod, one))
  const notBehind = pods.filter((pod) => behind.length > 0 && !isBehind(pod))
  const notSelected = pods.filter((pod) => hasSelector && !isSelectedHere(pod))
  const names = services.map(serviceName).join(', ')
  const seen = listed.flatMap((one) => (one.pods === undefined ? [] : [one.one.namespace]))
  return {
    pods,
    isDenied: everywhere === undefined && seen.length === 0,
    notes: [
      ...(everywhere === undefined && seen.length > 0
        ? [
            `Pods may be listed only in ${[...new Set(seen)].join(', ')}, so proxies of Gateway ${namespace}/${name} in other namespaces are not read.`,
          ]
        : []),
      ...(notBehind.length > 0
        ? [
            `Gateway ${namespace}/${name} selects Pods that are not behind ${names}: ${podNames(notBehind)}. They are read too.`,
          ]
        : []),
      ...(notSelected.length > 0
        ? [
            `Pods behind ${names} are not selected by Gateway ${namespace}/${name}: ${podNames(notSelected)}. They are read too.`,
          ]
        : []),
    ],
  }
}

/** Whether the Pods with some labels are among those that were listed everywhere. */
function isWithin(
  labels: Readonly<Record<string, string>>,
  selector: Readonly<Record<string, string>>,
  everywhere: readonly JsonObject[] | undefined,
): boolean {
  const wanted = Object.entries(selector)
  return (
    everywhere !== undefined &&
    wanted.length > 0 &&
    wanted.every(([key, value]) => labels[key] === value)
  )
}

/** Each Pod once. */
export function uniquePods(pods: readonly JsonObject[]): JsonObject[] {
  return [...new Map(pods.map((pod) => [textAt(pod, 'metadata', 'uid'), pod])).values()]
}

/** What selects the Pods behind a Service; none where its endpoints are written by others. */
export function behindOf(service: JsonObject) {
  const labels = labelsAt(service, 'spec', 'selector')
  const namespace = textAt(service, 'metadata', 'namespace') ?? ''
  return Object.keys(labels).length === 0 ? [] : [{ namespace, labels }]
}

export function serviceName(service: JsonObject): string {
  return `${textAt(service, 'metadata', 'namespace')}/${textAt(service, 'metadata', 'name')}`
}

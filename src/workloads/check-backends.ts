import type { ApiServer } from '../kube/api-server.ts'
import type { Problem } from '../problem/problem.ts'
import { kindNamed } from '../routes/kinds.ts'
import type { ClientPods } from '../routes/probe-request.ts'
import { type Counted, countEndpoints, type NamedDestination } from './ready-endpoints.ts'

/** Where to read: `api` has Istio's objects, `workloads` has Services and Pods. */
export type BackendCheck = {
  api: ApiServer
  workloads: ApiServer
  /** The kind of the route object, and the version under which it was read. */
  kind: string
  apiVersion: string
  namespace: string
  /** The gateway that connections come from. Without it, what every gateway sees counts. */
  gatewayPods?: Promise<ClientPods | undefined>
}

/**
 * Whether the subsets of destinations exist, and how many ready Pods they have. Both are read at the same time. A subset
 * that no DestinationRule defines, or whose DestinationRule may not be read, has a finding and no count. `failures` are
 * the errors of reads that failed.
 */
export async function checkBackends(
  where: BackendCheck,
  named: readonly NamedDestination[],
  signal: AbortSignal,
): Promise<{ counts: Counted[]; findings: readonly Problem[]; failures: unknown[] }> {
  const destinations = named.map(({ destination }) => destination)
  const subsets = kindNamed(where.kind).readBackends(where, destinations, signal)
  const labels = subsets.then((read) => read.labels)
  // If no host is a Service, this is not awaited. Its failure is returned below.
  labels.catch(() => undefined)
  const [read, counted] = await Promise.allSettled([
    subsets,
    countEndpoints(where, named, labels, signal),
  ])
  const failed = [read, counted].flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  // If the DestinationRules could not be read, the count fails with the same error: it is returned once.
  const failures = [...new Set<unknown>(failed)]
  if (read.status === 'rejected') return { counts: [], findings: [], failures }
  const isDefined = (_: unknown, index: number) => {
    const destination = destinations[index]
    return destination !== undefined && read.value.labels(destination) !== undefined
  }
  const counts = counted.status === 'fulfilled' ? counted.value.filter(isDefined) : []
  return { counts, findings: read.value.findings, failures }
}

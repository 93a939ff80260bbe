import type { ApiServer } from '../kube/api-server.ts'
import type { Problem } from '../problem/problem.ts'
import { kindNamed } from '../routes/kinds.ts'
import type { ClientPods } from '../routes/route-kind.ts'
import { type Counted, countEndpoints, type NamedDestination } from './ready-endpoints.ts'

/** Where to look: Istio's objects by `api`, Services and Pods by `workloads`. */
export type BackendCheck = {
  api: ApiServer
  workloads: ApiServer
  /** The kind of the route object, and the version under which it was read. */
  kind: string
  istioVersion: string
  namespace: string
  /** The gateway that connections come from; without it, what every gateway sees counts. */
  gatewayPods?: Promise<ClientPods | undefined>
}

/**
 * Whether destinations have subsets, and ready Pods behind these; both are read at the same time.
 * Of a subset that nobody defines, or whose rule may not be read, there is a finding and no count.
 * `failures` is what either reading ended with where it did not come to its end.
 */
export async function checkBackends(
  where: BackendCheck,
  named: readonly NamedDestination[],
  signal: AbortSignal,
): Promise<{ counts: Counted[]; findings: readonly Problem[]; failures: unknown[] }> {
  const destinations = named.map(({ destination }) => destination)
  const subsets = kindNamed(where.kind).readBackends(where, destinations, signal)
  const labels = subsets.then((read) => read.labels)
  // Where no host is a Service nobody waits for them; that they failed is told below.
  labels.catch(() => undefined)
  const [read, counted] = await Promise.allSettled([
    subsets,
    countEndpoints(where, named, labels, signal),
  ])
  const failed = [read, counted].flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  // Who counts ends with the rules' failure where these could not be read: it is one, not two.
  const failures = [...new Set<unknown>(failed)]
  if (read.status === 'rejected') return { counts: [], findings: [], failures }
  const isDefined = (_: unknown, index: number) => {
    const destination = destinations[index]
    return destination !== undefined && read.value.labels(destination) !== undefined
  }
  const counts = counted.status === 'fulfilled' ? counted.value.filter(isDefined) : []
  return { counts, findings: read.value.findings, failures }
}

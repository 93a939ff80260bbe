import type { ApiServer } from './api-server.ts'
import { readSubsets } from './destination-rules.ts'
import type { Finding } from './finding.ts'
import { type Counted, countEndpoints, type NamedDestination } from './ready-endpoints.ts'

/** Where to look: Istio's objects by `api`, Services and Pods by `workloads`. */
export type LookBehind = {
  api: ApiServer
  workloads: ApiServer
  istioVersion: string
  namespace: string
}

/**
 * Whether destinations have subsets, and ready Pods behind these; both are read at the same time.
 * Of a subset that nobody defines, or whose rule may not be read, there is a finding and no count.
 */
export async function lookBehind(
  { api, workloads, istioVersion, namespace }: LookBehind,
  named: readonly NamedDestination[],
  signal: AbortSignal,
): Promise<{ counts: Counted[]; findings: Finding[] }> {
  const destinations = named.map(({ destination }) => destination)
  const subsets = readSubsets(api, istioVersion, namespace, destinations, signal)
  const labels = subsets.then((read) => read.labels)
  // Where no host is a Service nobody waits for them; that they failed is told below.
  labels.catch(() => undefined)
  const [read, counts] = await Promise.all([
    subsets,
    countEndpoints(workloads, namespace, named, labels, signal),
  ])
  const isDefined = (_: unknown, index: number) => {
    const destination = destinations[index]
    return destination !== undefined && read.labels(destination) !== undefined
  }
  return { counts: counts.filter(isDefined), findings: read.findings }
}

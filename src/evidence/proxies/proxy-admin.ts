import type { Json } from '../../kube/json.ts'
import type { ClusterStatistics } from './cluster-statistics.ts'
import type { ProxyCounters } from './host-counters.ts'
import type { RequestSeries } from './request-series.ts'

/** What the admin endpoint of one Envoy says, read through a tunnel into its Pod. */
export type ProxyAdmin = {
  /** The answer to /config_dump for a resource. `nameRegex`: only resources with such a name. */
  dump(
    resource: 'dynamic_route_configs' | 'dynamic_listeners',
    signal: AbortSignal,
    nameRegex?: string,
  ): Promise<Json>
  /** The counters of all hosts of the clusters whose names the regular expression finds. */
  counters(signal: AbortSignal, filter?: string): Promise<ProxyCounters>
  /** The statistics of the same clusters that tell draws, those that it includes. */
  statistics(signal: AbortSignal, filter?: string): Promise<ClusterStatistics>
  /** For how long it has run, in milliseconds: whole seconds, rounded down. */
  uptimeMs(signal: AbortSignal): Promise<number>
  /** The requests that it counted by status, where it is Istio's. */
  requests(signal: AbortSignal): Promise<readonly RequestSeries[]>
  /** How long connections last after the listener that accepted them has changed, in milliseconds. */
  drainMs(signal: AbortSignal): Promise<number>
  /** Why the tunnel broke, as a clause; undefined while it works. */
  broken(): string | undefined
  close(): void
}

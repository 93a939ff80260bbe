import type { Json } from '../../kube/json.ts'
import type { ProxyCounters } from './host-counters.ts'
import type { RequestDraws } from './request-draws.ts'

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
  /** The requests that it has drawn destinations for, of the same clusters, where statistics have them. */
  draws(signal: AbortSignal, filter?: string): Promise<RequestDraws>
  /** Why the tunnel broke, as a clause; undefined while it works. */
  broken(): string | undefined
  close(): void
}

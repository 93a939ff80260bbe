import type { GatewayFault } from '../../faults/gateway-fault.ts'
import type { HostCounters } from '../../proxies/host-stats.ts'
import type { Choose } from '../choose.ts'
import type { Endpoint } from '../clusters.ts'
import type { MeshConfig } from '../config.ts'
import type { Upstream } from './upstream.ts'

/** What the requests of a connection share. */
export type Serving = {
  /** The configuration of the connection's replica, for the next request. */
  config: () => MeshConfig
  /** The number of the request among those of the gateway, from 1. */
  turn: () => number
  /** Name of the routes in it. */
  routes: string
  clientAddress: string
  choose: Choose
  random: () => number
  faults: () => readonly GatewayFault[]
  upstream: Upstream
  counters: HostCounters
  /** The endpoint of a cluster that is next in turn. */
  next: (cluster: string, endpoints: readonly Endpoint[]) => Endpoint | undefined
  /** Counts a request for a destination. */
  count: (destination: string) => void
}

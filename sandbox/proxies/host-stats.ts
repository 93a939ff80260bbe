import type { Cluster, Endpoint } from '../mesh/clusters.ts'

/** What a replica has counted for one host of a cluster, since that host was added there. The names are Envoy's. */
export type HostStats = {
  cx_connect_fail: number
  cx_total: number
  rq_error: number
  rq_success: number
  rq_timeout: number
  rq_total: number
  cx_active: number
  rq_active: number
}

/** What a replica has counted for a whole cluster, since that was added. The names are Envoy's. */
export type ClusterStats = {
  upstream_rq_pending_failure_eject: number
  upstream_rq_pending_overflow: number
  upstream_rq_pending_total: number
  upstream_rq_retry: number
  upstream_rq_total: number
}

type CountedHost = { endpoint: Endpoint; stats: HostStats; isReady: boolean }

/** The counters of a replica, by cluster and host. */
export type HostCounters = {
  of(cluster: string, endpoint: Endpoint): HostStats
  /**
   * Adds the hosts of a configuration and removes all others, with what they have counted. A host that is not ready any more
   * stays.
   */
  keep(clusters: ReadonlyMap<string, Cluster>): void
  ofCluster(cluster: string): ClusterStats
  /** Counts a request to a cluster that ended with this status for its client. */
  replied(cluster: string, status: number): void
  /** By cluster, then by status. They outlive their cluster. */
  replies(): ReadonlyMap<string, ReadonlyMap<number, number>>
  list(): ReadonlyMap<string, ReadonlyMap<string, CountedHost>>
}

export function createHostCounters(): HostCounters {
  const clusters = new Map<string, Map<string, CountedHost>>()
  const totals = new Map<string, ClusterStats>()
  const replies = new Map<string, Map<number, number>>()
  return {
    // What a connection counts after its host was removed is lost, as in Envoy.
    of: (cluster, endpoint) => clusters.get(cluster)?.get(keyOf(endpoint))?.stats ?? zeros(),
    keep(wanted) {
      for (const name of clusters.keys()) {
        if (wanted.has(name)) continue
        clusters.delete(name)
        totals.delete(name)
      }
      for (const [name, { endpoints, unready }] of wanted) {
        const known = clusters.get(name)
        const hosts = [...endpoints, ...unready].map((endpoint, index) => {
          const key = keyOf(endpoint)
          const stats = known?.get(key)?.stats ?? zeros()
          return [key, { endpoint, stats, isReady: index < endpoints.length }] as const
        })
        clusters.set(name, new Map(hosts))
      }
    },
    ofCluster(cluster) {
      const known = totals.get(cluster) ?? { ...NOTHING }
      totals.set(cluster, known)
      return known
    },
    replied(cluster, status) {
      const known = replies.get(cluster) ?? new Map<number, number>()
      replies.set(cluster, known.set(status, (known.get(status) ?? 0) + 1))
    },
    replies: () => replies,
    list: () => clusters,
  }
}

/** Counts a connection that begins. Returns what counts its end, or that it was never established. */
export function countConnection(stats: HostStats): { closed(): void; failed(): void } {
  stats.cx_total += 1
  stats.cx_active += 1
  let isOpen = true
  const closed = () => {
    if (isOpen) stats.cx_active -= 1
    isOpen = false
  }
  return {
    closed,
    failed() {
      stats.cx_connect_fail += 1
      closed()
    },
  }
}

const NOTHING: ClusterStats = {
  upstream_rq_pending_failure_eject: 0,
  upstream_rq_pending_overflow: 0,
  upstream_rq_pending_total: 0,
  upstream_rq_retry: 0,
  upstream_rq_total: 0,
}

/** As `countConnection`, for a connection of a tcp or tls rule, which waits until its host has it. */
export function countDraw(
  stats: HostStats,
  totals: ClusterStats,
): ReturnType<typeof countConnection> {
  totals.upstream_rq_pending_total += 1
  const { closed, failed } = countConnection(stats)
  return {
    closed,
    failed() {
      totals.upstream_rq_pending_failure_eject += 1
      failed()
    },
  }
}

/** Counts a request that is sent to a host. Returns what counts its end; more than one end counts once. */
export function countRequest(stats: HostStats, totals: ClusterStats): { ended(): void } {
  totals.upstream_rq_total += 1
  stats.rq_total += 1
  stats.rq_active += 1
  let isActive = true
  return {
    ended() {
      if (isActive) stats.rq_active -= 1
      isActive = false
    },
  }
}

function keyOf({ address, port }: Endpoint): string {
  return `${address}:${port}`
}

function zeros(): HostStats {
  return {
    cx_connect_fail: 0,
    cx_total: 0,
    rq_error: 0,
    rq_success: 0,
    rq_timeout: 0,
    rq_total: 0,
    cx_active: 0,
    rq_active: 0,
  }
}

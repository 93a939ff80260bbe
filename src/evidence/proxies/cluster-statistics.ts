/**
 * The statistics of a cluster that tell draws. Unlike the counters of hosts they outlive hosts that are removed. Istio leaves
 * all of them out, unless proxyStatsMatcher includes them. Source: envoy, docs, "Cluster manager statistics".
 */
const NAMES = [
  'upstream_rq_total',
  'upstream_rq_retry',
  'upstream_rq_pending_total',
  'upstream_rq_pending_failure_eject',
  'upstream_rq_pending_overflow',
] as const

export type StatisticName = (typeof NAMES)[number]

/** Those that a proxy has of one cluster. All of them begin at 0 with the proxy. */
export type Statistics = Readonly<Partial<Record<StatisticName, number>>>

/** By cluster. */
export type ClusterStatistics = ReadonlyMap<string, Statistics>

/** What is asked for: a regular expression on the names of statistics, of clusters that another one finds. */
export function statisticsFilter(clusters = ''): string {
  return `^cluster\\..*(${clusters}).*\\.(${NAMES.join('|')})$`
}

/** istiod ends the name of a cluster with a semicolon, so that Envoy finds its end. */
const LINE = /^cluster\.(.+?);?\.(upstream_[a-z_]+): (\d+)$/

/** The statistics of clusters, from the answer to /stats. */
export function clusterStatistics(stats: string): ClusterStatistics {
  const found = new Map<string, Partial<Record<StatisticName, number>>>()
  for (const line of stats.split('\n')) {
    const [, cluster = '', name = '', value] = LINE.exec(line.trim()) ?? []
    if (!isKnown(name)) continue
    const statistics = found.get(cluster) ?? {}
    found.set(cluster, statistics)
    statistics[name] = Number(value)
  }
  return found
}

function isKnown(name: string): name is StatisticName {
  return NAMES.some((known) => known === name)
}

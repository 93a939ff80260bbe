/** How many destinations a proxy has drawn for requests, by cluster: tries of retries are left out. */
export type RequestDraws = ReadonlyMap<string, number>

/**
 * The statistics that tell draws: a try that finds no connection is ejected and no request, one that finds too many waiting is
 * an overflow, and a retry is a try of a request that was counted before. Istio leaves all of them out, unless
 * proxyStatsMatcher includes them. Source: envoy, docs, "Cluster manager statistics".
 */
const PARTS = {
  upstream_rq_total: 1,
  upstream_rq_pending_failure_eject: 1,
  upstream_rq_pending_overflow: 1,
  upstream_rq_retry: -1,
} as const

/** What is asked for: a regular expression on the names of statistics, of clusters that another one finds. */
export function drawsFilter(clusters = ''): string {
  return `^cluster\\..*(${clusters}).*\\.(${Object.keys(PARTS).join('|')})$`
}

/** istiod ends the name of a cluster with a semicolon, so that Envoy finds its end. */
const LINE = /^cluster\.(.+?);?\.(upstream_rq_[a-z_]+): (\d+)$/

/** The draws by cluster, from the answer to /stats. A cluster of which a statistic is left out is not among them. */
export function requestDraws(stats: string): RequestDraws {
  const found = new Map<string, Map<keyof typeof PARTS, number>>()
  for (const line of stats.split('\n')) {
    const [, cluster = '', name = '', value] = LINE.exec(line.trim()) ?? []
    if (!isPart(name)) continue
    const parts = found.get(cluster) ?? new Map()
    found.set(cluster, parts.set(name, Number(value)))
  }
  return new Map(
    [...found].flatMap(([cluster, parts]) =>
      parts.size < Object.keys(PARTS).length ? [] : [[cluster, drawsOf(parts)] as const],
    ),
  )
}

function isPart(name: string): name is keyof typeof PARTS {
  return Object.hasOwn(PARTS, name)
}

function drawsOf(parts: ReadonlyMap<keyof typeof PARTS, number>): number {
  return [...parts].reduce((sum, [name, value]) => sum + PARTS[name] * value, 0)
}

import type { HostCounters, ProxyCounters } from './host-counters.ts'

/** What a proxy counted between two readings of it. */
export type Counted = {
  /** By cluster. */
  clusters: ReadonlyMap<string, CountedCluster>
  /** Hosts whose counters began again between the readings, by cluster. What they had until then, since the first reading, is not known. */
  resets: ReadonlyMap<string, number>
  /** Whether all hosts with counts began again at once: the proxy did. */
  restarted: boolean
}

export type CountedCluster = Pick<
  HostCounters,
  | 'connections'
  | 'connectFailures'
  | 'requests'
  | 'requestSuccesses'
  | 'requestErrors'
  | 'requestTimeouts'
>

const RISING = [
  'connections',
  'connectFailures',
  'requests',
  'requestSuccesses',
  'requestErrors',
  'requestTimeouts',
] as const

/**
 * The differences of the counters of one proxy. A host that was added begins at 0, and so does one that left and came back: a
 * value that falls shows it, and then all of the new value is counted. A host that left has taken what it had since the
 * first reading with it, which counts as a reset.
 */
export function countedBetween(before: ProxyCounters, after: ProxyCounters): Counted {
  const clusters = new Map<string, CountedCluster>()
  const resets = goneFrom(before, after)
  let fell = 0
  let went = 0
  for (const [cluster, hosts] of after) {
    const one = countedIn(before.get(cluster) ?? new Map(), hosts)
    clusters.set(cluster, one.sums)
    if (one.fell > 0) resets.set(cluster, (resets.get(cluster) ?? 0) + one.fell)
    fell += one.fell
    went += one.went
  }
  return { clusters, resets, restarted: fell > 0 && went === 0 }
}

type Hosts = ReadonlyMap<string, HostCounters>

/** The sums of the hosts of a cluster, and how many of them began again, and went on. */
function countedIn(before: Hosts, after: Hosts) {
  const sums = { ...NOTHING }
  let fell = 0
  let went = 0
  for (const [address, now] of after) {
    const then = before.get(address)
    const isReset = then !== undefined && RISING.some((name) => now[name] < then[name])
    if (isReset) fell += 1
    else if (then !== undefined && RISING.some((name) => now[name] > 0)) went += 1
    for (const name of RISING) sums[name] += now[name] - (isReset ? 0 : (then?.[name] ?? 0))
  }
  return { sums, fell, went }
}

/** How many hosts left, by cluster. */
function goneFrom(before: ProxyCounters, after: ProxyCounters): Map<string, number> {
  const gone = [...before].map(
    ([cluster, hosts]) =>
      [
        cluster,
        [...hosts.keys()].filter((address) => after.get(cluster)?.has(address) !== true).length,
      ] as const,
  )
  return new Map(gone.filter(([, count]) => count > 0))
}

export const NOTHING: CountedCluster = {
  connections: 0,
  connectFailures: 0,
  requests: 0,
  requestSuccesses: 0,
  requestErrors: 0,
  requestTimeouts: 0,
}

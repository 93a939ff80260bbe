import type { HostCounters, ProxyCounters } from './host-counters.ts'

/** What a proxy counted between two readings of it. */
export type Counted = {
  /** By cluster. */
  clusters: ReadonlyMap<string, CountedCluster>
  /** Hosts whose counters began again between the readings. What they had until then, since the first reading, is not known. */
  resets: number
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
  let fell = 0
  let went = 0
  for (const [cluster, hosts] of after) {
    const sums = { ...NOTHING }
    for (const [address, now] of hosts) {
      const then = before.get(cluster)?.get(address) ?? now
      const isNew = before.get(cluster)?.has(address) !== true
      const isReset = RISING.some((name) => now[name] < then[name])
      if (isReset) fell += 1
      else if (!isNew && RISING.some((name) => now[name] > 0)) went += 1
      for (const name of RISING) sums[name] += now[name] - (isNew || isReset ? 0 : then[name])
    }
    clusters.set(cluster, sums)
  }
  return { clusters, resets: goneFrom(before, after) + fell, restarted: fell > 0 && went === 0 }
}

/** How many hosts left. */
function goneFrom(before: ProxyCounters, after: ProxyCounters): number {
  const gone = [...before].map(
    ([cluster, hosts]) =>
      [...hosts.keys()].filter((address) => after.get(cluster)?.has(address) !== true).length,
  )
  return gone.reduce((sum, count) => sum + count, 0)
}

const NOTHING: CountedCluster = {
  connections: 0,
  connectFailures: 0,
  requests: 0,
  requestSuccesses: 0,
  requestErrors: 0,
  requestTimeouts: 0,
}

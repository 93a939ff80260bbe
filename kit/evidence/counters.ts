import type { HostCounters, ProxyCounters } from '../../src/evidence/proxies/host-counters.ts'

const NONE: HostCounters = {
  connections: 0,
  connectFailures: 0,
  requests: 0,
  requestSuccesses: 0,
  requestErrors: 0,
  requestTimeouts: 0,
  openConnections: 0,
  openRequests: 0,
}

/** What a proxy counted: by cluster, then by host. */
export type SomeCounters = Readonly<Record<string, Readonly<Record<string, Partial<HostCounters>>>>>

/** The counters of a proxy. What is not given is 0. */
export function proxyCountersOf(clusters: SomeCounters): ProxyCounters {
  return new Map(
    Object.entries(clusters).map(([cluster, hosts]) => [
      cluster,
      new Map(Object.entries(hosts).map(([host, some]) => [host, { ...NONE, ...some }])),
    ]),
  )
}

import type { Json, JsonObject } from '../../objects/json.ts'
import type { HostCounters, HostStats } from '../host-stats.ts'

const GAUGES: ReadonlySet<string> = new Set(['cx_active', 'rq_active'])

/** The hosts of clusters with their counters. Source: envoy, api/envoy/admin/v3/clusters.proto. */
export function clusterStatuses(counters: HostCounters, filter: RegExp): JsonObject[] {
  return [...counters.list()]
    .filter(([name]) => filter.test(name))
    .map(([name, hosts]) => ({
      name,
      added_via_api: true,
      host_statuses: [...hosts.values()].map(({ endpoint, stats, isReady }) => ({
        address: { socket_address: { address: endpoint.address, port_value: endpoint.port } },
        stats: statsOf(stats),
        health_status: { eds_health_status: isReady ? 'HEALTHY' : 'UNHEALTHY' },
        weight: 1,
        locality: {},
      })),
      observability_name: name,
      eds_service_name: name,
    }))
}

/** Protobuf's JSON writes integers of 64 bits as texts, and leaves out a value that is 0 and a type that is a counter. */
function statsOf(stats: HostStats): Json[] {
  return Object.entries(stats).map(([name, value]) => ({
    ...(GAUGES.has(name) ? { type: 'GAUGE' } : {}),
    ...(value === 0 ? {} : { value: String(value) }),
    name,
  }))
}

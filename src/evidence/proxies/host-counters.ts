import { at, type Json, numberAt, objectsAt, textAt } from '../../kube/json.ts'

/** What one proxy has counted for one host of a cluster, since that host was added there. */
export type HostCounters = {
  /** Connections that were established or attempted, and those that failed to be established. */
  connections: number
  connectFailures: number
  /** Requests, tries of retries included. */
  requests: number
  /** Those that ended: with a reply, or with 5xx, a reset or no answer in time. */
  requestSuccesses: number
  requestErrors: number
  /** Among the errors, unless the reply had begun. */
  requestTimeouts: number
  /** In progress now. */
  openConnections: number
  openRequests: number
}

/** By cluster, then by `address:port`. */
export type ProxyCounters = ReadonlyMap<string, ReadonlyMap<string, HostCounters>>

/**
 * The counters of the hosts of all clusters, from the answer to /clusters?format=json. They exist whatever the statistics
 * of a proxy leave out; a value that is missing is 0. Source: envoy, api/envoy/admin/v3/clusters.proto.
 */
export function proxyCounters(clusters: Json): ProxyCounters {
  return new Map(
    objectsAt(clusters, 'cluster_statuses').map((cluster) => [
      textAt(cluster, 'name') ?? '',
      new Map(
        objectsAt(cluster, 'host_statuses').map((host) => [addressOf(host), countersOf(host)]),
      ),
    ]),
  )
}

function addressOf(host: Json): string {
  const address = at(host, 'address', 'socket_address')
  const pipe = textAt(host, 'address', 'pipe', 'path')
  return pipe ?? `${textAt(address, 'address') ?? ''}:${numberAt(address, 'port_value') ?? ''}`
}

function countersOf(host: Json): HostCounters {
  const values = new Map(
    objectsAt(host, 'stats').map((stat) => [textAt(stat, 'name') ?? '', counterOf(stat)]),
  )
  const value = (name: string) => values.get(name) ?? 0
  return {
    connections: value('cx_total'),
    connectFailures: value('cx_connect_fail'),
    requests: value('rq_total'),
    requestSuccesses: value('rq_success'),
    requestErrors: value('rq_error'),
    requestTimeouts: value('rq_timeout'),
    openConnections: value('cx_active'),
    openRequests: value('rq_active'),
  }
}

/** A 64-bit integer is a text in the JSON of protobuf. */
function counterOf(stat: Json): number {
  const value = at(stat, 'value')
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : 0
}

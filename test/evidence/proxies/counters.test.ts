import { expect, test } from 'vitest'
import { countedBetween } from '../../../src/evidence/proxies/counter-differences.ts'
import { proxyCounters } from '../../../src/evidence/proxies/host-counters.ts'
import type { Json } from '../../../src/kube/json.ts'

const V1 = 'outbound|9000|v1|tcp-echo.demo.svc.cluster.local'

/** What Envoy answers for hosts of one cluster: each with its counters, of which those at 0 have no value. */
function clusters(hosts: Readonly<Record<string, Readonly<Record<string, number>>>>): Json {
  return {
    cluster_statuses: [
      {
        name: V1,
        host_statuses: Object.entries(hosts).map(([address, stats]) => ({
          address: { socket_address: { address, port_value: 9000 } },
          stats: [
            { name: 'cx_connect_fail' },
            ...Object.entries(stats).map(([name, value]) => ({ name, value: String(value) })),
          ],
        })),
      },
    ],
  }
}

function counted(before: Json, after: Json) {
  const { clusters, resets } = countedBetween(proxyCounters(before), proxyCounters(after))
  return { connections: clusters.get(V1)?.connections, resets: resets.get(V1) ?? 0 }
}

test('values are read by cluster and host, and one that is missing is 0', () => {
  const counters = proxyCounters(clusters({ '10.0.0.1': { cx_total: 248, cx_active: 3 } }))
  expect(counters.get(V1)?.get('10.0.0.1:9000')).toMatchObject({
    connections: 248,
    openConnections: 3,
    connectFailures: 0,
    requests: 0,
  })
})

test('differences are summed over the hosts of a cluster, and a new host begins at 0', () => {
  const before = clusters({ '10.0.0.1': { cx_total: 100 } })
  const after = clusters({ '10.0.0.1': { cx_total: 130 }, '10.0.0.2': { cx_total: 12 } })
  expect(counted(before, after)).toEqual({ connections: 42, resets: 0 })
})

test('a counter that begins again counts what it has, and is a reset', () => {
  const before = clusters({ '10.0.0.1': { cx_total: 100 } })
  expect(counted(before, clusters({ '10.0.0.1': { cx_total: 7 } }))).toEqual({
    connections: 7,
    resets: 1,
  })
})

test('a host that left is a reset, because what it had since the first reading is not known', () => {
  const before = clusters({ '10.0.0.1': { cx_total: 100 }, '10.0.0.2': { cx_total: 5 } })
  expect(counted(before, clusters({ '10.0.0.1': { cx_total: 101 } }))).toEqual({
    connections: 1,
    resets: 1,
  })
})

import { expect, test } from 'vitest'
import type { HostCounters } from '../../../src/evidence/proxies/host-counters.ts'
import type { RuleInProxy } from '../../../src/gateways/proxies/held-rule.ts'
import { clusterFilter, servedBetween } from '../../../src/rollout/proxies/own-share.ts'
import { servedByAll } from '../../../src/rollout/proxies/proxy-looks.ts'

const RULE: RuleInProxy = {
  destinations: ['v1', 'v2'].map((subset) => ({
    host: 'echo.demo.svc.cluster.local',
    subset,
    port: undefined,
  })),
  hosts: [],
  request: { protocol: 'tcp', gateway: 'demo/echo', port: 31_400 },
  port: 31_400,
}

function counters(connections: number, requests = 0, subset = 'v1', address = '10.0.0.1:9000') {
  const host = { connections, requests } as HostCounters
  const name = `outbound|9000|${subset}|echo.demo.svc.cluster.local`
  return { counters: new Map([[name, new Map([[address, host]])]]), statistics: undefined }
}

test('connections of a proxy to the destinations of a rule are counted', () => {
  expect(servedBetween(counters(10), counters(14), { rule: RULE, isHttp: false })).toEqual({
    served: 4,
    lostHosts: 0,
  })
})

test('of a rule for HTTP requests are counted, and clusters of other rules are not', () => {
  expect(servedBetween(counters(0, 5), counters(1, 9), { rule: RULE, isHttp: true }).served).toBe(4)
  const other = servedBetween(counters(0, 0, 'v3'), counters(9, 9, 'v3'), {
    rule: RULE,
    isHttp: false,
  })
  expect(other.served).toBe(0)
})

test('what an endpoint had when it was removed is lost, unless the proxy has statistics of its cluster', () => {
  const of = { rule: RULE, isHttp: false }
  const [before, after] = [counters(10), counters(3, 0, 'v1', '10.0.0.2:9000')]
  expect(servedBetween(before, after, of)).toEqual({ served: 3, lostHosts: 1 })
  const [cluster = ''] = before.counters.keys()
  const draws = (total: number) => ({
    upstream_rq_pending_total: total,
    upstream_rq_pending_failure_eject: 0,
    upstream_rq_pending_overflow: 0,
  })
  const known = (reading: typeof before, total: number) => ({
    ...reading,
    statistics: new Map([[cluster, draws(total)]]),
  })
  const both = servedBetween(known(before, 10), known(after, 18), of)
  expect(both).toEqual({ served: 8, lostHosts: 0 })
})

test('the filter finds the clusters of each host once, and takes no character of it for another', () => {
  expect(clusterFilter(RULE)).toBe('echo\\.demo\\.svc\\.')
})

test('what sidecars serve beside gateways is not taken for samples of the run', () => {
  const of = { rule: RULE, isHttp: false }
  const read = (gateway: number, sidecar: number) =>
    new Map([
      ['a', { of, role: 'gateway' as const, ...counters(gateway) }],
      ['b', { of, role: 'sidecar' as const, ...counters(sidecar) }],
    ])
  expect(servedByAll(read(10, 100), read(14, 190)).served).toBe(4)
  const alone = (count: number) => new Map([...read(0, count)].filter(([uid]) => uid === 'b'))
  expect(servedByAll(alone(100), alone(190)).served).toBe(90)
})

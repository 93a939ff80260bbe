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

function counters(connections: number, requests = 0, subset = 'v1') {
  const host = { connections, requests } as HostCounters
  const name = `outbound|9000|${subset}|echo.demo.svc.cluster.local`
  return new Map([[name, new Map([['10.0.0.1:9000', host]])]])
}

test('connections of a proxy to the destinations of a rule are counted', () => {
  expect(servedBetween(counters(10), counters(14), { rule: RULE, isHttp: false })).toBe(4)
})

test('of a rule for HTTP requests are counted, and clusters of other rules are not', () => {
  expect(servedBetween(counters(0, 5), counters(1, 9), { rule: RULE, isHttp: true })).toBe(4)
  const other = servedBetween(counters(0, 0, 'v3'), counters(9, 9, 'v3'), {
    rule: RULE,
    isHttp: false,
  })
  expect(other).toBe(0)
})

test('the filter finds the clusters of each host once, and takes no character of it for another', () => {
  expect(clusterFilter(RULE)).toBe('echo\\.demo\\.svc\\.')
})

test('what sidecars serve beside gateways is not taken for samples of the run', () => {
  const of = { rule: RULE, isHttp: false }
  const read = (gateway: number, sidecar: number) =>
    new Map([
      ['a', { of, role: 'gateway' as const, counters: counters(gateway) }],
      ['b', { of, role: 'sidecar' as const, counters: counters(sidecar) }],
    ])
  expect(servedByAll(read(10, 100), read(14, 190))).toBe(4)
  const alone = (count: number) => new Map([...read(0, count)].filter(([uid]) => uid === 'b'))
  expect(servedByAll(alone(100), alone(190))).toBe(90)
})

import { expect, test } from 'vitest'
import { clusterStatistics } from '../../../src/evidence/proxies/cluster-statistics.ts'
import { startDrawCount } from '../../../src/evidence/proxies/draw-count.ts'

const V1 = 'outbound|80|v1|web.demo.svc.cluster.local'
const V2 = 'outbound|80|v2|web.demo.svc.cluster.local'

/** What /stats answers for a cluster, as istiod names it in statistics. */
function stats(cluster: string, values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `cluster.${cluster};.${name}: ${value}\n`)
    .join('')
}

const requests = (total: number, retry = 0, eject = 0, overflow = 0) => ({
  upstream_rq_pending_failure_eject: eject,
  upstream_rq_pending_overflow: overflow,
  upstream_rq_retry: retry,
  upstream_rq_retry_success: 4,
  upstream_rq_total: total,
})

const connections = (total: number, eject = 0) => ({
  upstream_rq_pending_failure_eject: eject,
  upstream_rq_pending_overflow: 0,
  upstream_rq_pending_total: total,
})

const draws = (drawn: ReturnType<ReturnType<typeof startDrawCount>['observe']>) =>
  Object.fromEntries([...drawn].map(([cluster, one]) => [cluster, one.draws]))

test('draws of requests are what a real proxy made, whatever it retried', () => {
  // Recorded from Envoy 1.40 after 5,000 requests, of which it sent 1,038 to v2 by its header: one of two hosts of v2 refuses
  // connections, the other answers 3 of 10 requests with 503, and it retries twice.
  const recorded = stats(V1, requests(3962)) + stats(V2, requests(856, 674, 856))
  const count = startDrawCount('requests', false)
  expect(draws(count.observe(clusterStatistics(recorded)))).toEqual({ [V1]: 3962, [V2]: 1038 })
})

test('draws of requests are those without their retries, with those that found no connection', () => {
  const count = startDrawCount('requests', true)
  expect(draws(count.observe(clusterStatistics(stats(V2, requests(40)))))).toEqual({})
  expect(count.isKnown()).toBe(true)
  const next = clusterStatistics(stats(V2, requests(81, 9, 6, 2)))
  expect(draws(count.observe(next))).toEqual({ [V2]: 40 })
})

test('a retry that is counted before its try takes nothing from other draws', () => {
  const count = startDrawCount('requests', false)
  const answers = [requests(10), requests(10, 1), requests(13, 1), requests(14, 1)]
  const seen = answers.map((one) => draws(count.observe(clusterStatistics(stats(V2, one))))[V2])
  expect(seen).toEqual([10, 0, 2, 1])
})

test('draws are not known of a cluster whose statistics are left out in part', () => {
  const text = stats(V2, { upstream_rq_total: 41, upstream_rq_pending_total: 3 })
  for (const one of [text, '', 'server.live: 1\nlistener.x.downstream_rq_total: 3']) {
    const count = startDrawCount('requests', false)
    expect(draws(count.observe(clusterStatistics(one)))).toEqual({})
    expect(count.isKnown()).toBe(false)
  }
})

test('draws of connections are those that were made, also where a destination refuses them', () => {
  // Recorded from Envoy 1.40 after 2,015 connections, of which 1,631 were answered by v1. v2 refused 384, with 383 tries.
  const recorded = stats(V1, connections(1631)) + stats(V2, connections(384, 384))
  const drawn = startDrawCount('connections', false).observe(clusterStatistics(recorded))
  expect(draws(drawn)).toEqual({ [V1]: 1631, [V2]: 384 })
  expect(drawn.get(V2)?.withoutConnection).toBe(384)
})

test('a cluster whose statistics come with its first draw is counted from 0', () => {
  const count = startDrawCount('connections', true)
  const v1 = (total: number) => stats(V1, connections(total))
  count.observe(clusterStatistics(v1(70)))
  const next = clusterStatistics(v1(75) + stats(V2, connections(3)))
  expect(draws(count.observe(next))).toEqual({ [V1]: 5, [V2]: 3 })
})

test('statistics that fall, or are gone, began again', () => {
  const of = (total: number) => clusterStatistics(stats(V1, connections(total, 2)))
  const count = startDrawCount('connections', true)
  count.observe(of(70))
  expect(count.observe(of(6)).get(V1)).toEqual({ draws: 6, withoutConnection: 2, beganAgain: true })
  expect(count.observe(new Map()).get(V1)).toMatchObject({ draws: 0, beganAgain: true })
  expect(count.observe(of(9)).get(V1)).toMatchObject({ draws: 9, beganAgain: false })
})

import { expect, test } from 'vitest'
import { requestDraws } from '../../../src/evidence/proxies/request-draws.ts'

const V2 = 'outbound|80|v2|web.demo.svc.cluster.local'

/** What /stats answers for a cluster, as istiod names it in statistics. */
function stats(cluster: string, values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `cluster.${cluster};.${name}: ${value}`)
    .join('\n')
}

test('draws are what a real proxy made, whatever it retried', () => {
  // Recorded from Envoy 1.40 after 5,000 requests, of which it sent 1,038 to v2 by its header: one of two hosts of v2 refuses
  // connections, the other answers 3 of 10 requests with 503, and it retries twice.
  const recorded = `${stats(V2.replace('v2', 'v1'), {
    upstream_rq_pending_failure_eject: 0,
    upstream_rq_pending_overflow: 0,
    upstream_rq_retry: 0,
    upstream_rq_total: 3962,
  })}
${stats(V2, {
  upstream_rq_pending_failure_eject: 856,
  upstream_rq_pending_overflow: 0,
  upstream_rq_retry: 674,
  upstream_rq_total: 856,
})}
`
  expect([...requestDraws(recorded).values()]).toEqual([3962, 1038])
})

test('draws are requests without their retries, with those that found no connection', () => {
  const text = stats(V2, {
    upstream_rq_pending_failure_eject: 6,
    upstream_rq_pending_overflow: 2,
    upstream_rq_retry: 9,
    upstream_rq_retry_success: 4,
    upstream_rq_total: 41,
  })
  expect(requestDraws(`${text}\n`)).toEqual(new Map([[V2, 40]]))
})

test('draws are not known of a cluster whose statistics are left out in part', () => {
  expect(requestDraws(stats(V2, { upstream_rq_total: 41 }))).toEqual(new Map())
  expect(requestDraws('')).toEqual(new Map())
  expect(requestDraws('server.live: 1\nlistener.x.downstream_rq_total: 3')).toEqual(new Map())
})

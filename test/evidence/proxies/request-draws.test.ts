import { expect, test } from 'vitest'
import { requestDraws } from '../../../src/evidence/proxies/request-draws.ts'

const V2 = 'outbound|80|v2|web.demo.svc.cluster.local'

/** What /stats answers for a cluster, as istiod names it in statistics. */
function stats(cluster: string, values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `cluster.${cluster};.${name}: ${value}`)
    .join('\n')
}

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

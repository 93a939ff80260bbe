import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { proxyAdmin } from '../../../src/evidence/proxies/open-proxy-admin.ts'

const NEVER = new AbortController().signal

/** An admin endpoint, reached by plain connections in the place of those of a tunnel. */
async function adminWith(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no address')
  const ports: number[] = []
  const admin = proxyAdmin({
    connect(port) {
      ports.push(port)
      return connect({ host: '127.0.0.1', port: address.port })
    },
    broken: () => undefined,
    close: () => undefined,
  })
  return { admin, ports }
}

test('a dump is asked for by its resource, and by names where they are given', async () => {
  const paths: (string | undefined)[] = []
  const { admin, ports } = await adminWith((request, response) => {
    paths.push(request.url)
    response.end('{"configs": []}')
  })
  expect(await admin.dump('dynamic_listeners', NEVER)).toEqual({ configs: [] })
  await admin.dump('dynamic_route_configs', NEVER, '^http\\.80$')
  expect(paths).toEqual([
    '/config_dump?resource=dynamic_listeners',
    '/config_dump?resource=dynamic_route_configs&name_regex=%5Ehttp%5C.80%24',
  ])
  expect(ports).toEqual([15_000, 15_000])
})

test('statistics are asked for by the names of clusters and statistics', async () => {
  const queries: (string | null)[] = []
  const { admin } = await adminWith((request, response) => {
    queries.push(new URL(request.url ?? '', 'http://envoy').searchParams.get('filter'))
    response.end('cluster.one;.upstream_rq_total: 3\n')
  })
  expect(await admin.statistics(NEVER, 'web\\.demo')).toEqual(
    new Map([['one', { upstream_rq_total: 3 }]]),
  )
  expect(queries).toEqual([
    '^cluster\\..*(web\\.demo).*\\.(upstream_rq_total|upstream_rq_retry|upstream_rq_pending_total|upstream_rq_pending_failure_eject|upstream_rq_pending_overflow)$',
  ])
})

test('counters are those of the hosts of the clusters that the filter finds', async () => {
  const paths: (string | undefined)[] = []
  const { admin } = await adminWith((request, response) => {
    paths.push(request.url)
    const host = {
      address: { socket_address: { address: '10.0.0.1', port_value: 80 } },
      stats: [{ name: 'cx_total', value: '12' }],
    }
    response.end(JSON.stringify({ cluster_statuses: [{ name: 'one', host_statuses: [host] }] }))
  })
  const counters = await admin.counters(NEVER, 'echo')
  expect(counters.get('one')?.get('10.0.0.1:80')?.connections).toBe(12)
  expect(paths).toEqual(['/clusters?format=json&filter=echo'])
})

test('an answer that is not JSON, or nested too deeply, is an error', async () => {
  const { admin } = await adminWith((request, response) =>
    response.end(request.url?.includes('listeners') ? '<html>' : '['.repeat(600) + ']'.repeat(600)),
  )
  const text = 'GET /config_dump answered with something other than the JSON of Envoy'
  await expect(admin.dump('dynamic_listeners', NEVER)).rejects.toThrow(text)
  await expect(admin.dump('dynamic_route_configs', NEVER)).rejects.toThrow(text)
})

import { beforeAll, describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../sandbox/objects/json.ts'
import { askHttp, echoedIn, type HttpReply } from '../../sandbox/talk-http.ts'
import type { Mesh } from '../gateway/mesh.ts'
import {
  eventually,
  get,
  HOST,
  leads,
  lendGateway,
  lendObject,
  says,
  serveRules,
  server,
  sparePort,
  to,
} from './mesh.ts'

const UPSTREAM = 'x-envoy-upstream-service-time'
const GRPC = {
  headers: [
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
  ],
} as const

export function testReplies(mesh: () => Mesh): void {
  const rules: Record<string, JsonObject> = {
    redirect: { redirect: { uri: '/new', authority: 'other.example.com' } },
    scheme: { redirect: { scheme: 'https' } },
    found: { redirect: { redirectCode: 302, uri: '/new' } },
    port: { redirect: { port: 8443, scheme: 'https' } },
    abort: {
      route: [to('v1', { headers: { response: { set: { 'x-chosen': 'v1' } } } })],
      fault: { abort: { httpStatus: 401, percentage: { value: 100 } } },
    },
    'grpc-abort': {
      route: [to('v1')],
      fault: { abort: { grpcStatus: 'DATA_LOSS', percentage: { value: 100 } } },
    },
    half: { route: [to('v1')], fault: { abort: { httpStatus: 500, percentage: { value: 50 } } } },
    slow: {
      route: [to('v1')],
      fault: { delay: { fixedDelay: '0.3s', percentage: { value: 100 } } },
    },
    version: leads('v1'),
  }
  const ask = (name: string, more = {}) => get(mesh(), `/reply/${name}/x?a=b`, more)
  const partOf = ({ status, body, headers }: HttpReply) => ({
    status,
    body,
    server: headers.server,
  })

  describe('the gateway', () => {
    beforeAll(() =>
      serveRules(
        mesh(),
        ...Object.entries(rules).map(
          ([name, rule]): Json => ({
            match: [{ uri: { prefix: `/reply/${name}/` } }],
            ...rule,
          }),
        ),
      ),
    )

    test('forwards a request, and says how long the reply took', async () => {
      const reply = await ask('version')
      expect(reply.status).toBe(200)
      expect(reply.headers).toMatchObject({
        server: 'istio-envoy',
        [UPSTREAM]: expect.stringMatching(/^\d+$/),
      })
      expect(echoedIn(reply.body)).toMatchObject({
        version: 'v1',
        path: '/reply/version/x?a=b',
        host: HOST,
        method: 'GET',
      })
    })

    test.each([
      ['redirect', 301, 'http://other.example.com/new?a=b'],
      ['scheme', 301, `https://${HOST}:1234/reply/scheme/x?a=b`],
      ['found', 302, `http://${HOST}:1234/new?a=b`],
      ['port', 301, `https://${HOST}:8443/reply/port/x?a=b`],
    ])('answers a rule with a redirect (%s) with %i', async (name, status, location) => {
      const reply = await ask(name, { host: `${HOST}:1234` })
      expect({ status: reply.status, location: reply.headers.location }).toEqual({
        status,
        location,
      })
      expect(reply.headers).not.toHaveProperty(UPSTREAM)
    })

    test('aborts the requests of a fault injection, with the headers of the destination', async () => {
      const reply = await ask('abort')
      expect(partOf(reply)).toEqual({
        status: 401,
        body: 'fault filter abort',
        server: 'istio-envoy',
      })
      expect(reply.headers).toMatchObject({ 'x-chosen': 'v1', 'content-type': 'text/plain' })
      expect(reply.headers).not.toHaveProperty(UPSTREAM)
    })

    test('aborts a share of the requests', async () => {
      const replies = await Promise.all(Array.from({ length: 60 }, () => ask('half')))
      const aborted = replies.filter(({ status }) => status === 500).length
      expect(Math.abs(aborted - 30)).toBeLessThan(20)
    })

    test('delays the requests of a fault injection', async () => {
      const beganMs = performance.now()
      expect((await ask('slow')).status).toBe(200)
      expect(performance.now() - beganMs).toBeGreaterThan(295)
    })

    test('answers a gRPC call with the status in its headers', async () => {
      const call = (name: string) =>
        get(mesh(), `/reply/${name}/x`, { method: 'POST', ...GRPC }, { version: '2' })
      const [aborted, lost, none] = [
        await call('abort'),
        await call('grpc-abort'),
        await call('none'),
      ]
      expect(aborted).toMatchObject({
        status: 200,
        body: '',
        headers: {
          'content-type': 'application/grpc',
          'grpc-status': '16',
          'grpc-message': 'fault filter abort',
          'x-chosen': 'v1',
        },
      })
      expect(lost.headers['grpc-status']).toBe('15')
      expect(none).toMatchObject({ status: 200, headers: { 'grpc-status': '12' } })
    })
  })

  test('a server for HTTP that no VirtualService names answers 404', async () => {
    const port = sparePort()
    await lendGateway(mesh(), server(port, 'HTTP', ['*']))
    await eventually(async () => (await get(mesh(), '/', {}, { port })).status === 404)
  })

  test('a server with httpsRedirect answers 301 for each of its hosts', async () => {
    const port = sparePort()
    const gateway = await lendGateway(
      mesh(),
      server(port, 'HTTP', ['*.example.com'], { httpsRedirect: true }),
    )
    await lendObject(mesh(), 'VirtualService', {
      hosts: ['a.example.com'],
      gateways: [gateway],
      http: [says('never')],
    })
    const at = { host: mesh().gateway.host, port }
    for (const host of ['a.example.com', 'b.example.com:99']) {
      await eventually(async () => (await askHttp(at, { host, path: '/x?y=1' })).status === 301)
      const { headers } = await askHttp(at, { host, path: '/x?y=1' })
      expect(headers.location).toBe(`https://${host}/x?y=1`)
    }
    expect((await askHttp(at, { host: 'c.example.org' })).status).toBe(404)
  })
}

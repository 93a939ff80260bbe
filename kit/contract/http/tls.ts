import { connect } from 'node:tls'
import { beforeAll, describe, expect, test } from 'vitest'
import { askHttp, echoedIn } from '../../sandbox/talk-http.ts'
import type { Mesh } from '../gateway/mesh.ts'
import {
  eventually,
  get,
  HOST,
  leads,
  lendGateway,
  lendObject,
  PASSES,
  placeOf,
  says,
  serveRules,
  server,
  sparePort,
  TERMINATES,
  to,
} from './mesh.ts'

export function testTls(mesh: () => Mesh): void {
  /** The version that answers HTTP in TLS that the gateway passes through; undefined without a connection. */
  const passed = async (port: number, serverName: string) => {
    const { gateway, web } = mesh()
    const { host } = gateway
    const { authority } = web
    const at = { host, port, tls: { authority, serverName } }
    const reply = await askHttp(at, { host: serverName }).catch(() => undefined)
    return reply && echoedIn(reply.body).version
  }
  /** The reply to a line in TLS that the gateway ends. */
  const line = (port: number, servername: string) =>
    new Promise<string>((resolve) => {
      const { host } = mesh().gateway
      const { authority: ca } = mesh().web
      const socket = connect({ host, port, servername, ca }, () => socket.write('hello\n'))
      socket.on('data', (chunk: Buffer) => {
        socket.destroy()
        resolve(chunk.toString())
      })
      socket.on('error', () => resolve(''))
      socket.on('close', () => resolve(''))
    })

  describe('a server for HTTPS', () => {
    beforeAll(() => serveRules(mesh(), leads('v1')))

    test.each(['1.1', '2'] as const)('serves the same rules in HTTP/%s', async (version) => {
      const reply = await get(mesh(), '/x', {}, { ...placeOf(mesh(), 'https'), version })
      expect(reply.status).toBe(200)
      const { version: answered, headers } = echoedIn(reply.body)
      expect(answered).toBe('v1')
      expect(headers).toMatchObject({ 'x-forwarded-proto': 'https' })
    })

    test('closes a connection without TLS', async () => {
      const at = { host: mesh().gateway.host, port: mesh().web.https }
      await expect(askHttp(at, { host: HOST })).rejects.toThrow()
    })

    test('serves only the hosts of its own, by the server name', async () => {
      const port = sparePort()
      const gateway = await lendGateway(
        mesh(),
        server(port, 'HTTPS', ['a.example.com'], TERMINATES),
        server(port, 'HTTPS', ['b.example.com', '*.deep.example.com'], TERMINATES),
      )
      await lendObject(mesh(), 'VirtualService', {
        hosts: ['*.example.com'],
        gateways: [gateway],
        http: [says('served')],
      })
      const ask = (serverName: string, host: string) => {
        const { host: address } = mesh().gateway
        const { authority } = mesh().web
        return askHttp({ host: address, port, tls: { authority, serverName } }, { host })
      }
      await eventually(async () => (await ask('a.example.com', 'a.example.com')).body === 'served')
      expect((await ask('b.example.com', 'b.example.com')).body).toBe('served')
      expect((await ask('b.example.com', 'x.deep.example.com')).body).toBe('served')
      expect((await ask('b.example.com', 'a.example.com')).status).toBe(404)
      await expect(ask('c.example.com', 'c.example.com')).rejects.toThrow()
    })
  })

  describe('tls rules', () => {
    test('lead TLS connections to a destination by their server name', async () => {
      const port = sparePort()
      const gateway = await lendGateway(mesh(), server(port, 'TLS', ['*'], PASSES))
      const rule = (subset: string, ...sniHosts: readonly string[]) => ({
        match: [{ port, sniHosts: [...sniHosts] }],
        route: [to(subset, {}, 443)],
      })
      await lendObject(mesh(), 'VirtualService', {
        hosts: ['*.example.com'],
        gateways: [gateway],
        tls: [rule('v1', '*.example.com'), rule('v2', 'a.example.com', 'b.example.com')],
      })
      await eventually(async () => (await passed(port, 'c.example.com')) === 'v1')
      expect(await passed(port, 'a.example.com')).toBe('v2')
      expect(await passed(port, 'b.example.com')).toBe('v2')
      expect(await passed(port, 'a.example.org')).toBeUndefined()
    })

    test('are split by weight for each connection', async () => {
      const port = sparePort()
      const gateway = await lendGateway(mesh(), server(port, 'TLS', ['*.example.com'], PASSES))
      const sniHosts = ['a.example.com']
      await lendObject(mesh(), 'VirtualService', {
        hosts: sniHosts,
        gateways: [gateway],
        tls: [
          {
            match: [{ port, sniHosts }],
            route: [to('v1', { weight: 50 }, 443), to('v2', { weight: 50 }, 443)],
          },
        ],
      })
      await eventually(async () => (await passed(port, 'a.example.com')) !== undefined)
      const found = await Promise.all(
        Array.from({ length: 40 }, () => passed(port, 'a.example.com')),
      )
      expect(new Set(found)).toEqual(new Set(['v1', 'v2']))
    })
  })

  test('tcp rules lead what is inside TLS that the gateway ends', async () => {
    const port = sparePort()
    const gateway = await lendGateway(mesh(), server(port, 'TLS', ['a.example.com'], TERMINATES))
    const destination = { host: 'tcp-echo', port: { number: 9000 }, subset: 'v2' }
    await lendObject(mesh(), 'VirtualService', {
      hosts: ['a.example.com'],
      gateways: [gateway],
      tcp: [{ match: [{ port }], route: [{ destination }] }],
    })
    await eventually(async () => (await line(port, 'a.example.com')) === 'two hello\n')
    expect(await line(port, 'b.example.com')).toBe('')
  })

  test('gRPC calls are forwarded with their trailers', async () => {
    await serveRules(mesh(), { route: [to('v2', {}, 9000)] })
    const reply = await get(
      mesh(),
      mesh().web.grpcMethod,
      {
        method: 'POST',
        headers: [
          ['content-type', 'application/grpc'],
          ['te', 'trailers'],
        ],
        body: Buffer.alloc(5),
      },
      { version: '2' },
    )
    expect(reply.status).toBe(200)
    expect(reply.trailers).toMatchObject({ 'grpc-status': '0' })
    expect(reply.headers).toHaveProperty('x-envoy-upstream-service-time')
  })
}

import { connect as connectTcp } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { askHttp, openHttp } from '../../kit/sandbox/talk-http.ts'
import type { Json } from '../../sandbox/objects/json.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { sandboxWith } from './support/sandbox.ts'
import { get, HOST, httpAt, httpsAt, to, versionIn, versions, writeRules } from './support/web.ts'

const GATEWAY = {
  group: 'networking.istio.io',
  resource: 'gateways',
  namespace: 'demo',
  name: 'web-gateway',
} as const

function writeServers(sandbox: Sandbox, ...servers: readonly Json[]): void {
  sandbox.objects.patch(GATEWAY, { spec: { servers: [...servers] } })
}

function httpsServer({ web }: Sandbox, tls: Json): Json {
  return { port: { number: web.https, name: 'https', protocol: 'HTTPS' }, hosts: ['*'], tls }
}

test('a connection stays on one replica, so one replica that is behind shows on some connections only', async () => {
  const sandbox = await sandboxWith({ web: true, replicas: 2 })
  await sandbox.faults.gateway({ kind: 'first-replica', othersAfterMs: 'never' })
  writeRules(sandbox, { route: [to('v2')] })
  await sandbox.applied()
  const found = new Set<string>()
  for (let opened = 0; opened < 20; opened += 1) {
    const connection = openHttp(httpAt(sandbox), HOST)
    const answered = new Set<string>()
    for (let asked = 0; asked < 4; asked += 1)
      answered.add(versionIn(await connection.ask({ host: HOST })))
    connection.close()
    expect(answered.size).toBe(1)
    for (const version of answered) found.add(version)
  }
  expect(found).toEqual(new Set(['v1', 'v2']))
})

test('a gateway that applies rules late uses the previous ones until then', async () => {
  const sandbox = await sandboxWith({ web: true })
  await sandbox.faults.gateway({ kind: 'late', byMs: 200 })
  writeRules(sandbox, { route: [to('v2')] })
  expect(await versions(sandbox, 1)).toEqual({ v1: 1 })
  await sandbox.applied()
  expect(await versions(sandbox, 1)).toEqual({ v2: 1 })
})

test('a flapping gateway uses the previous rules and the current ones in turn', async () => {
  const sandbox = await sandboxWith({ web: true })
  writeRules(sandbox, { route: [to('v2')] })
  await sandbox.applied()
  await sandbox.faults.gateway({ kind: 'flapping', connections: 2 })
  expect(await versions(sandbox, 8)).toEqual({ v1: 4, v2: 4 })
})

test('connections are not closed after a change of rules, and are after one of their server', async () => {
  const sandbox = await sandboxWith({ web: true, drainMs: 20 })
  const connection = openHttp(httpsAt(sandbox), HOST)
  onTestFinished(connection.close)
  await connection.ask({ host: HOST })
  const open = () => sandbox.connections.open
  expect(open()).toBe(1)
  writeRules(sandbox, { route: [to('v2')] })
  await sandbox.applied()
  expect(versionIn(await connection.ask({ host: HOST }))).toBe('v2')
  expect(sandbox.connections).toMatchObject({ accepted: 1, open: 1 })
  const tls = { mode: 'SIMPLE', credentialName: 'web-certificate' }
  const server = httpsServer(sandbox, tls)
  writeServers(sandbox, { ...Object(server), hosts: ['*.example.com'] })
  await sandbox.applied()
  await expect.poll(open).toBe(0)
})

test('TLS connections that pass through are closed after a change of their own rule only', async () => {
  const sandbox = await sandboxWith({ web: { tls: true }, drainMs: 20 })
  const route = {
    group: 'networking.istio.io',
    resource: 'virtualservices',
    namespace: 'demo',
    name: 'web-tls',
  }
  const { host, tls: port, authority } = sandbox.web
  const rule = (name: string, subset: string) => ({
    match: [{ port, sniHosts: [name] }],
    route: [{ destination: { host: 'web', port: { number: 443 }, subset } }],
  })
  const write = async (a: string, b: string) => {
    const tls = [rule('a.example.com', a), rule('b.example.com', b)]
    sandbox.objects.patch(route, { spec: { hosts: ['*.example.com'], tls } })
    await sandbox.applied()
  }
  await write('v1', 'v1')
  const [first, second] = ['a.example.com', 'b.example.com'].map((name) =>
    openHttp({ host, port, tls: { authority } }, name),
  )
  const ask = (connection: typeof first) => connection?.ask({ host: 'x.example.com' })
  onTestFinished(() => {
    first?.close()
    second?.close()
  })
  await Promise.all([ask(first), ask(second)])
  expect(sandbox.connections.open).toBe(2)
  await write('v2', 'v1')
  await expect.poll(() => sandbox.connections.open).toBe(1)
  expect((await ask(second))?.headers['x-version']).toBe('v1')
  expect(sandbox.connections.accepted).toBe(2)
  expect((await ask(first))?.headers['x-version']).toBe('v2')
})

test('a certificate is that of the Secret, and the port is closed without one', async () => {
  const sandbox = await sandboxWith({ web: true })
  expect((await askHttp(httpsAt(sandbox), { host: HOST })).status).toBe(200)
  writeServers(sandbox, httpsServer(sandbox, { mode: 'SIMPLE', credentialName: 'missing' }))
  await sandbox.applied()
  await expect(askHttp(httpsAt(sandbox), { host: HOST })).rejects.toThrow(/ECONNREFUSED/)
})

test('what is no request, or has no host, is answered with 400, and HTTP/1.0 with 426', async () => {
  const sandbox = await sandboxWith({ web: true })
  const answer = (text: string) =>
    new Promise<string>((resolve) => {
      const socket = connectTcp({ host: sandbox.web.host, port: sandbox.web.http })
      let received = ''
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString()
      })
      socket.on('error', () => resolve(received))
      socket.on('close', () => resolve(received.split('\r\n')[0] ?? ''))
      socket.write(text)
    })
  expect(await answer('GET / HTTP/1.1\r\nconnection: close\r\n\r\n')).toBe(
    'HTTP/1.1 400 Bad Request',
  )
  expect(await answer('nonsense\r\n\r\n')).toBe('HTTP/1.1 400 Bad Request')
  expect(await answer(`GET / HTTP/1.0\r\nhost: ${HOST}\r\n\r\n`)).toBe(
    'HTTP/1.1 426 Upgrade Required',
  )
})

test('requests in a row on one connection and many at once are all answered', async () => {
  const sandbox = await sandboxWith({ web: { http: { v1: 50, v2: 50 } } })
  const replies = await Promise.all(Array.from({ length: 100 }, () => get(sandbox)))
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
  const { v1 = 0, v2 = 0 } = sandbox.connections.byDestination
  expect(v1 + v2).toBe(100)
})

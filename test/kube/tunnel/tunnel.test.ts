import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import type { ApiServer } from '../../../src/kube/api-server.ts'
import { openTunnel, type Tunnel } from '../../../src/kube/tunnel/open-tunnel.ts'
import { apiOf, callsOf, NEVER, sandboxWith, userWith } from '../support/cluster.ts'

const PATH = '/api/v1/namespaces/istio-system/pods/istio-ingressgateway-0/portforward'
const GATEWAY_POD = { namespace: 'istio-system', name: 'istio-ingressgateway-0' }

/** A sandbox, and a tunnel to its gateway's Pod. */
async function tunnelled(): Promise<{ sandbox: Sandbox; tunnel: Tunnel }> {
  const sandbox = await sandboxWith()
  return { sandbox, tunnel: await tunnelBy(apiOf(sandbox.kubeconfig)) }
}

async function tunnelBy(api: Pick<ApiServer, 'upgrade'>): Promise<Tunnel> {
  const tunnel = await openTunnel(api, GATEWAY_POD, NEVER)
  onTestFinished(tunnel.close)
  return tunnel
}

/** The API server behind a proxy that lets no SPDY through. */
function withoutSpdy(api: ApiServer): Pick<ApiServer, 'upgrade'> {
  return {
    upgrade: (request, signal) =>
      api.upgrade(request.method === 'POST' ? { ...request, path: '/healthz' } : request, signal),
  }
}

/** The reply to one line. */
async function ask(connection: Duplex): Promise<string> {
  connection.write('hello\n')
  const [reply] = await once(connection, 'data')
  connection.destroy()
  return String(reply)
}

/** All that comes back once this side has sent everything. */
async function whole(connection: Duplex, sent: string): Promise<string> {
  connection.end(sent)
  return text(connection)
}

test('a tunnel carries a connection to a port of the Pod', async () => {
  const { sandbox, tunnel } = await tunnelled()
  expect(await ask(tunnel.connect(31400))).toMatch(/^(one|two) hello\n$/)
  expect(callsOf(sandbox)).toEqual([`POST ${PATH}`])
})

test('a tunnel goes through a WebSocket where SPDY does not get through', async () => {
  const sandbox = await sandboxWith()
  const tunnel = await tunnelBy(withoutSpdy(apiOf(sandbox.kubeconfig)))
  const long = `${'x'.repeat(70_000)}\n`
  expect(await ask(tunnel.connect(31400))).toMatch(/^(one|two) hello\n$/)
  expect(await whole(tunnel.connect(31400), long)).toHaveLength(4 + long.length)
  expect(callsOf(sandbox)).toEqual(['POST /healthz', `GET ${PATH}`])
})

test('a user without the right gets what the API server says of SPDY', async () => {
  const sandbox = await sandboxWith({ tokens: { token: userWith() } })
  const opening = openTunnel(apiOf(sandbox.kubeconfig), GATEWAY_POD, NEVER)
  await expect(opening).rejects.toMatchObject({
    status: 403,
    message: expect.stringContaining('cannot create resource "pods/portforward"'),
  })
})

test('a Pod that does not exist is named, and no other way is tried', async () => {
  const sandbox = await sandboxWith()
  const pod = { ...GATEWAY_POD, name: 'gone' }
  await expect(openTunnel(apiOf(sandbox.kubeconfig), pod, NEVER)).rejects.toMatchObject({
    reason: 'NotFound',
    message: expect.stringContaining('"gone" not found'),
  })
  expect(sandbox.calls).toHaveLength(1)
})

test('a tunnel carries many connections at once over one request', async () => {
  const { sandbox, tunnel } = await tunnelled()
  const replies = await Promise.all(Array.from({ length: 200 }, () => ask(tunnel.connect(31400))))
  expect(replies.every((reply) => / hello\n$/.test(reply))).toBe(true)
  expect(sandbox.calls).toHaveLength(1)
  expect(sandbox.connections.accepted).toBe(200)
})

test('a connection to a port where nothing listens fails with why, and without the names that the node has for the Pod', async () => {
  const { tunnel } = await tunnelled()
  const connection = tunnel.connect(39_999)
  const [error] = await once(connection, 'error')
  expect(error).toMatchObject({
    code: 'ECONNRESET',
    message: 'port 39999 of the Pod refused the connection',
  })
  expect(tunnel.broken()).toBeUndefined()
})

test('connections of a tunnel that breaks fail, and say why', async () => {
  const { sandbox, tunnel } = await tunnelled()
  const connection = tunnel.connect(31400)
  expect(await firstOf(connection)).toMatch(/hello/)
  const failed = once(connection, 'error')
  await sandbox.stop()
  const [error] = await failed
  expect(error).toMatchObject({ message: 'the API server closed the port-forward' })
  expect(tunnel.broken()).toBe('the API server closed the port-forward')
  const [after] = await once(tunnel.connect(31400), 'error')
  expect(after).toMatchObject({ message: 'the API server closed the port-forward' })
})

async function firstOf(connection: Duplex): Promise<string> {
  connection.write('hello\n')
  const [reply] = await once(connection, 'data')
  return String(reply)
}

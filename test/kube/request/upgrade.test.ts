import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { apiOf, NEVER } from '../support/cluster.ts'

test('a connection on which an upgrade was refused carries no other call, as its server may end it', async () => {
  const upgrading: Socket[] = []
  let calls = 0
  let sentAfterwards = 0
  const server = createServer((_, response) => {
    calls += 1
    response.setHeader('Content-Type', 'application/json').end('{}')
  })
  server.on('upgrade', (request) => {
    upgrading.push(request.socket)
    request.socket.on('data', () => {
      sentAfterwards += 1
    })
    request.socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    for (const socket of upgrading) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const cluster = { name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }
  const context = { name: 'x', context: { cluster: 'c', user: 'u' } }
  const user = { name: 'u', user: { token: 't' } }
  const api = apiOf(
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'x' },
      ...{ clusters: [cluster], contexts: [context], users: [user] },
    }),
  )
  const headers = { Upgrade: 'SPDY/3.1' }
  await api
    .upgrade({ method: 'POST', path: '/tunnel', headers }, NEVER)
    .catch((error: unknown) => error)
  await api.get('/a', NEVER)
  expect(upgrading).toHaveLength(1)
  expect({ calls, sentAfterwards }).toEqual({ calls: 1, sentAfterwards: 0 })
})

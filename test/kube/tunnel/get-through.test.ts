import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { getThrough } from '../../../src/kube/tunnel/get-through.ts'
import { NEVER } from '../support/cluster.ts'

const LIMITS = { ms: 5000, bytes: 1000 }

/** Connections to an HTTP server, in the place of those of a tunnel. */
async function serverWith(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no address')
  return { connect: () => connect({ host: '127.0.0.1', port: address.port }) }
}

function get(server: Awaited<ReturnType<typeof serverWith>>, limits = LIMITS): Promise<string> {
  return getThrough(server, { port: 15_000, path: '/clusters?format=json' }, limits, NEVER)
}

test('the whole text of an answer is read', async () => {
  const server = await serverWith((request, response) => response.end(`path ${request.url}`))
  expect(await get(server)).toBe('path /clusters?format=json')
})

test('an answer other than 200, one that is too long and one that does not come are errors', async () => {
  const missing = await serverWith((_, response) => response.writeHead(404).end())
  await expect(get(missing)).rejects.toThrow('GET /clusters?format=json answered 404')
  const long = await serverWith((_, response) => response.end('x'.repeat(1001)))
  await expect(get(long)).rejects.toThrow('answered with more than 1,000 bytes')
  const silent = await serverWith(() => undefined)
  await expect(get(silent, { ms: 20, bytes: 10 })).rejects.toThrow('no answer within 20 ms')
})

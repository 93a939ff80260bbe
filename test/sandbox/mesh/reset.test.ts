import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { reset } from '../../../sandbox/mesh/reset.ts'

/** Both ends of a connection. */
async function pair(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const accepted = once(server, 'connection')
  const near = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const [far] = await accepted
  return { near, far }
}

test('the other end of a reset connection gets an error', async () => {
  const { near, far } = await pair()
  const failed = once(far, 'error')
  reset(near)
  const [error] = await failed
  expect(error).toMatchObject({ code: 'ECONNRESET' })
})

test('a connection during its half-close is closed too, and no handle stays', async () => {
  const { near, far } = await pair()
  far.on('error', () => {})
  far.resume()
  const problems: unknown[] = []
  near.on('error', (error) => problems.push(error))
  near.end('bye')
  reset(near)
  await Promise.all([once(near, 'close'), once(far, 'end')])
  expect(problems).toEqual([])
  far.destroy()
  reset(near)
})

import { once } from 'node:events'
import { createServer } from 'node:net'

/** A gateway that sends connections to v1 and v2 in turns: what they meet never depends on chance. */
export type Turns = { host: string; port: number; stop(): Promise<void> }

export async function startTurns(): Promise<Turns> {
  let isFirst = false
  const server = createServer((socket) => {
    // A prober drops connections in the middle.
    socket.on('error', () => undefined)
    socket.once('data', () => {
      isFirst = !isFirst
      socket.end(isFirst ? 'one hello\n' : 'two hello\n')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return {
    host: '127.0.0.1',
    port: address.port,
    async stop() {
      server.close()
      await once(server, 'close')
    },
  }
}

import { connect, createServer, type Socket } from 'node:net'

/** A relay to a local port that can hold back what the server sends. */
export type HeldConnection = {
  hold(): void
  /** Forwards what was held back, in its order, and all that follows. */
  release(): void
  stop(): Promise<void>
}

export async function relayTo(targetPort: number, port: number): Promise<HeldConnection> {
  const pairs = new Map<Socket, Socket>()
  let held = false
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: '127.0.0.1', port: targetPort, noDelay: true })
    pairs.set(client, upstream)
    const end = () => {
      client.destroy()
      upstream.destroy()
      pairs.delete(client)
    }
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
    client.on('data', (chunk) => upstream.write(chunk))
    upstream.on('data', (chunk) => client.write(chunk))
    if (held) upstream.pause()
  })
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  return {
    hold() {
      held = true
      for (const upstream of pairs.values()) upstream.pause()
    },
    release() {
      held = false
      for (const upstream of pairs.values()) upstream.resume()
    },
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped())
        for (const client of pairs.keys()) client.destroy()
      }),
  }
}

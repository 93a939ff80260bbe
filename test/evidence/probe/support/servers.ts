import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export type TcpServer = {
  port: number
  /** Connections so far. */
  accepted(): number
  /** Resolves when the client has closed every connection so far. */
  allClosed(): Promise<void>
}

/** A TCP server on a free port of this machine, until the test ends. */
export async function tcpServer(
  serve: (socket: Socket) => void,
  at: { host?: string; port?: number } = {},
): Promise<TcpServer> {
  const closed: Promise<void>[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    closed.push(
      new Promise((resolve) => {
        for (const event of ['end', 'close']) socket.once(event, () => resolve())
      }),
    )
    socket.on('error', () => undefined)
    serve(socket)
    // Else the end of the stream would wait behind what is not read.
    socket.resume()
  })
  server.listen(at.port ?? 0, at.host ?? '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  return {
    port: portOf(server),
    accepted: () => closed.length,
    async allClosed() {
      await Promise.all(closed)
    },
  }
}

/** A server that answers each connection's first bytes, and says what they were. */
export function answering(reply: (socket: Socket, replyCounts: Buffer) => void) {
  return tcpServer((socket) =>
    socket.once('data', (replyCounts: Buffer) => reply(socket, replyCounts)),
  )
}

/** A port of this machine without a listener. */
export async function closedPort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

function portOf(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

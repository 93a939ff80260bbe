import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Carried } from './pods-in-turn.ts'

/** Where connections are taken on this machine. */
export type LocalListener = {
  host: string
  port: number
  /** Ends the listener and all of its connections. */
  close(): void
}

const LOOPBACK = '127.0.0.1'

/**
 * Takes connections on a free port of this machine, and joins each with one that `connect` opens. So everything that can
 * connect to an address can use a tunnel: every probe, and commands. A connection whose way is broken is kept open without
 * an answer, since it shows nothing about the other side. The side that opened it ends it.
 */
export async function listenLocally(
  connect: () => Promise<Carried | undefined>,
): Promise<LocalListener> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    connect().then(
      (carried) => carried !== undefined && join(socket, carried),
      () => socket.resetAndDestroy(),
    )
  })
  server.listen(0, LOOPBACK)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no local address')
  return {
    host: LOOPBACK,
    port: address.port,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Each side gets what the other one sends, and its end. */
function join(socket: Socket, { stream, lost }: Carried): void {
  if (socket.destroyed) return void stream.destroy()
  socket.on('close', () => stream.destroy())
  stream.on('error', () => {
    lost().then(
      (ended) => ended && socket.resetAndDestroy(),
      () => socket.resetAndDestroy(),
    )
  })
  socket.pipe(stream)
  stream.pipe(socket)
}

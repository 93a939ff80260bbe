import { type ClientHttp2Session, connect } from 'node:http2'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { WAYPOINT } from '../processes/addresses.ts'

/** What ztunnel does beside a client: connections to a local port go through the waypoint to an address. */
export type Tunnel = { host: string; port: number; stop(): Promise<void> }

/** Leads connections through tunnels of HTTP/2 CONNECT to `authority`, an address of a Service with its port. */
export async function tunnelTo(authority: string): Promise<Tunnel> {
  const session: ClientHttp2Session = connect(`http://${WAYPOINT.address}:${WAYPOINT.port}`)
  session.on('error', () => undefined)
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    const stream = session.request({ ':method': 'CONNECT', ':authority': authority })
    const end = () => {
      socket.destroy()
      stream.destroy()
      sockets.delete(socket)
    }
    stream.on('response', (headers) => {
      if (headers[':status'] !== 200) return end()
      socket.pipe(stream)
      stream.pipe(socket)
    })
    for (const one of [socket, stream]) one.on('error', end).on('close', end)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    ...{ host: '127.0.0.1', port },
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped())
        for (const socket of sockets) socket.destroy()
        session.destroy()
      }),
  }
}

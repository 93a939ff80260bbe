import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { listening } from './listening.ts'

/** A SOCKS proxy that leads every connection to one port of this machine. Source: RFC 1928, without authentication. */
export async function socksProxy(port: number): Promise<{ host: string; asked: string[] }> {
  const asked: string[] = []
  const serve = async (socket: Socket) => {
    const [greeting]: Buffer[] = await once(socket, 'data')
    if (greeting?.[0] !== 5) throw new Error('no SOCKS 5')
    socket.write(Buffer.from([5, 0]))
    const [request]: Buffer[] = await once(socket, 'data')
    asked.push(destinationOf(request ?? Buffer.alloc(0)))
    const onward = connect(port, '127.0.0.1')
    await once(onward, 'connect')
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      one.on('error', () => undefined)
      one.on('close', () => other.destroy())
    }
    socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
    socket.pipe(onward).pipe(socket)
  }
  const proxy = createServer((socket) => void serve(socket))
  return { host: `127.0.0.1:${await listening(proxy)}`, asked }
}

function destinationOf(request: Buffer): string {
  const port = request.readUInt16BE(request.length - 2)
  const named = request[3] === 3
  const address = request.subarray(named ? 5 : 4, -2)
  if (address.length === 16 && !named) return `[${address.toString('hex')}]:${port}`
  return `${named ? address.toString() : [...address].join('.')}:${port}`
}

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** An address in front of a gateway. */
export type Passage = {
  endpoint: string
  /** Passes nothing on from now on: no connection is answered, and none is closed. */
  hold(): void
}

/** `onHeld` is called when the first connection is not answered. */
export async function passage(
  gateway: { host: string; port: number },
  onHeld: () => void,
): Promise<Passage> {
  let isHolding = false
  let isHeld = false
  const open = new Set<Socket>()
  const keep = (socket: Socket) => {
    open.add(socket.on('error', () => undefined))
    socket.once('close', () => open.delete(socket))
  }
  const server = createServer((socket) => {
    keep(socket)
    if (!isHolding) {
      const onward = connect(gateway)
      keep(onward)
      onward.on('data', (chunk) => isHolding || socket.write(chunk))
      onward.on('end', () => isHolding || socket.end())
      socket.pipe(onward)
    } else if (!isHeld) {
      isHeld = true
      onHeld()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  const { port } = server.address() as AddressInfo
  return { endpoint: `127.0.0.1:${port}`, hold: () => (isHolding = true) }
}

import { createServer, type Socket } from 'node:net'
import type { ReplyFault } from '../faults/destination-fault.ts'
import type { Listening } from '../mesh/addresses.ts'
import { reset } from '../mesh/reset.ts'
import { createAnswers } from './answers.ts'
import { listenAsVersion, type VersionServer } from './version-server.ts'

const LINE_FEED = 0x0a
const POD_NET = 78
const POD_PORT = 9000

/**
 * Istio's tcp-echo-server. It answers each line with a prefix, a space and the line (`one hello`), and closes the
 * connection when the client does. Input without a line feed is never answered. `faultOf` returns the fault of a
 * connection by its number since the start, from 1.
 */
export async function startEchoServer(options: {
  prefix: string
  faultOf: (connection: number) => ReplyFault | undefined
  /** Where it listens, if not at a loopback address of its own. */
  at?: Listening
}): Promise<VersionServer> {
  const { prefix, faultOf, at } = options
  const answers = createAnswers()
  const drops = new Set<() => void>()
  let connections = 0
  const accept = (socket: Socket, drop: () => void) => {
    connections += 1
    const number = connections
    drops.add(drop)
    socket.on('close', () => drops.delete(drop))
    socket.on('error', () => socket.destroy())
    socket.on('end', () => socket.end())
    answers.greeting(socket, prefix, faultOf(number))
    let pending: Buffer = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      for (let end = pending.indexOf(LINE_FEED); end >= 0; end = pending.indexOf(LINE_FEED)) {
        const line = pending.subarray(0, end)
        pending = pending.subarray(end + 1)
        answers.line({ socket, drop }, line, prefix, faultOf(number))
      }
    })
  }
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) =>
    accept(socket, () => reset(socket)),
  )
  const place = { net: POD_NET, port: POD_PORT, at }
  const listening = await listenAsVersion(server, place, {
    cut() {
      for (const drop of drops) drop()
    },
    stop: answers.stop,
  })
  return {
    ...listening,
    serve(client, drop) {
      if (server.listening) accept(client, drop)
      return server.listening
    },
  }
}

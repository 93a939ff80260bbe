import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** What was received on a connection, and how it ended: with a line, the peer's close, or an error's code. */
export type ReplyCounts = { bytes: Buffer; text: string; ended: 'line' | 'closed' | string }

type Address = { host: string; port: number }

/** Sends a line, and closes after a line feed was received or the connection ended. */
export function ask(at: Address, line = 'hello\n', from?: string): Promise<ReplyCounts> {
  return new Promise((resolve) => {
    const socket = connect({ ...at, ...(from === undefined ? {} : { localAddress: from }) })
    const chunks: Buffer[] = []
    const finish = (ended: string) => {
      socket.destroy()
      const bytes = Buffer.concat(chunks)
      resolve({ bytes, text: bytes.toString('utf8'), ended })
    }
    socket.on('connect', () => socket.write(line))
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      if (chunk.includes(0x0a)) finish('line')
    })
    socket.on('error', (error) => finish('code' in error ? String(error.code) : error.message))
    socket.on('close', () => finish('closed'))
  })
}

/** The first words of this many replies, one connection after the other. */
export async function prefixes(at: Address, connections: number, from?: string): Promise<string[]> {
  const found: string[] = []
  for (let index = 0; index < connections; index += 1) {
    const replyCounts = await ask(at, 'hello\n', from)
    found.push(replyCounts.text.split(' ')[0] ?? '')
  }
  return found
}

/** How often each first word was received in this many connections, 16 at a time. */
export async function counts(at: Address, connections: number): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  let left = connections
  const worker = async () => {
    while (left > 0) {
      left -= 1
      const [prefix = ''] = await prefixes(at, 1)
      found[prefix] = (found[prefix] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  return found
}

/** A connection that stays open until it is destroyed. */
export async function openConnection(at: Address): Promise<{
  socket: Socket
  /** Sends a line and resolves to the reply. */
  say(line: string): Promise<string>
  closed: Promise<void>
}> {
  const socket = connect(at)
  socket.setEncoding('utf8')
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => {})
  await once(socket, 'connect')
  return {
    socket,
    closed,
    async say(line) {
      socket.write(line)
      const [reply] = await once(socket, 'data')
      return String(reply)
    },
  }
}

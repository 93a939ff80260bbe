import { once } from 'node:events'
import { createServer } from 'node:net'

/** A gateway whose connections come as the weights say and never depend on chance. */
export type Turns = {
  host: string
  port: number
  /** From now on connections go to v1 and v2 by these weights, the sequence from its start. */
  follow(weights: Weights): void
  stop(): Promise<void>
}

/** Weights with which no connection gets a reply. */
export const SILENT: Weights = { none: 1 }

type Weights = Readonly<Record<string, number>>

const REPLIES: Readonly<Record<string, string>> = { v1: 'one hello\n', v2: 'two hello\n' }

export async function startTurns(): Promise<Turns> {
  let next = inTurns({ v1: 1, v2: 1 })
  const server = createServer((socket) => {
    // A prober drops connections in the middle.
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(REPLIES[next()] ?? ''))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return {
    host: '127.0.0.1',
    port: address.port,
    follow(weights) {
      next = inTurns(weights)
    },
    async stop() {
      server.close()
      await once(server, 'close')
    },
  }
}

/** Names in the order of a smooth weighted round robin: each comes as often as its weight says, evenly spread. */
function inTurns(weights: Weights): () => string {
  const names = Object.keys(weights)
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0)
  const due: Record<string, number> = {}
  return () => {
    for (const name of names) due[name] = (due[name] ?? 0) + (weights[name] ?? 0)
    const [first = ''] = [...names].sort((a, b) => (due[b] ?? 0) - (due[a] ?? 0))
    due[first] = (due[first] ?? 0) - total
    return first
  }
}

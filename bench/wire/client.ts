import { createInterface } from 'node:readline'
import type { Exchange } from '../../kit/bench/wire/exchange.ts'
import { ourExchanges } from './ours.ts'
import { plainExchanges } from './plain.ts'

/**
 * A client in a process of its own: for each line "HOST PORT CONNECTIONS IN_FLIGHT" on its standard input it
 * makes a round and prints what it took as JSON, as go/dial does.
 * Usage: node client.ts ours|plain
 */
async function measure(exchange: Exchange, line: string): Promise<void> {
  const [host = '', port, connections, inFlight] = line.split(' ')
  const round = {
    host,
    port: Number(port),
    connections: Number(connections),
    inFlight: Number(inFlight),
  }
  const before = process.resourceUsage()
  const startedMs = performance.now()
  const errors = await exchange(round)
  const wallMs = performance.now() - startedMs
  const after = process.resourceUsage()
  const took = {
    connections: round.connections,
    errors,
    wallMs,
    userMs: (after.userCPUTime - before.userCPUTime) / 1000,
    systemMs: (after.systemCPUTime - before.systemCPUTime) / 1000,
    peakKib: after.maxRSS,
  }
  process.stdout.write(`${JSON.stringify(took)}\n`)
}

const exchange = process.argv[2] === 'ours' ? ourExchanges : plainExchanges
for await (const line of createInterface({ input: process.stdin })) await measure(exchange, line)

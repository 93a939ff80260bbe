import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Exchange } from '../../kit/bench/wire/exchange.ts'
import { bareHttp2Requests, bareTlsRequests } from './bare-requests.ts'
import { ourRequests, type Requests } from './our-requests.ts'
import { ourExchanges } from './ours.ts'
import { plainExchanges } from './plain.ts'
import { plainRequests } from './plain-requests.ts'

/**
 * A client in a process of its own: for each line "HOST PORT CONNECTIONS IN_FLIGHT" on its standard input it
 * makes a round and prints what it took as JSON, as go/dial does.
 * Usage: node client.ts ours|plain, or node client.ts KIND HOST [CA_FILE]
 * with another kind of `EXCHANGES`
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

const [, , kind = '', name = '', caFile] = process.argv
function ours(more: Partial<Requests>): Exchange {
  return (round) =>
    ourRequests({ version: '1.1', authority: name, ca, keeps: false, ...more }, round)
}

const ca = caFile && readFileSync(caFile, 'utf8')
const EXCHANGES: Readonly<Record<string, Exchange>> = {
  ours: ourExchanges,
  plain: plainExchanges,
  'our-requests': ours({ keeps: false }),
  'our-kept-requests': ours({ keeps: true }),
  'our-http2-requests': ours({ version: '2' }),
  'our-kept-http2-requests': ours({ version: '2', keeps: true }),
  'plain-requests': (round) => plainRequests(name, round, false),
  'plain-kept-requests': (round) => plainRequests(name, round, true),
  'bare-tls-requests': (round) => bareTlsRequests(name, ca ?? '', round),
  'bare-http2-requests': (round) => bareHttp2Requests(name, round, false),
  'bare-kept-http2-requests': (round) => bareHttp2Requests(name, round, true),
}
const exchange = EXCHANGES[kind]
if (exchange === undefined) throw new Error(`"${kind}" is not a client of the bench`)
for await (const line of createInterface({ input: process.stdin })) await measure(exchange, line)

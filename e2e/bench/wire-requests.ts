import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { plainTable } from '../../kit/bench/split/text-table.ts'
import { interleave } from '../../kit/bench/wire/interleave.ts'
import { hey, installed, wrk } from '../../kit/bench/wire/load-tools.ts'
import { type Client, startClient } from '../../kit/bench/wire/processes.ts'
import {
  brokenPromises,
  comparisonTable,
  OURS,
  type Promised,
} from '../../kit/bench/wire/ratios.ts'
import { buildGoPrograms, NO_GO } from '../../kit/bench/wire/tools.ts'
import { WEB_PORTS } from '../../sandbox/tutorial/web.ts'
import { GATEWAY } from '../processes/addresses.ts'
import { WEB, webIs } from '../suite/support/web.ts'
import { pinMesh } from './pin-mesh.ts'

/**
 * npm run e2e -- bench --requests [--rounds 30]: what a request through the real gateway takes, with a connection of its
 * own and on connections that are kept, for the prober, node:http, Go's net/http, wrk and hey, with the whole mesh and the
 * clients on the same two cores. Ends with status 1 if a request fails, or the prober is slower than promised.
 */

const GO = 'Go net/http'
const HOST = 'web.example.com'
const IN_FLIGHT = 16
/** With new connections, all rounds together must not need more than 28,000 ports a minute: the gateway has one address. */
const REQUESTS = 160
const KEPT_REQUESTS = 2000
const WARM_UP = 2000

const PROMISES: readonly Promised[] = [
  { yardstick: GO, inFlight: IN_FLIGHT, atMost: 1.3, rateAtLeast: 0.9 },
]

async function main(rounds: number): Promise<string[]> {
  say(pinMesh())
  const go = buildGoPrograms()
  if (go === undefined) return [NO_GO]
  await webIs(WEB, { v1: 80, v2: 20 })
  const program = join(import.meta.dirname, '..', '..', 'bench', 'wire', 'client.ts')
  const node = (name: string, kind: string) =>
    startClient(name, [process.execPath, program, kind, HOST])
  const target = (keeps: boolean) => ({
    url: (host: string, port: number) => `http://${host}:${port}/`,
    name: HOST,
    keeps,
  })
  const broken: string[] = []
  for (const keeps of [false, true]) {
    const clients: Client[] = [
      node(OURS, keeps ? 'our-kept-requests' : 'our-requests'),
      node('node:http', keeps ? 'plain-kept-requests' : 'plain-requests'),
      startClient(GO, [go.request, '-name', HOST, ...(keeps ? ['-keep'] : [])]),
      ...installed([
        { program: 'wrk', client: wrk('wrk', target(keeps)) },
        { program: 'hey', client: hey('hey', target(keeps)) },
      ]),
    ]
    const measured = await interleave(clients, rounds, (number) => ({
      ...{ host: GATEWAY.host, port: WEB_PORTS.http, inFlight: IN_FLIGHT },
      connections: number < clients.length ? WARM_UP : keeps ? KEPT_REQUESTS : REQUESTS,
    }))
    for (const client of clients) await client.end()
    const title = `Requests through the real gateway, ${keeps ? 'on connections that are kept' : 'each on a connection of its own'}`
    const comparisons = [{ inFlight: IN_FLIGHT, measured }]
    say(plainTable(comparisonTable(title, comparisons, PROMISES)))
    broken.push(...brokenPromises(PROMISES, comparisons))
  }
  go.remove()
  return broken
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

const { values } = parseArgs({
  options: {
    requests: { type: 'boolean', default: true },
    rounds: { type: 'string', default: '30' },
  },
})
const broken = await main(Number(values.rounds))
say(broken.length === 0 ? 'Every promise is kept.' : ['Broken:', ...broken].join('\n  '))
process.exit(broken.length === 0 ? 0 : 1)

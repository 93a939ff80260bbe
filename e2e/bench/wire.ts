import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { plainTable } from '../../kit/bench/split/text-table.ts'
import { interleave } from '../../kit/bench/wire/interleave.ts'
import { startClient } from '../../kit/bench/wire/processes.ts'
import {
  brokenPromises,
  type Comparison,
  comparisonTable,
  OURS,
  type Promised,
} from '../../kit/bench/wire/ratios.ts'
import { buildGoPrograms, NO_GO } from '../../kit/bench/wire/tools.ts'
import { GATEWAY } from '../processes/addresses.ts'
import { pinMesh } from './pin-mesh.ts'

/**
 * npm run e2e -- bench --wire [--rounds 30]: processor time of a connection through the real gateway, for the prober, a
 * plain Node client and a Go client, with the whole mesh and the clients on the same two cores. Ends with status 1 if a
 * promised ratio is exceeded or a connection fails.
 */

const GO = 'Go'
const PLAIN = 'plain Node'
const PROMISES: readonly Promised[] = [
  { yardstick: GO, inFlight: 16, atMost: 1.2 },
  { yardstick: PLAIN, inFlight: 16, atMost: 1.2 },
]

/** All rounds together must not need more than 28,000 ports a minute, because the gateway has one address. */
const CONNECTIONS = 150
const WARM_UP = 2000

async function main(rounds: number): Promise<string[]> {
  say(pinMesh())
  const go = buildGoPrograms()
  if (go === undefined) return [NO_GO]
  const program = join(import.meta.dirname, '..', '..', 'bench', 'wire', 'client.ts')
  const clients = [
    startClient(OURS, [process.execPath, program, 'ours']),
    startClient(PLAIN, [process.execPath, program, 'plain']),
    startClient(GO, [go.dial]),
  ]
  const measured = await interleave(clients, rounds, (number) => ({
    ...GATEWAY,
    connections: number < clients.length ? WARM_UP : CONNECTIONS,
    inFlight: 16,
  }))
  for (const client of clients) await client.end()
  go.remove()
  const comparisons: Comparison[] = [{ inFlight: 16, measured }]
  say(plainTable(comparisonTable('Connections through the real gateway', comparisons, PROMISES)))
  return brokenPromises(PROMISES, comparisons)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

const { values } = parseArgs({
  options: {
    wire: { type: 'boolean', default: true },
    rounds: { type: 'string', default: '30' },
  },
})
const broken = await main(Number(values.rounds))
say(broken.length === 0 ? 'Every promise is kept.' : ['Broken:', ...broken].join('\n  '))
process.exit(broken.length === 0 ? 0 : 1)

import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { plainTable, type TextTable } from '../../kit/bench/split/text-table.ts'
import { interleave } from '../../kit/bench/wire/interleave.ts'
import { type Client, startClient, startLines } from '../../kit/bench/wire/processes.ts'
import {
  brokenPromises,
  type Comparison,
  comparisonTable,
  OURS,
  type Promised,
} from '../../kit/bench/wire/ratios.ts'
import { buildGoPrograms, hasNc, NO_GO, pinned, twoCores } from '../../kit/bench/wire/tools.ts'
import { manyInARow, manyTable } from './many.ts'
import { ncLoop } from './nc-loop.ts'
import { compareRequests } from './requests.ts'

/**
 * How much processor time the prober takes for a connection on the loopback, beside a plain Node client and a Go client
 * in the same run. Ends with status 1 where a promised ratio is exceeded or a connection fails. Rates, also those of the
 * tutorial's loop, are shown as information.
 * Usage: node bench/wire/run.ts [--rounds 25] [--many 40000]
 */

/** V8 compiles what runs often, bit by bit. */
const WARM_UP = 10_000

const PLAIN = 'plain Node'
const GO = 'Go'
const LOOP = "tutorial's loop, no sleep"
const SLEEPING_LOOP = "tutorial's loop"

const PROMISES: readonly Promised[] = [PLAIN, GO].flatMap((yardstick) =>
  [16, 64].map((inFlight) => ({ yardstick, inFlight, atMost: 1.2 })),
)

async function main(rounds: number, many: number): Promise<string[]> {
  const cores = twoCores()
  say(
    cores === undefined
      ? 'Not pinned to two cores: taskset is missing (package util-linux).'
      : `Everything runs on cores ${cores}.`,
  )
  const go = buildGoPrograms()
  if (go === undefined) {
    say(NO_GO)
    return ['nothing was measured']
  }
  const server = startLines(pinned(cores, [go.echo]))
  const port = Number(await server.next())
  const start = () => startClients(cores, go.dial)
  try {
    return [
      ...(await compareClients(start(), port, rounds)),
      ...(await compareLoops(start(), port, cores)),
      ...(await showMany(start(), port, many)),
      ...(await compareRequests(cores, go, rounds)),
    ]
  } finally {
    await server.end()
    go.remove()
  }
}

function startClients(cores: string | undefined, dial: string): Client[] {
  const program = join(import.meta.dirname, 'client.ts')
  return [
    startClient(OURS, pinned(cores, [process.execPath, program, 'ours'])),
    startClient(PLAIN, pinned(cores, [process.execPath, program, 'plain'])),
    startClient(GO, pinned(cores, [dial])),
  ]
}

async function compareClients(clients: Client[], port: number, rounds: number): Promise<string[]> {
  const comparisons: Comparison[] = []
  for (const inFlight of [1, 16, 64]) {
    const connections = inFlight === 1 ? 600 : 4000
    const measured = await interleave(clients, rounds, (number) => ({
      host: hostFor(number),
      port,
      connections: number < clients.length ? WARM_UP : connections,
      inFlight,
    }))
    comparisons.push({ inFlight, measured })
  }
  for (const client of clients) await client.end()
  const title = 'Connections to an echo server on the loopback: connect, send, read a line, close'
  show(comparisonTable(title, comparisons, PROMISES))
  return brokenPromises(PROMISES, comparisons)
}

/** The loops make fewer connections a round than ours, or a round of theirs would take minutes. */
async function compareLoops(
  clients: Client[],
  port: number,
  cores: string | undefined,
): Promise<string[]> {
  const [ours, ...others] = clients
  for (const other of others) await other.end()
  if (ours === undefined) return []
  if (!hasNc()) {
    say(
      "Not compared with the tutorial's loop: an nc with -N is missing (package netcat-openbsd).\n",
    )
    await ours.end()
    return []
  }
  const comparisons: Comparison[] = []
  for (const [loop, connections, rounds] of [
    [ncLoop(LOOP, 'date', cores), 100, 10],
    [ncLoop(SLEEPING_LOOP, 'date; sleep 1', cores), 2, 5],
  ] as const) {
    const measured = await interleave([inRoundsOf(ours, 3000), loop], rounds, (number) => ({
      host: hostFor(number),
      port,
      connections,
      inFlight: 16,
    }))
    comparisons.push({ inFlight: 16, measured })
  }
  await ours.end()
  show(comparisonTable("Beside the tutorial's loop, which has one in flight", comparisons, []))
  return brokenPromises([], comparisons)
}

function inRoundsOf(client: Client, connections: number): Client {
  return { ...client, round: (round) => client.round({ ...round, connections }) }
}

async function showMany(clients: Client[], port: number, connections: number): Promise<string[]> {
  const all = []
  for (const [index, client] of clients.entries()) {
    all.push(await manyInARow(client, { host: `127.0.2.${index + 1}`, port }, connections))
    await client.end()
  }
  show(manyTable(all))
  const ours = all.find(({ name }) => name === OURS)?.took.errors ?? 0
  return ours > 0 ? [`${ours} errors in ${connections} connections`] : []
}

/** Another address for each round, so that none inherits the ports that those before it have taken. */
function hostFor(number: number): string {
  return `127.0.1.${(number % 250) + 1}`
}

function show(table: TextTable): void {
  say(plainTable(table))
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '25' },
    many: { type: 'string', default: '40000' },
  },
})
const broken = await main(Number(values.rounds), Number(values.many))
say(broken.length === 0 ? 'Every promise is kept.' : ['Broken:', ...broken].join('\n  '))
process.exitCode = broken.length === 0 ? 0 : 1

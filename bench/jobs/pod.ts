import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { plainTable } from '../../kit/bench/split/text-table.ts'
import type { ProbePlan } from '../../src/evidence/jobs/probe-plan.ts'
import type { Round } from './pod-client.ts'

/**
 * How many samples a second one Pod takes with its log, beside the same prober without one, and how many bytes of log that
 * makes. Both take connections to the same server, in short rounds in turn. Ends with status 1 where the log costs more
 * than is promised. Usage: node bench/jobs/pod.ts [--rounds 15] [--samples 5000]
 */

/** Of processor time, in the median of the rounds. */
const MOST_TIMES = 1.15
const MOST_BYTES = 10
const IN_FLIGHT = [16, 64] as const

type Kind = 'log' | 'bare'
type Client = { child: ChildProcess; bytes: () => number }

function startClient(kind: Kind): Client {
  const child = fork(path.join(import.meta.dirname, 'pod-client.ts'), [kind], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  let bytes = 0
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  return { child, bytes: () => bytes }
}

async function roundOf({ child }: Client, plan: ProbePlan): Promise<Round> {
  const took = once(child, 'message') as Promise<[Round]>
  child.send(plan)
  const [round] = await took
  return round
}

function planFor(port: number, most: number, concurrency: number): ProbePlan {
  return {
    target: { endpoint: { host: '127.0.0.1', port }, addresses: ['127.0.0.1'] },
    probe: { kind: 'tcp', replyUntil: 'newline' },
    recognition: {
      expect: ['one', 'two'].map((word) => ({
        destination: word,
        pattern: { source: `^${word} ` },
      })),
    },
    timeoutMs: 5000,
    concurrency,
    most,
    lastsMs: 600_000,
  }
}

async function main(rounds: number, samples: number): Promise<string[]> {
  const server = fork(path.join(import.meta.dirname, 'echo.ts'))
  const [port] = (await once(server, 'message')) as [number]
  const log = startClient('log')
  const bare = startClient('bare')
  const broken: string[] = []
  const rows: string[][] = []
  for (const inFlight of IN_FLIGHT) {
    const plan = planFor(port, samples, inFlight)
    for (const client of [log, bare]) await roundOf(client, plan)
    const bytesBefore = log.bytes()
    const pairs: { log: Round; bare: Round }[] = []
    for (let turn = 0; turn < rounds; turn += 1) {
      const first = turn % 2 === 0 ? await roundOf(log, plan) : undefined
      const other = await roundOf(bare, plan)
      pairs.push({ log: first ?? (await roundOf(log, plan)), bare: other })
    }
    const bytes = (log.bytes() - bytesBefore) / (rounds * samples)
    const cpu = median(pairs.map((pair) => pair.log.cpuMs / pair.bare.cpuMs))
    const rate = (kind: Kind) => median(pairs.map((pair) => (samples * 1000) / pair[kind].tookMs))
    const whole = (value: number) => Math.round(value).toLocaleString('en-US')
    rows.push([
      String(inFlight),
      whole(rate('log')),
      whole(rate('bare')),
      median(pairs.map((pair) => pair.bare.tookMs / pair.log.tookMs)).toFixed(2),
      cpu.toFixed(2),
      bytes.toFixed(1),
    ])
    if (cpu > MOST_TIMES) broken.push(`${inFlight} in flight: ${cpu.toFixed(2)} > ${MOST_TIMES}`)
    if (bytes > MOST_BYTES) broken.push(`${bytes.toFixed(1)} bytes for a sample > ${MOST_BYTES}`)
  }
  for (const child of [server, log.child, bare.child]) child.disconnect()
  const table = {
    title: 'A Pod with its log',
    explained: 'Connections to a server of this machine; medians of rounds next to each other.',
    headings: ['in flight', 'samples/s', 'without log', 'ratio', 'processor time', 'bytes each'],
    rows,
  }
  process.stdout.write(`${plainTable(table)}\n`)
  return broken
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    samples: { type: 'string', default: '5000' },
  },
})
const broken = await main(Number(values.rounds), Number(values.samples))
for (const promise of broken) process.stdout.write(`Broken: ${promise}\n`)
process.exitCode = broken.length === 0 ? 0 : 1

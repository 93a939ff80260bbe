import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { SOME_START } from '../kit/report/run.ts'
import {
  classify,
  collector,
  match,
  reportSizes,
  undecidedCheckTask,
} from '../kit/report/undecided.ts'
import { probeSource } from '../src/evidence/probe/probe-source.ts'
import { tcpDial } from '../src/evidence/probe/tcp/tcp-dial.ts'
import { startRecord } from '../src/report/record.ts'
import { runCheck } from '../src/rollout/check/run-check.ts'
import type { Check } from '../src/rollout/model/check.ts'
import type { Outcome } from '../src/rollout/model/outcome.ts'

/**
 * Shows that memory and report stay small however many connections a check makes: one check of so many (default a
 * million), by the run's own prober, classification, judge and record, against a server in another process. Prints what
 * was in use after each tenth, garbage collected, and the sizes of report.json and report.html, and ends with status 1
 * where memory grew or a file is large.
 * Usage: node bench/memory.ts [CONNECTIONS]
 */

/** Several, so that ports which closed connections still hold do not run out. */
const ADDRESSES = Array.from({ length: 8 }, (_, index) => `127.0.0.${index + 1}`)
const SAMPLES = 10
/** The first tenths warm up: code is compiled, pools fill. */
const WARM_UP = 2
const MIB = 1024 * 1024
/** Growth from the warm-up to the end that is put up with: what the allocator keeps, not what connections leave. */
const MOST_GROWTH = { heap: 1 * MIB, rss: 24 * MIB }
/** Of report.json and of report.html. */
const MOST_BYTES = MIB / 8

type Sample = { connections: number; heap: number; rss: number }

/** Answers each connection's first bytes, half of them as v1 and half as v2, each time with another text. */
async function serve(): Promise<void> {
  let count = 0
  const servers: Server[] = []
  for (const host of ADDRESSES) {
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => {
        count += 1
        // No draw of chance is needed: only the memory is looked at.
        socket.write(`${count % 2 === 0 ? 'one' : 'two'} ${count}\n`)
      })
    })
    const port = servers.length === 0 ? 0 : portOf(servers[0])
    server.listen({ host, port, backlog: 1024 })
    await once(server, 'listening')
    servers.push(server)
  }
  process.send?.(portOf(servers[0]))
}

function portOf(server: Server | undefined): number {
  const address = server?.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

async function main(connections: number): Promise<boolean> {
  const child: ChildProcess = fork(import.meta.filename, ['serve'])
  const [port] = await once(child, 'message')
  const startedMs = performance.now()
  const { samples, files } = await check(Number(port), connections).finally(() => child.kill())
  const tookSeconds = (performance.now() - startedMs) / 1000
  const [first, last] = [samples[WARM_UP - 1], samples.at(-1)]
  if (!first || !last || samples.length < SAMPLES) throw new Error('the check ended too early')
  const growth = { heap: last.heap - first.heap, rss: last.rss - first.rss }
  const flat = growth.heap <= MOST_GROWTH.heap && growth.rss <= MOST_GROWTH.rss
  say(
    `${connections} connections in ${tookSeconds.toFixed(1)} s, ${Math.round(connections / tookSeconds)} a second; ` +
      `since ${first.connections}: heap ${signed(growth.heap)}, resident ${signed(growth.rss)}: ${flat ? 'flat' : 'NOT flat'}`,
  )
  const small = Math.max(files.json, files.html) <= MOST_BYTES
  say(
    `report.json ${kib(files.json)}, report.html ${kib(files.html)}: ${small ? 'small' : 'NOT small'}`,
  )
  return flat && small
}

/** How a run ends whose last check is this one. */
function outcomeOf(check: Check): Outcome {
  return {
    verdict: 'inconclusive',
    reason: 'limit-reached',
    message: '',
    remedy: '',
    previousWeights: undefined,
    weights: undefined,
    rolledBack: false,
    checks: [check],
  }
}

/** One check that its connections do not decide, with the memory in use after each tenth of them. */
async function check(
  port: number,
  connections: number,
): Promise<{ samples: Sample[]; files: { json: number; html: number } }> {
  const collect = collector()
  const samples: Sample[] = []
  let seen = 0
  const { record, take } = startRecord({ ...SOME_START, startedAt: new Date() }, () =>
    performance.now(),
  )
  const task = undecidedCheckTask(connections, {
    source: probeSource({
      dial: tcpDial({
        addresses: ADDRESSES,
        port,
        payload: Buffer.from('hello\n'),
        replyUntil: 'newline',
        match,
        timeoutMs: 5000,
      }),
      classify(outcome: Parameters<typeof classify>[0]) {
        seen += 1
        if (seen % (connections / SAMPLES) === 0) samples.push(sample(seen, collect))
        return classify(outcome)
      },
      concurrency: 64,
      paces: [],
      nowMs: () => performance.now(),
    }),
    emit: take,
    nowMs: () => performance.now(),
  })
  const ended = await runCheck(task)
  return { samples, files: reportSizes(record, outcomeOf(ended)) }
}

function sample(connections: number, collect: () => void): Sample {
  collect()
  const { heapUsed: heap, rss } = process.memoryUsage()
  say(`${String(connections).padStart(9)} connections: heap ${mib(heap)}, resident ${mib(rss)}`)
  return { connections, heap, rss }
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`
}

function kib(bytes: number): string {
  return `${Math.ceil(bytes / 1024)} KiB`
}

function signed(bytes: number): string {
  return `${bytes < 0 ? '-' : '+'}${mib(Math.abs(bytes))}`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

const [given = '1000000'] = process.argv.slice(2)
if (given === 'serve') await serve()
else {
  const connections = Number(given)
  if (!Number.isInteger(connections) || connections < SAMPLES || connections % SAMPLES !== 0)
    throw new Error(`CONNECTIONS must be a multiple of ${SAMPLES}: ${given} is not.`)
  process.exitCode = (await main(connections)) ? 0 : 1
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plainTable } from '../../kit/bench/split/text-table.ts'
import { interleave } from '../../kit/bench/wire/interleave.ts'
import { hey, installed, wrk } from '../../kit/bench/wire/load-tools.ts'
import { startClient, startLines } from '../../kit/bench/wire/processes.ts'
import {
  brokenPromises,
  type Comparison,
  comparisonTable,
  OURS,
  type Promised,
} from '../../kit/bench/wire/ratios.ts'
import { type GoPrograms, pinned } from '../../kit/bench/wire/tools.ts'
import { certificateFor } from '../../sandbox/api/certificate.ts'

const HOST = 'web.example.com'
const WARM_UP = 6000
const REQUESTS = 2000
/** A TLS handshake takes as long as some ten requests without TLS. */
const TLS_REQUESTS = 400
const GO = 'Go net/http'
const IN_FLIGHT = [16, 64]

const PROMISES: readonly Promised[] = IN_FLIGHT.map((inFlight) => ({
  yardstick: GO,
  inFlight,
  atMost: 1,
  rateAtLeast: 0.9,
}))

/**
 * Requests over HTTP/1.1 for the prober beside other clients, each on a connection of its own. With kept connections, and
 * with TLS, as information.
 */
export async function compareRequests(
  cores: string | undefined,
  go: GoPrograms,
  rounds: number,
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-requests-'))
  try {
    const { authority, certificate, key } = await certificateFor('web', [HOST])
    const files = { ca: authority, cert: certificate, key }
    const [ca = '', cert = '', keyFile = ''] = Object.entries(files).map(([name, text]) => {
      const file = join(folder, `${name}.pem`)
      writeFileSync(file, text)
      return file
    })
    const tls = { server: ['-cert', cert, '-key', keyFile], ca }
    return [
      ...(await compare({ cores, go, rounds }, { server: [], ca: undefined, keeps: false })),
      ...(await compare({ cores, go, rounds }, { server: [], ca: undefined, keeps: true })),
      ...(await compare({ cores, go, rounds }, { ...tls, keeps: false })),
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

type Setting = { cores: string | undefined; go: GoPrograms; rounds: number }
/** `ca`: a file; undefined: without TLS. `keeps`: whether connections are kept. */
type Kind = { server: readonly string[]; ca: string | undefined; keeps: boolean }

async function compare(
  { cores, go, rounds }: Setting,
  { server, ca, keeps }: Kind,
): Promise<string[]> {
  const web = startLines(pinned(cores, [go.web, ...server]))
  const port = Number(await web.next())
  const program = join(import.meta.dirname, 'client.ts')
  const more = ca === undefined ? [] : [ca]
  const node = (name: string, kind: string) =>
    startClient(name, pinned(cores, [process.execPath, program, kind, HOST, ...more]))
  const target = {
    url: (host: string, at: number) => `http://${host}:${at}/`,
    name: HOST,
    keeps,
  }
  const keep = keeps ? ['-keep'] : []
  const yardsticks =
    ca === undefined
      ? [
          node('node:http', keeps ? 'plain-kept-requests' : 'plain-requests'),
          startClient(GO, pinned(cores, [go.request, '-name', HOST, ...keep])),
          ...installed([
            { program: 'wrk', client: wrk('wrk', target) },
            { program: 'hey', client: hey('hey', target) },
          ]),
        ]
      : [startClient(GO, pinned(cores, [go.request, '-name', HOST, '-ca', ca]))]
  const clients = [node(OURS, keeps ? 'our-kept-requests' : 'our-requests'), ...yardsticks]
  const comparisons: Comparison[] = []
  for (const inFlight of IN_FLIGHT) {
    const measured = await interleave(clients, rounds, (number) => ({
      // Another address for each round, so that none inherits the ports that those before it have taken.
      host: `127.0.3.${(number % 250) + 1}`,
      port,
      connections: connectionsIn(number < clients.length, ca !== undefined),
      inFlight,
    }))
    comparisons.push({ inFlight, measured })
  }
  for (const client of clients) await client.end()
  await web.end()
  const promises = ca === undefined && !keeps ? PROMISES : []
  const how = keeps ? 'on connections that are kept' : 'each on a connection of its own'
  const title = `Requests over HTTP/1.1${ca === undefined ? '' : ' and TLS'} on the loopback, ${how}`
  process.stdout.write(`${plainTable(comparisonTable(title, comparisons, promises))}\n`)
  return brokenPromises(promises, comparisons)
}

function connectionsIn(isWarmUp: boolean, hasTls: boolean): number {
  if (hasTls) return TLS_REQUESTS
  return isWarmUp ? WARM_UP : REQUESTS
}

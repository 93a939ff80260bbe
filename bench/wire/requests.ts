import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plainTable } from '../../kit/bench/split/text-table.ts'
import { interleave } from '../../kit/bench/wire/interleave.ts'
import { hey, installed, wrk } from '../../kit/bench/wire/load-tools.ts'
import { type Client, startClient, startLines } from '../../kit/bench/wire/processes.ts'
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
 * Requests for the prober beside other clients, over HTTP/1.1 and each on a connection of its own. With kept connections,
 * with TLS and over HTTP/2 as information, beside what Node itself takes for them.
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
    const setting = { cores, go, rounds }
    const tls = { server: ['-cert', cert, '-key', keyFile], ca }
    const http2 = go.canHttp2
      ? [{ version: '2' as const }, { version: '2' as const, keeps: true }]
      : []
    const broken: string[] = []
    for (const kind of [{}, { keeps: true }, tls, { ...tls, keeps: true }, ...http2])
      broken.push(...(await compare(setting, { ...PLAIN, ...kind })))
    return broken
  } finally {
    rmSync(folder, { recursive: true })
  }
}

type Setting = { cores: string | undefined; go: GoPrograms; rounds: number }

/** `ca`: a file; undefined: without TLS. `keeps`: whether connections are kept. */
type Kind = {
  version: '1.1' | '2'
  server: readonly string[]
  ca: string | undefined
  keeps: boolean
}

const PLAIN: Kind = { version: '1.1', server: [], ca: undefined, keeps: false }

async function compare({ cores, go, rounds }: Setting, kind: Kind): Promise<string[]> {
  const { server, ca, keeps, version } = kind
  const web = startLines(pinned(cores, [go.web, ...server]))
  const port = Number(await web.next())
  const clients = clientsFor({ cores, go }, kind)
  const comparisons: Comparison[] = []
  for (const inFlight of IN_FLIGHT) {
    const measured = await interleave(clients, rounds, (number) => ({
      // Another address for each round, so that none inherits the ports that those before it have taken.
      host: `127.0.3.${(number % 250) + 1}`,
      port,
      connections: requestsIn(number < clients.length, ca !== undefined && !keeps),
      inFlight,
    }))
    comparisons.push({ inFlight, measured })
  }
  for (const client of clients) await client.end()
  await web.end()
  const promises = version === '1.1' && ca === undefined && !keeps ? PROMISES : []
  const how = keeps ? 'on connections that are kept' : 'each on a connection of its own'
  const title = `Requests over HTTP/${version}${ca === undefined ? '' : ' and TLS'} on the loopback, ${how}`
  process.stdout.write(`${plainTable(comparisonTable(title, comparisons, promises))}\n`)
  return brokenPromises(promises, comparisons)
}

function clientsFor(
  { cores, go }: Omit<Setting, 'rounds'>,
  { version, ca, keeps }: Kind,
): Client[] {
  const program = join(import.meta.dirname, 'client.ts')
  const files = ca === undefined ? [] : [ca]
  const node = (name: string, kind: string) =>
    startClient(name, pinned(cores, [process.execPath, program, kind, HOST, ...files]))
  const kept = keeps ? 'kept-' : ''
  const goOptions = [
    ...(keeps ? ['-keep'] : []),
    ...(ca === undefined ? [] : ['-ca', ca]),
    ...(version === '2' ? ['-http2'] : []),
  ]
  const both = [
    node(OURS, version === '2' ? `our-${kept}http2-requests` : `our-${kept}requests`),
    startClient(GO, pinned(cores, [go.request, '-name', HOST, ...goOptions])),
  ]
  if (version === '2') return [...both, node('bare node:http2', `bare-${kept}http2-requests`)]
  if (ca !== undefined) return keeps ? both : [...both, node('bare node:tls', 'bare-tls-requests')]
  const target = {
    url: (host: string, at: number) => `http://${host}:${at}/`,
    name: HOST,
    keeps,
  }
  return [
    ...both,
    node('node:http', `plain-${kept}requests`),
    ...installed([
      { program: 'wrk', client: wrk('wrk', target) },
      { program: 'hey', client: hey('hey', target) },
    ]),
  ]
}

function requestsIn(isWarmUp: boolean, hasTls: boolean): number {
  if (hasTls) return TLS_REQUESTS
  return isWarmUp ? WARM_UP : REQUESTS
}

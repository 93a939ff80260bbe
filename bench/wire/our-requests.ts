import type { Round } from '../../kit/bench/wire/exchange.ts'
import { startClassifying } from '../../src/evidence/probe/classify.ts'
import { TCP } from '../../src/evidence/probe/connection/transport.ts'
import {
  type HttpDialSettings,
  httpDial,
  keptHttpDial,
} from '../../src/evidence/probe/http/http-dial.ts'
import { startMatching } from '../../src/evidence/probe/match-replies.ts'
import { startProbing } from '../../src/evidence/probe/prober.ts'
import { tlsTransport } from '../../src/evidence/probe/tls/tls-transport.ts'

const TIMEOUT_MS = 5000

function trusting(serverName: string, ca: string) {
  return { serverName, ca, client: undefined, insecure: false }
}

type Requests = {
  authority: string
  /** PEM of the certificates to trust; undefined: without TLS. */
  ca: string | undefined
  /** Whether connections are kept; else each request has a connection of its own. */
  keeps: boolean
}

/** The prober of a run for HTTP, put together as a run does, with bodies that are matched. */
export function ourRequests(
  { authority, ca, keeps }: Requests,
  { host, port, connections, inFlight }: Round,
): Promise<number> {
  const expect = [
    { destination: 'v1', pattern: /web-v1-/ },
    { destination: 'v2', pattern: /web-v2-/ },
  ]
  const to: HttpDialSettings = {
    addresses: [host],
    port,
    transport: ca === undefined ? TCP : tlsTransport(trusting(authority, ca), ['http/1.1']),
    request: { method: 'GET', path: '/', authority, headers: [] },
    timeoutMs: TIMEOUT_MS,
  }
  const { dial, close } = keeps ? keptHttpDial(to) : { dial: httpDial(to), close: () => undefined }
  const settings = {
    dial,
    classify: startClassifying({
      expect,
      redact: (text) => text,
      match: startMatching(expect),
    }),
    concurrency: inFlight,
    paces: [],
    nowMs: () => performance.now(),
    most: () => connections,
  }
  return new Promise((resolve) => {
    let samples = 0
    let errors = 0
    startProbing(settings, ({ classified }) => {
      samples += 1
      if (classified.kind !== 'destination') errors += 1
      if (samples < connections) return
      close()
      resolve(errors)
    })
  })
}

import type { Round } from '../../kit/bench/wire/exchange.ts'
import { startClassifying } from '../../src/evidence/probe/classify.ts'
import { TCP } from '../../src/evidence/probe/connection/transport.ts'
import type { KeptDial } from '../../src/evidence/probe/connection-outcome.ts'
import { httpDial, keptHttpDial } from '../../src/evidence/probe/http/http-dial.ts'
import { http2Dial, keptHttp2Dial } from '../../src/evidence/probe/http/http2-dial.ts'
import { http2Request } from '../../src/evidence/probe/http/http2-request.ts'
import { startMatching } from '../../src/evidence/probe/match-replies.ts'
import { startProbing } from '../../src/evidence/probe/prober.ts'
import { tlsTransport } from '../../src/evidence/probe/tls/tls-transport.ts'

const TIMEOUT_MS = 5000

function trusting(serverName: string, ca: string) {
  return { serverName, ca, client: undefined, insecure: false }
}

export type Requests = {
  version: '1.1' | '2'
  authority: string
  /** PEM of the certificates to trust; undefined: without TLS. */
  ca: string | undefined
  /** Whether connections are kept; else each request has a connection of its own. */
  keeps: boolean
}

function dialTo(
  { version, authority, ca, keeps }: Requests,
  { host, port }: Pick<Round, 'host' | 'port'>,
): KeptDial {
  const common = { addresses: [host], port, timeoutMs: TIMEOUT_MS }
  const tls = ca === undefined ? undefined : trusting(authority, ca)
  const asked = { method: 'GET', path: '/', authority, headers: [] }
  const close = () => undefined
  if (version === '2') {
    const to = { ...common, request: http2Request({ ...asked, tls }), tls }
    return keeps ? keptHttp2Dial(to) : { dial: http2Dial(to), close }
  }
  const transport = tls === undefined ? TCP : tlsTransport(tls, ['http/1.1'])
  const to = { ...common, transport, request: asked }
  return keeps ? keptHttpDial(to) : { dial: httpDial(to), close }
}

/** The prober of a run for HTTP, put together as a run does, with bodies that are matched. */
export function ourRequests(requests: Requests, round: Round): Promise<number> {
  return requestsBy(dialTo(requests, round), round)
}

/** The same with a dial of any kind. */
export function requestsBy(
  { dial, close }: KeptDial,
  { connections, inFlight }: Pick<Round, 'connections' | 'inFlight'>,
): Promise<number> {
  const expect = [
    { destination: 'v1', pattern: /web-v1-/ },
    { destination: 'v2', pattern: /web-v2-/ },
  ]
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

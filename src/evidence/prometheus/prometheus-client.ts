import type https from 'node:https'
import { connectionTo } from '../../kube/credentials/server-connection.ts'
import { textAt } from '../../kube/json.ts'
import { exchange, type Incoming, UnusableAnswer } from '../../kube/request/exchange.ts'
import { networkFailure } from '../../kube/request/network-message.ts'
import { within } from '../../kube/within.ts'
import { secureContext } from '../probe/tls/secure-context.ts'
import { type Answered, readAnswer } from './answer.ts'
import type { NoValue } from './metric.ts'
import { type PrometheusServer, queryUrl } from './server.ts'

/** Asks a server for the number of one query, once. Never rejects. */
export type AskPrometheus = (query: string, signal: AbortSignal) => Promise<Answered>

/** Limit of one try. It is sent to the server too. */
const LIMIT_MS = 10_000
/** One number needs a few hundred bytes. A query without an aggregation may have thousands of series. */
const MOST_BYTES = 1024 * 1024
/** A longer address is refused by some servers and proxies, so a long query is sent as a form. */
const LONGEST_ADDRESS = 4000
/** How much of a server's text is shown. */
const TEXT_LENGTH = 300

/** `redact` removes secrets before a text is cut. Opens no connection yet. */
export function prometheusClient(
  server: PrometheusServer,
  redact: (text: string) => string,
): AskPrometheus {
  let connecting: Promise<https.RequestOptions> | undefined
  return async (query, signal) => {
    try {
      const incoming = await within({ ms: LIMIT_MS, signal }, async (limited) => {
        connecting ??= connection(server)
        return send(server, query, { ...(await connecting), signal: limited })
      })
      return answered(incoming, redact)
    } catch (error) {
      connecting = undefined
      const { text, noAnswer } = networkFailure(error, signal, LIMIT_MS)
      // OpenSSL's messages end with a line break.
      const why = short(text, redact).replace(/ \)$/, ')')
      if (error instanceof UnusableAnswer) return none({ kind: 'unexpected', text: why })
      const isCertificate = noAnswer.kind === 'certificate'
      return none({ kind: 'unreachable', text: why, ...(isCertificate ? { isCertificate } : {}) })
    }
  }
}

async function connection({ url }: PrometheusServer): Promise<https.RequestOptions> {
  const { origin, protocol } = new URL(url)
  const options = await connectionTo({ origin })
  if (protocol === 'http:') return options
  return { ...options, ...{ secureContext: secureContext({ ca: undefined, client: undefined }) } }
}

function send(
  server: PrometheusServer,
  query: string,
  options: https.RequestOptions & { signal: AbortSignal },
): Promise<Incoming> {
  const url = queryUrl(server)
  const asked = new URLSearchParams(url.search)
  asked.set('query', query)
  asked.set('timeout', `${LIMIT_MS / 1000}s`)
  const headers = { ...Object.fromEntries(server.headers), accept: 'application/json' }
  const search = asked.toString()
  if (url.origin.length + url.pathname.length + search.length <= LONGEST_ADDRESS) {
    url.search = search
    return exchange(url, { method: 'GET', headers, body: undefined }, options, MOST_BYTES)
  }
  const form = {
    ...headers,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(search),
  }
  url.search = ''
  return exchange(url, { method: 'POST', headers: form, body: search }, options, MOST_BYTES)
}

function answered({ status, headers, text }: Incoming, redact: (text: string) => string): Answered {
  if (status >= 200 && status < 300) {
    const read = readAnswer(text)
    if (read.kind === 'value' || read.why.kind !== 'incomplete') return read
    return none({ ...read.why, text: short(read.why.text, redact) })
  }
  if (status < 400) return none({ kind: 'redirect', status, to: originOf(headers.location) })
  if ([401, 403, 407].includes(status)) return none({ kind: 'access', status })
  const said = errorIn(text)
  const isPage = /html/i.test(headers['content-type'] ?? '')
  const shown = short(said ?? (isPage ? '' : text), redact)
  const isOfQuery = said !== undefined && (status === 400 || status === 422)
  return none({ kind: isOfQuery ? 'refused' : 'status', status, text: shown })
}

/** The API's own text for an error; undefined where something else answered. */
function errorIn(text: string): string | undefined {
  try {
    return textAt(JSON.parse(text), 'error')
  } catch {
    return undefined
  }
}

function short(text: string, redact: (text: string) => string): string {
  return redact(text).replace(/\s+/g, ' ').trim().slice(0, TEXT_LENGTH)
}

/** Where a redirect leads. What follows the host in its address may be a secret. */
function originOf(location = ''): string {
  return URL.canParse(location) ? new URL(location).origin : 'another path of the same server'
}

function none(why: NoValue): Answered {
  return { kind: 'no-value', why }
}

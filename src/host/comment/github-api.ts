import type https from 'node:https'
import { connectionTo } from '../../kube/credentials/server-connection.ts'
import { type Json, textAt } from '../../kube/json.ts'
import { exchange, type Incoming, UnusableAnswer } from '../../kube/request/exchange.ts'
import { networkFailure } from '../../kube/request/network-message.ts'
import { within } from '../../kube/within.ts'
import { VERSION } from '../version.ts'

/** One request. */
const LIMIT_MS = 10_000
/** A page of a hundred comments of 65,536 characters, which have four bytes at most, and escapes. */
const MOST_BYTES = 64 * 1024 * 1024
const MOST_REDIRECTS = 3
const TEXT_LENGTH = 300

/** An answer of GitHub that is a success. */
export type GitHubAnswer = { body: Json; next: string | undefined }

/** A request that was not answered with a success. */
export class GitHubError extends Error {
  /** undefined: no answer came. */
  readonly status: number | undefined
  /** Milliseconds until it may be tried again, where it may; undefined: another try would end in the same way. */
  readonly againMs: number | undefined

  /** @param message in words that follow the name of the server */
  constructor(message: string, status: number | undefined, againMs: number | undefined) {
    super(message)
    this.status = status
    this.againMs = againMs
  }
}

export type GitHub = {
  /** Fails with a GitHubError. `target`: a path of the API, or the address of a page of it. */
  call(method: 'GET' | 'POST' | 'PATCH', target: string, body?: Json): Promise<GitHubAnswer>
  /** The GraphQL API. */
  query(text: string): Promise<GitHubAnswer>
}

type Settings = {
  /** As https://api.github.com, or https://HOST/api/v3 of GitHub Enterprise Server. */
  url: string
  graphqlUrl: string | undefined
  token: string
  redact: (text: string) => string
  signal: AbortSignal
}

/** Opens no connection yet. Requests are sent one after the other, as GitHub asks its clients to do. */
export function openGitHub({ url, graphqlUrl, token, redact, signal }: Settings): GitHub {
  const base = url.replace(/\/+$/, '')
  const { origin } = new URL(base)
  const headers = {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'user-agent': `istio-traffic-shift/${VERSION}`,
    'x-github-api-version': '2022-11-28',
  }

  async function send(method: string, address: string, body: string | undefined, hops = 0) {
    const given = body === undefined ? {} : { 'content-type': 'application/json', ...sizeOf(body) }
    const incoming = await within({ ms: LIMIT_MS, signal }, async (limited) => {
      const options: https.RequestOptions = await connectionTo({ origin: new URL(address).origin })
      const outgoing = { method, headers: { ...headers, ...given }, body }
      return exchange(new URL(address), outgoing, { ...options, signal: limited }, MOST_BYTES)
    }).catch((error: unknown) => {
      const { text } = networkFailure(error, signal, LIMIT_MS)
      throw new GitHubError(
        redact(text),
        undefined,
        error instanceof UnusableAnswer ? undefined : 0,
      )
    })
    // A repository that was renamed. The token goes to no other server.
    const to = redirectOf(incoming, address)
    if (to === undefined) return answerIn(incoming, redact)
    if (to.origin === origin && hops < MOST_REDIRECTS) return send(method, to.href, body, hops + 1)
    const where = to.origin === origin ? 'once more' : `to another server, ${to.host}`
    throw new GitHubError(
      `answered ${incoming.status}, which redirects ${where}`,
      incoming.status,
      undefined,
    )
  }

  return {
    call(method, target, body) {
      const address = target.startsWith('/') ? `${base}${target}` : target
      // Pages are named by the server. The token goes to no other one.
      if (new URL(address).origin !== origin)
        throw new GitHubError('named a page on another server', 200, undefined)
      return send(method, address, body === undefined ? undefined : JSON.stringify(body))
    },
    query(text) {
      // A runner whose GITHUB_API_URL was replaced may still name the public server here. The token is not for that one.
      const isOfServer =
        URL.canParse(graphqlUrl ?? '') && new URL(graphqlUrl ?? '').origin === origin
      const address = isOfServer ? graphqlUrl : undefined
      return send(
        'POST',
        address ?? `${base.replace(/\/v3$/, '')}/graphql`,
        JSON.stringify({ query: text }),
      )
    },
  }
}

function sizeOf(body: string) {
  return { 'content-length': Buffer.byteLength(body) }
}

function redirectOf({ status, headers }: Incoming, from: string): URL | undefined {
  const { location = '' } = headers
  const isOne = [301, 302, 307, 308].includes(status) && URL.canParse(location, from)
  return isOne ? new URL(location, from) : undefined
}

function answerIn(incoming: Incoming, redact: (text: string) => string): GitHubAnswer {
  const { status, headers, text } = incoming
  const body = jsonIn(text)
  if (status >= 200 && status < 300 && body !== undefined)
    return { body, next: nextPage(headers.link) }
  const said = body === undefined ? NOT_JSON : `: ${textAt(body, 'message') ?? ''}`
  const shown = redact(said).replace(/\s+/g, ' ').slice(0, TEXT_LENGTH)
  throw new GitHubError(
    `answered ${status}${shown === ': ' ? '' : shown}`,
    status,
    againAfter(incoming),
  )
}

/** A proxy between here and GitHub, or another server at that address. */
const NOT_JSON = ' with something other than JSON'

/** An answer that is a success by its status, and is not what was asked for. */
export function isNot(what: string): GitHubError {
  return new GitHubError(`answered with something other than ${what}`, 200, undefined)
}

function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** Source: RFC 8288, as GitHub's documentation of pagination shows it. */
function nextPage(link: string | readonly string[] = ''): string | undefined {
  return /<([^>]+)>;[^,]*\brel="next"/.exec(String(link))?.[1]
}

/**
 * Source: GitHub's documentation of rate limits. A limit that is reached is a 403 or a 429 with one of these headers; a 403
 * with neither is a right that is missing.
 */
function againAfter({ status, headers }: Incoming): number | undefined {
  const seconds = Number(headers['retry-after'] ?? Number.NaN)
  const isLimit = headers['x-ratelimit-remaining'] === '0'
  if (status >= 500) return Number.isNaN(seconds) ? 0 : seconds * 1000
  if (status !== 429 && status !== 403) return undefined
  if (!Number.isNaN(seconds)) return seconds * 1000
  const resetMs = Number(headers['x-ratelimit-reset'] ?? Number.NaN) * 1000
  if (isLimit && !Number.isNaN(resetMs)) return Math.max(0, resetMs - Date.now())
  return status === 429 || isLimit ? A_MINUTE_MS : undefined
}

/** What GitHub asks for where it names no time. */
const A_MINUTE_MS = 60_000

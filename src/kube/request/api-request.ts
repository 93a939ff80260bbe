import http from 'node:http'
import { countText } from '../../problem/count-text.ts'
import { ApiError } from '../api-error.ts'
import { isDeeperThan, type Json, textAt } from '../json.ts'
import { type ConnectOptions, exchange, Redirected, UnusableAnswer } from './exchange.ts'

/** The field manager of everything that this tool writes. */
export const MANAGER = 'istio-traffic-shift'

/** The answer to a request. */
export type Answer = { status: number; headers: http.IncomingHttpHeaders; body: Json; text: string }
/** One request to an API server. */
export type Request = {
  method: string
  path: string
  contentType: string | undefined
  body: string | undefined
}

/** Sends one request and reads the whole answer. */
export async function send(
  server: string,
  request: Request,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const url = urlOf(server, request.path)
  const { method, body } = request
  const headers = {
    ...options.headers,
    Accept: 'application/json',
    'User-Agent': MANAGER,
    ...(body === undefined
      ? {}
      : { 'Content-Type': request.contentType, 'Content-Length': Buffer.byteLength(body) }),
  }
  const answer = await exchange(url, { method, headers, body }, { ...options, signal })
  const { status, text } = answer
  if (status >= 300 && status < 400) throw elsewhere(status, answer.headers.location, url)
  return { status, headers: answer.headers, ...parsedAnswer(text, status) }
}

/** The address of a path of an API server, whose own address may have a path too. */
export function urlOf(server: string, path: string): URL {
  return new URL(server.replace(/\/+$/, '') + path)
}

/** Errors may be plain text (an unknown path, a proxy in between). A success must be JSON. */
export function parsedAnswer(text: string, status: number): { body: Json; text: string } {
  let body: Json = null
  try {
    body = JSON.parse(text) as Json
  } catch {
    if (status < 400) throw new UnusableAnswer(`answered ${status} with something other than JSON`)
  }
  if (!isDeeperThan(MOST_LEVELS, body)) return { body, text }
  if (status < 400)
    throw new UnusableAnswer(`answered ${status} with JSON of more than ${MOST_LEVELS} levels`)
  return { body: null, text }
}

/** The error for a redirect, with which no API server answers. What follows the host in its address may be a secret. */
function elsewhere(status: number, location = '', from: URL): Error {
  const to = URL.canParse(location, from.href) ? new URL(location, from).origin : 'nowhere'
  return new Redirected(
    `answered ${status}, a redirect to ${to}. An API server does not redirect, but a login page or a proxy in front of it may`,
  )
}

/**
 * The most levels of JSON in an answer. Kubernetes objects have about thirty. Functions that compare, copy or write JSON
 * call themselves once for each level, and the stack is limited.
 */
const MOST_LEVELS = 500
/** How much of an answer without a message is shown, such as a proxy's error page. */
const PAGE_LENGTH = 500
/** How much of a message is shown. It may be the text of any webhook or policy. */
const MESSAGE_LENGTH = 2000
/** The longest pause that a server can request. */
const MOST_RETRY_AFTER_SECONDS = 30

/** An answer of 400 and above, as an error. `redact` removes secrets before the text is cut. */
export function refusal(call: string, answer: Answer, redact: (text: string) => string): ApiError {
  const text = textAt(answer.body, 'message')
  const message =
    text === undefined
      ? redact(answer.text.trim()).slice(0, PAGE_LENGTH)
      : cut(redact(text), MESSAGE_LENGTH)
  return new ApiError(
    call,
    message || http.STATUS_CODES[answer.status] || `status ${answer.status}`,
    {
      status: answer.status,
      reason: textAt(answer.body, 'reason') ?? '',
      body: answer.body,
      retryAfterMs: retryAfterMs(answer.headers['retry-after']),
    },
  )
}

/** In milliseconds; undefined if the header is missing or a date, which would refer to an unknown clock. */
function retryAfterMs(header = ''): number | undefined {
  return /^\d+(\.\d+)?$/.test(header)
    ? Math.min(Number(header), MOST_RETRY_AFTER_SECONDS) * 1000
    : undefined
}

function cut(text: string, length: number): string {
  const whole = countText(text.length)
  return text.length <= length ? text : `${text.slice(0, length)}... (${whole} characters in all)`
}

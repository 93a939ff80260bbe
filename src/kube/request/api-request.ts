import http from 'node:http'
import type https from 'node:https'
import { ApiError } from '../api-error.ts'
import { isDeeperThan, type Json, textAt } from '../json.ts'
import { exchange, Redirected, UnusableAnswer } from './exchange.ts'

/** The name under which the API server keeps what a run wrote. */
export const MANAGER = 'istio-traffic-shift'

/** What came back. */
export type Answer = { status: number; headers: http.IncomingHttpHeaders; body: Json; text: string }
/** What is asked of an API server. */
export type Request = {
  method: string
  path: string
  contentType: string | undefined
  body: string | undefined
}

/** Sends one request and reads all of its answer. */
export async function send(
  server: string,
  request: Request,
  options: https.RequestOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const url = new URL(server.replace(/\/+$/, '') + request.path)
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
  return { status, headers: answer.headers, ...parsed(text, status) }
}

/** Errors may come as plain text (an unknown path, a proxy in between); what succeeds must be JSON. */
function parsed(text: string, status: number): { body: Json; text: string } {
  let body: Json = null
  try {
    body = JSON.parse(text) as Json
  } catch {
    if (status < 400) throw new UnusableAnswer(`answered ${status} with what is not JSON`)
  }
  if (!isDeeperThan(MOST_LEVELS, body)) return { body, text }
  if (status < 400)
    throw new UnusableAnswer(`answered ${status} with JSON of more than ${MOST_LEVELS} levels`)
  return { body: null, text }
}

/** A redirect, which no API server answers with; what stands behind the name of its host may be a secret. */
function elsewhere(status: number, location = '', from: URL): Error {
  const to = URL.canParse(location, from.href) ? new URL(location, from).origin : 'nowhere'
  return new Redirected(
    `answered ${status}, which leads to ${to}: no API server does that, but a login page or a proxy in front of one`,
  )
}

/**
 * Levels of JSON in an answer. Objects of Kubernetes have some thirty. All that compares, copies or
 * writes JSON here calls itself once for each level, and the stack has an end.
 */
const MOST_LEVELS = 500
/** The longest answer without a message of its own that is shown: a proxy's whole page says no more. */
const PAGE_LENGTH = 500
/** The longest message that is shown. It is the text of somebody else's webhook or policy. */
const MESSAGE_LENGTH = 2000
/** The longest pause that a server can ask for. */
const MOST_RETRY_AFTER_SECONDS = 30

/** An answer of 400 and above, as an error; `redact` takes secrets out of what is cut. */
export function refusal(call: string, answer: Answer, redact: (text: string) => string): ApiError {
  const said = textAt(answer.body, 'message')
  const message =
    said === undefined
      ? redact(answer.text.trim()).slice(0, PAGE_LENGTH)
      : cut(redact(said), MESSAGE_LENGTH)
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

/** In milliseconds; undefined where the header is missing, or a date: whose clock would it be? */
function retryAfterMs(header = ''): number | undefined {
  return /^\d+(\.\d+)?$/.test(header)
    ? Math.min(Number(header), MOST_RETRY_AFTER_SECONDS) * 1000
    : undefined
}

function cut(text: string, length: number): string {
  const whole = text.length.toLocaleString('en-US')
  return text.length <= length ? text : `${text.slice(0, length)}... (${whole} characters in all)`
}

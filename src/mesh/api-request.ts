import http from 'node:http'
import https from 'node:https'
import { ApiError } from './api-error.ts'
import { type Json, textAt } from './json.ts'

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
export function send(
  server: string,
  request: Request,
  options: https.RequestOptions,
  signal: AbortSignal,
): Promise<Answer> {
  const url = new URL(server.replace(/\/+$/, '') + request.path)
  const client = url.protocol === 'http:' ? http : https
  const headers = {
    ...options.headers,
    Accept: 'application/json',
    'User-Agent': MANAGER,
    ...(request.body === undefined
      ? {}
      : { 'Content-Type': request.contentType, 'Content-Length': Buffer.byteLength(request.body) }),
  }
  return new Promise((resolve, reject) => {
    const sent = client.request(
      url,
      { ...options, headers, method: request.method, signal },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response
          const text = Buffer.concat(chunks).toString('utf8')
          try {
            if (status >= 300 && status < 400) throw elsewhere(status, headers.location, url)
            resolve({ status, headers, ...parsed(text, status) })
          } catch (error) {
            reject(error)
          }
        })
      },
    )
    sent.on('error', reject)
    sent.end(request.body)
  })
}

/** Errors may come as plain text (an unknown path, a proxy in between); what succeeds must be JSON. */
function parsed(text: string, status: number): { body: Json; text: string } {
  try {
    return { body: JSON.parse(text) as Json, text }
  } catch {
    if (status < 400) throw new Error(`answered ${status} with what is not JSON`)
    return { body: null, text }
  }
}

/** A redirect, which no API server answers with; what stands behind the name of its host may be a secret. */
function elsewhere(status: number, location = '', from: URL): Error {
  const to = URL.canParse(location, from.href) ? new URL(location, from).origin : 'nowhere'
  return new Error(
    `answered ${status}, which leads to ${to}: no API server does that, but a login page or a proxy in front of one`,
  )
}

/** The longest answer without a message of its own that is shown: a proxy's whole page says no more. */
const PAGE_LENGTH = 500

/** An answer of 400 and above, as an error; `redact` takes secrets out of what is cut. */
export function refusal(call: string, answer: Answer, redact: (text: string) => string): ApiError {
  const message = textAt(answer.body, 'message') ?? redact(answer.text.trim()).slice(0, PAGE_LENGTH)
  const retryAfterSeconds = Number(answer.headers['retry-after'] ?? Number.NaN)
  return new ApiError(
    call,
    message || http.STATUS_CODES[answer.status] || `status ${answer.status}`,
    {
      status: answer.status,
      reason: textAt(answer.body, 'reason') ?? '',
      body: answer.body,
      retryAfterMs: retryAfterSeconds >= 0 ? retryAfterSeconds * 1000 : undefined,
    },
  )
}

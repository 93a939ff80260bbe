import { setTimeout as delay } from 'node:timers/promises'
import { type ApiRequest, type ApiResponse, jsonResponse, refusal } from '../api/exchange.ts'
import type { Json } from '../objects/json.ts'
import { internalError, StatusError, unauthorized } from '../objects/status-error.ts'
import { type Act, responseIn } from './api-fault.ts'

/** Answers instead of the API server. Without a body, the answer is a Status with that code. */
export function respond(
  status: number,
  more: { body?: Json | string; retryAfterSeconds?: number; reason?: string } = {},
): Act {
  const response = bodyOf(status, more)
  if (more.retryAfterSeconds !== undefined)
    response.headers['Retry-After'] = String(more.retryAfterSeconds)
  return async () => ({ kind: 'answer', response })
}

function bodyOf(
  status: number,
  more: { body?: Json | string; retryAfterSeconds?: number; reason?: string },
): ApiResponse {
  if (typeof more.body === 'string')
    return { status, headers: { 'Content-Type': 'text/plain' }, body: more.body }
  if (more.body !== undefined) return jsonResponse(status, more.body)
  const known = KNOWN[status]
  const reason = more.reason ?? known?.reason
  const message = known?.message ?? `the server answered ${status}`
  const details =
    more.retryAfterSeconds === undefined ? undefined : { retryAfterSeconds: more.retryAfterSeconds }
  return refusal(new StatusError(status, reason, message, details))
}

const KNOWN: Readonly<Record<number, { reason?: string; message: string }>> = {
  429: {
    reason: 'TooManyRequests',
    message: 'too many requests, please try again later',
  },
  500: { reason: 'InternalError', message: 'Internal error occurred: etcdserver: leader changed' },
  503: {
    reason: 'ServiceUnavailable',
    message: 'the server is currently unable to handle the request',
  },
}

/** The API server's own timeout, as when etcd is down: JSON in the body, but plain text in the header. */
export function timedOut(): Act {
  const body =
    '{"metadata":{},"status":"Failure","message":"Timeout: request did not complete within the allotted timeout","reason":"Timeout","details":{},"code":504}'
  const headers = { 'Content-Type': 'text/plain; charset=utf-8' }
  return async () => ({ kind: 'answer', response: { status: 504, headers, body } })
}

/** Carries the request out after this many milliseconds. */
export function delayed(ms: number): Act {
  return async (_request, handle, signal) => {
    // Unreferenced, so that it does not delay a test that ends early.
    const stopped = await delay(ms, false, { ref: false, signal }).catch(() => true)
    return stopped ? { kind: 'drop' } : handle()
  }
}

/** Carries the request out when a promise resolves. */
export function heldUntil(released: Promise<unknown>): Act {
  return async (_request, handle, signal) => {
    await Promise.race([released, aborted(signal)])
    return signal.aborted ? { kind: 'drop' } : handle()
  }
}

/** Carries the request out, and answers when a promise resolves. */
export function answeredAfter(released: Promise<unknown>): Act {
  return async (_request, handle, signal) => {
    const outcome = await handle()
    await Promise.race([released, aborted(signal)])
    return outcome
  }
}

/** Closes the connection without carrying the request out. */
export function droppedBefore(): Act {
  return async () => ({ kind: 'drop' })
}

/** Carries the request out and closes the connection without an answer. */
export function droppedAfter(): Act {
  return async (_request, handle) => {
    const response = responseIn(await handle())
    return { kind: 'drop', ...(response === undefined ? {} : { response }) }
  }
}

/** Resets the connection instead of an answer. With `done`, it carries the request out first. */
export function resetsConnection(options: { done?: boolean } = {}): Act {
  return async (_request, handle) => {
    const response = options.done === true ? responseIn(await handle()) : undefined
    return { kind: 'drop', reset: true, ...(response === undefined ? {} : { response }) }
  }
}

/** Carries the request out, sends the header and this many bytes of the answer, and closes the connection. */
export function truncated(bytes: number): Act {
  return async (_request, handle) => {
    const response = responseIn(await handle())
    return response === undefined ? { kind: 'drop' } : { kind: 'truncate', response, bytes }
  }
}

/** Accepts the request and never answers. With `done`, it carries the request out. */
export function hangs(options: { done?: boolean } = {}): Act {
  return async (_request, handle) => {
    if (options.done === true) await handle()
    return { kind: 'hang' }
  }
}

/** Refuses the token as unknown. */
export function unauthorizedFromNow(): Act {
  return async () => ({ kind: 'answer', response: refusal(unauthorized()) })
}

/** An admission webhook denies the request. Without code and reason, the API server answers 400. */
export function deniedBy(
  webhook: string,
  message: string,
  more: { code?: number; reason?: string } = {},
): Act {
  const told = `admission webhook ${JSON.stringify(webhook)} denied the request: ${message}`
  const error = new StatusError(more.code ?? 400, more.reason, told)
  return async () => ({ kind: 'answer', response: refusal(error) })
}

/** An admission webhook cannot be reached, or answers too late. The real server waits for it, this one does not. */
export function webhookFails(webhook: string, how: 'refused' | 'timeout' = 'refused'): Act {
  const url = 'https://webhook.example.com:443/validate?timeout=10s'
  const why =
    how === 'timeout'
      ? 'context deadline exceeded'
      : 'dial tcp 192.0.2.1:443: connect: connection refused'
  const error = internalError(
    `failed calling webhook ${JSON.stringify(webhook)}: failed to call webhook: Post "${url}": ${why}`,
  )
  return async () => ({ kind: 'answer', response: refusal(error) })
}

/** Makes the API server send a Warning header, as an admission webhook can. */
export function warns(message: string): Act {
  return async (_request, handle) => {
    const outcome = await handle()
    const response = responseIn(outcome)
    if (response !== undefined) response.headers.Warning = `299 - ${JSON.stringify(message)}`
    return outcome
  }
}

/** Calls back before a request is carried out, before its answer is sent, and after its answer was sent. */
export function hooks(callbacks: {
  before?: (request: ApiRequest) => void | Promise<void>
  after?: (request: ApiRequest, response: ApiResponse | undefined) => void | Promise<void>
  sent?: (request: ApiRequest) => void | Promise<void>
}): Act {
  return async (request, handle) => {
    await callbacks.before?.(request)
    const outcome = await handle()
    await callbacks.after?.(request, responseIn(outcome))
    const { sent } = callbacks
    if (outcome.kind !== 'answer' || sent === undefined) return outcome
    const both = async () => {
      await outcome.sent?.()
      await sent(request)
    }
    return { ...outcome, sent: both }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

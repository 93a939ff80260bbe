import type { Json } from './json.ts'

/** What an API server said no with, or why nothing came back. */
export class ApiError extends Error {
  /** HTTP status; undefined where no whole answer came. */
  readonly status: number | undefined
  /** The Status object's reason, such as Conflict, Invalid or NotFound; empty where there is none. */
  readonly reason: string
  readonly body: Json
  readonly call: string
  readonly retryAfterMs: number | undefined
  /** A try of this call got no answer, or a server's fault for one: a write of it may have taken place, or may yet. */
  mayHaveLanded = false
  /**
   * The API server did not carry the request out for certain: it was never sent, for want of credentials, or what answered
   * was a proxy or a redirect; `final`: the next try would end the same way.
   */
  unsent: 'for-now' | 'final' | undefined
  /** The API server answered a request without credentials, so no right that is granted to a user would help. */
  isAnonymous = false

  constructor(
    call: string,
    message: string,
    answer?: { status: number; reason: string; body: Json; retryAfterMs: number | undefined },
  ) {
    super(message)
    this.name = 'ApiError'
    this.call = call
    this.retryAfterMs = answer?.retryAfterMs
    this.status = answer?.status
    this.reason = answer?.reason ?? ''
    this.body = answer?.body ?? null
  }
}

/**
 * Whether the API server itself says that an object is not there. A 404 without that reason is of a
 * proxy or a load balancer before it, or of an API server that has only just started and does not
 * serve the kind yet: it tells nothing of the object.
 */
export function saysNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404 && error.reason === 'NotFound'
}

import type { AbortCause } from '../problem/aborted.ts'
import type { Json } from './json.ts'
import type { ClusterFlags } from './kubectl.ts'

/** Why a call has no answer from the API server. */
export type NoAnswer =
  /** Its caller ended it. */
  | { kind: 'aborted'; why: AbortCause }
  /** The time limit of one attempt was up, or one that its caller set. */
  | { kind: 'timeout' }
  /** The kubeconfig's user has no credentials to send. */
  | { kind: 'credentials' }
  /** The certificate of the server is not the expected one. */
  | { kind: 'certificate' }
  /** A proxy between this machine and the server refused. */
  | { kind: 'proxy' }
  /** This machine is out of files, ports, processes or memory. */
  | { kind: 'client-limit'; code: string }
  | { kind: 'network' }
  /** Something answered, but not with what an API server answers. */
  | { kind: 'unexpected' }

type Answered = { status: number; reason: string; body: Json; retryAfterMs: number | undefined }

/** A call to an API server that was refused or had no answer. */
export class ApiError extends Error {
  /** HTTP status; undefined without a complete answer. */
  readonly status: number | undefined
  /** The Status object's reason, such as Conflict, Invalid or NotFound; empty if there is none. */
  readonly reason: string
  readonly body: Json
  readonly call: string
  readonly retryAfterMs: number | undefined
  /** Why there is no answer. Has no meaning where there is a status. */
  noAnswer: NoAnswer = { kind: 'unexpected' }
  /** How commands name the cluster that was called. */
  cluster: ClusterFlags = { context: undefined }
  /** The proxy that the call went through, and what names it. */
  proxy: string | undefined
  /** An attempt of this call had no answer, or an internal error for one: a write of it may have taken place, or still may. */
  mayHaveLanded = false
  /**
   * The API server certainly did not carry the request out. It was never sent, because there are no credentials, or a
   * proxy or a redirect answered. `final`: the next attempt would end in the same way.
   */
  unsent: 'for-now' | 'final' | undefined
  /** The API server answered a request without credentials, so a right granted to a user would not help. */
  isAnonymous = false

  constructor(call: string, message: string, answer?: Answered) {
    super(message)
    this.name = 'ApiError'
    this.call = call
    this.retryAfterMs = answer?.retryAfterMs
    this.status = answer?.status
    this.reason = answer?.reason ?? ''
    this.body = answer?.body ?? null
  }
}

/** An error for a call without an answer. */
export function unanswered(call: string, message: string, noAnswer: NoAnswer): ApiError {
  return Object.assign(new ApiError(call, message), { noAnswer })
}

/** Why a call failed, as a part of a sentence, in the words of every display. What was answered has its status. */
export function whyFailed({ status, message, isAnonymous }: ApiError): string {
  if (status === undefined || isAnonymous) return message
  if (status === 401) return `the API server does not accept the credentials (401 ${message})`
  return status === 403 ? `${message} (403)` : `${status} ${message}`
}

/**
 * Whether the API server itself says that an object does not exist. A 404 without that reason comes from a proxy or a
 * load balancer in front of it, or from an API server that has just started and does not serve the kind yet. It says
 * nothing about the object.
 */
export function saysNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404 && error.reason === 'NotFound'
}

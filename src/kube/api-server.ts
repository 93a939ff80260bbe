import type { IncomingMessage } from 'node:http'
import type https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from './api-error.ts'
import type { Cluster } from './credentials/load-cluster.ts'
import type { Json, JsonObject } from './json.ts'
import type { PatchOperation } from './json-patch.ts'
import { type ClusterFlags, flagsOf } from './kubectl.ts'
import { type Answer, MANAGER, type Request } from './request/api-request.ts'
import {
  type CallLimits,
  failureIn,
  isAborted,
  mayHaveLanded,
  pauseBeforeRetryMs,
  whyRetried,
} from './request/api-retry.ts'
import {
  type ApiHooks,
  type ApiRetry,
  attempt,
  attemptStream,
  attemptUpgrade,
  type Transport,
} from './request/attempt.ts'
import { connectionTo } from './request/connection.ts'
import { type PassedOn, type PassedRequest, passOn } from './request/pass-on.ts'
import type { Upgraded, UpgradeRequest } from './request/upgrade.ts'

export type { ApiCall, ApiHooks, ApiRetry } from './request/attempt.ts'

/** Calls to an API server. All of them fail with an ApiError. */
export type ApiCalls = {
  get(path: string, signal: AbortSignal): Promise<Json>
  /** JSON Patch. It may only be sent again if the operations are guarded by the object's version. */
  patch(
    path: string,
    operations: readonly PatchOperation[],
    how: { dryRun: boolean },
    signal: AbortSignal,
  ): Promise<Json>
  create(path: string, body: Json, signal: AbortSignal): Promise<Json>
  /** @param options DeleteOptions, such as `{ propagationPolicy: 'Background' }` */
  delete(path: string, options: JsonObject, signal: AbortSignal): Promise<Json>
}

/** One API server. Its own calls repeat attempts that may succeed later. */
export type ApiServer = ApiCalls &
  ClusterFlags & {
    server: string
    /** Makes a connection of what carries a request. Each needs a connection of its own to the API server. */
    upgrade(request: UpgradeRequest, signal: AbortSignal): Promise<Upgraded>
    /** Passes a request on to a server behind the API server. It is no call: nothing is repeated, counted or read. */
    passOn(request: PassedRequest): PassedOn
    /** Resolves to a body that is read as it arrives, such as a log that grows. The caller ends it. */
    stream(path: string, signal: AbortSignal): Promise<IncomingMessage>
    /** For callers that retry on their own: one attempt with this time limit. */
    withAttemptLimit(attemptMs: number): ApiCalls
    /** The API server's clock, from the Date header of its latest answer; undefined before the first one. Milliseconds since 1970. */
    nowMs(): number | undefined
    /** Whether a write was stored, or may have been. Refused writes and dry runs do not count. */
    mayHaveWritten(): boolean
    /** Closes idle connections, and ends plugins that are still running. */
    close(): void
  }

/** Credentials that are so new are not read again for each request that is passed on. */
const RECENT_MS = 1000

const LIMITS: CallLimits = { attemptMs: 10_000, attempts: 5, firstPauseMs: 100 }

/** What the attempts of one call have shown so far. */
type Past = { renewed: boolean; unanswered: boolean }

/** Opens no connection yet: the first call does. */
export function openApiServer(cluster: Cluster, hooks: ApiHooks, limits = LIMITS): ApiServer {
  const connection = connectionTo(cluster, hooks.onSecret)
  const flags = flagsOf(cluster)
  let written = false
  let clock: { serverMs: number; hereMs: number } | undefined
  const transport = {
    cluster,
    connection,
    hooks,
    onAnswer({ headers }: { headers: { date?: string | undefined } }) {
      const serverMs = Date.parse(headers.date ?? '')
      if (!Number.isNaN(serverMs)) clock = { serverMs, hereMs: hooks.nowMs() }
    },
  }

  let recent: { options: Promise<https.RequestOptions>; readMs: number } | undefined

  function recentOptions(): Promise<https.RequestOptions> {
    const nowMs = hooks.nowMs()
    if (recent === undefined || nowMs - recent.readMs > RECENT_MS)
      recent = { options: connection.requestOptions(), readMs: nowMs }
    return recent.options
  }

  async function call(request: Request, limits: CallLimits, signal: AbortSignal): Promise<Json> {
    const { body } = await repeated(request, limits, signal, attempt)
    return body
  }

  /** Attempts a request until one is answered, or none can be. */
  async function repeated<R extends { method: string; path: string }, A extends Answer>(
    request: R,
    limits: CallLimits,
    signal: AbortSignal,
    once: (from: Transport, request: R, limits: CallLimits, signal: AbortSignal) => Promise<A>,
  ): Promise<A> {
    const past: Past = { renewed: false, unanswered: false }
    let failed: ApiError | undefined
    for (let attemptNumber = 1; ; attemptNumber += 1) {
      const ended = await once(transport, request, limits, signal).catch((error: unknown) => ({
        error,
      }))
      if ('body' in ended) return ended
      const { error } = ended
      const pauseMs = pauseAfter(error, attemptNumber, limits, past)
      // Why there was another attempt says more than that it was ended.
      if (failed !== undefined && isAborted(error))
        throw Object.assign(failed, { mayHaveLanded: past.unanswered })
      if (pauseMs === undefined || signal.aborted) throw error
      failed = failureIn(error)
      hooks.onRetry?.(retryOf(request, error, attemptNumber + 1, limits))
      await sleep(pauseMs, undefined, { signal }).catch(() => {
        throw error
      })
    }
  }

  /** Milliseconds before the next attempt of a call; undefined: there is none. Records in the error what the attempts mean for the caller. */
  function pauseAfter(
    error: unknown,
    attemptNumber: number,
    limits: CallLimits,
    past: Past,
  ): number | undefined {
    if (!(error instanceof ApiError)) return undefined
    past.unanswered ||= mayHaveLanded(error)
    error.mayHaveLanded = past.unanswered
    error.cluster = flags
    if (error.status === 401 && !past.renewed) {
      past.renewed = true
      if (connection.renewCredentials()) return 0
    }
    return pauseBeforeRetryMs(error, attemptNumber, limits, hooks.random())
  }

  /** Records whether a write was stored, or may have been. */
  async function recorded(write: Promise<Json>): Promise<Json> {
    try {
      const answer = await write
      written = true
      return answer
    } catch (error) {
      written ||= !(error instanceof ApiError) || error.mayHaveLanded || mayHaveLanded(error)
      throw error
    }
  }

  function calls(limits: CallLimits): ApiCalls {
    return {
      get: (path, signal) =>
        call({ method: 'GET', path, contentType: undefined, body: undefined }, limits, signal),
      patch(path, operations, how, signal) {
        const request = {
          method: 'PATCH',
          path: `${path}?fieldManager=${MANAGER}${how.dryRun ? '&dryRun=All' : ''}`,
          contentType: 'application/json-patch+json',
          body: JSON.stringify(operations),
        } as const
        const sent = call(request, limits, signal)
        return how.dryRun ? sent : recorded(sent)
      },
      create: (path, body, signal) =>
        call(
          { method: 'POST', path, contentType: 'application/json', body: JSON.stringify(body) },
          limits,
          signal,
        ),
      delete: (path, options, signal) => {
        const body = JSON.stringify({ kind: 'DeleteOptions', apiVersion: 'v1', ...options })
        return call(
          { method: 'DELETE', path, contentType: 'application/json', body },
          limits,
          signal,
        )
      },
    }
  }

  return {
    server: cluster.server,
    ...flags,
    ...calls(limits),
    upgrade: (request, signal) => repeated(request, limits, signal, attemptUpgrade),
    async stream(path, signal) {
      const request = { method: 'GET', path }
      const { stream } = await repeated(request, limits, signal, attemptStream)
      if (stream === undefined) throw new Error(`GET ${path} has no body`)
      return stream
    },
    passOn: (request) => passOn(cluster.server, request, recentOptions),
    withAttemptLimit: (attemptMs) => calls({ attemptMs, attempts: 1, firstPauseMs: 0 }),
    nowMs: () => (clock === undefined ? undefined : clock.serverMs + hooks.nowMs() - clock.hereMs),
    mayHaveWritten: () => written,
    close: connection.close,
  }
}

function retryOf(
  { method, path }: { method: string; path: string },
  error: unknown,
  next: number,
  { attempts }: CallLimits,
): ApiRetry {
  return { method, path, why: whyRetried(error), next, of: attempts }
}

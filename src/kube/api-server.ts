import type http from 'node:http'
import type https from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError } from './api-error.ts'
import { type Answer, MANAGER, type Request, refusal, send } from './api-request.ts'
import { type CallLimits, mayHaveLanded, pauseBeforeRetryMs } from './api-retry.ts'
import { CredentialsError } from './credentials/credentials-error.ts'
import { keyLines } from './credentials/kubeconfig/secrets.ts'
import type { Cluster } from './credentials/load-cluster.ts'
import {
  isWithoutCredentials,
  misdirected,
  throughProxy,
  unfinishedPlugin,
} from './credentials/misdirected.ts'
import { Redirected } from './exchange.ts'
import type { Json } from './json.ts'
import type { PatchOperation } from './json-patch.ts'
import { closeIdle, keepAlive } from './keep-alive.ts'
import { credentialsMessage, networkMessage, proxyStatus } from './network-message.ts'
import { LONGEST_DELAY_MS, within } from './within.ts'

/** Calls to an API server; all fail with an ApiError. */
export type ApiCalls = {
  get(path: string, signal: AbortSignal): Promise<Json>
  /** JSON Patch. A retry of it is safe only where the operations are guarded by the object's version. */
  patch(
    path: string,
    operations: readonly PatchOperation[],
    how: { dryRun: boolean },
    signal: AbortSignal,
  ): Promise<Json>
  create(path: string, body: Json, signal: AbortSignal): Promise<Json>
}

/** One API server, as a run uses it. Its own calls try again what may pass. */
export type ApiServer = ApiCalls & {
  server: string
  /** As kubectl knows it; undefined: a Pod's service account. */
  context: string | undefined
  /** For whoever has little time and looks again himself: each call is tried once, for so many milliseconds. */
  withAttemptLimit(attemptMs: number): ApiCalls
  /** The API server's clock, from the Date header of its latest answer; undefined before the first. Milliseconds since 1970. */
  nowMs(): number | undefined
  /** Whether a write was stored, or may have been: refused ones and dry runs do not count. */
  mayHaveWritten(): boolean
  /** Closes idle connections, and ends plugins that are still asked for credentials. */
  close(): void
}

/** One request and how it ended, for the report. */
export type ApiCall = {
  method: string
  path: string
  /** HTTP status, or why there was none. */
  outcome: number | string
  startedMs: number
  tookMs: number
}

export type ApiHooks = {
  onCall: (call: ApiCall) => void
  /** Told every credential before the request that carries it. */
  onSecret: (secret: string) => void
  /** Takes what `onSecret` was told, and other secrets, out of a text. */
  redact: (text: string) => string
  /** Uniform in 0 to 1, for the jitter of pauses. */
  random: () => number
  /** Milliseconds, monotonic. */
  nowMs: () => number
}

const LIMITS: CallLimits = { attemptMs: 10_000, attempts: 5, firstPauseMs: 100 }

/** What became of the tries of one call so far. */
type Past = { renewed: boolean; unanswered: boolean }

/** Opens no connection yet: the first call does. */
export function openApiServer(cluster: Cluster, hooks: ApiHooks, limits = LIMITS): ApiServer {
  let { config } = cluster
  let agent: http.Agent | undefined
  const formerAgents: http.Agent[] = []
  let written = false
  let clock: { serverMs: number; hereMs: number } | undefined

  async function requestOptions(): Promise<https.RequestOptions> {
    const options: https.RequestOptions & { headers: Record<string, string> } = { headers: {} }
    await config.applyToHTTPSOptions(options)
    const authorization = options.headers.Authorization?.trim()
    if (authorization) {
      options.headers.Authorization = authorization
      hooks.onSecret(authorization.replace(/^Bearer /, ''))
    }
    for (const secret of secretsIn(options)) hooks.onSecret(secret)
    if (agent === undefined) agent = keepAlive(cluster.server, options)
    return { ...options, agent }
  }

  /** One attempt; an answer that refuses is thrown like one that never came. */
  async function attempt(
    request: Request,
    limits: CallLimits,
    signal: AbortSignal,
  ): Promise<{ body: Json }> {
    const call = `${request.method} ${request.path}`
    const begunMs = performance.now()
    // What hands out credentials has limits of its own, and is not asked again for being slow.
    const isHasty = limits.attempts === 1
    const patience = { ms: isHasty ? limits.attemptMs : LONGEST_DELAY_MS, signal }
    let gaveUp: AbortSignal | undefined
    const options = await within(patience, (limited) => {
      gaveUp = limited
      return requestOptions()
    }).catch((error: unknown) => {
      const isGivenUp = (gaveUp ?? signal).aborted
      const why = isGivenUp
        ? `${networkMessage(error, signal, limits.attemptMs)}${unfinishedPlugin(cluster)}`
        : credentialsMessage(error, hooks.redact)
      const none = new ApiError(
        call,
        `the credentials for ${cluster.server} could not be had: ${why}`,
      )
      if (!isGivenUp) none.unsent = error instanceof CredentialsError ? 'final' : 'for-now'
      throw none
    })
    const startedMs = hooks.nowMs()
    const spentMs = isHasty ? performance.now() - begunMs : 0
    const rest = { ms: limits.attemptMs - spentMs, signal }
    const record = (outcome: number | string) =>
      hooks.onCall({
        method: request.method,
        path: request.path,
        outcome,
        startedMs,
        tookMs: hooks.nowMs() - startedMs,
      })
    let answer: Answer
    try {
      answer = await within(rest, (limited) => send(cluster.server, request, options, limited))
    } catch (error) {
      if (agent) closeIdle(agent)
      const why = networkMessage(error, signal, limits.attemptMs)
      record(why)
      throw unanswered(
        call,
        error,
        `${cluster.server} ${why}${signal.aborted ? '' : throughProxy(cluster)}`,
      )
    }
    record(answer.status)
    const dateMs = Date.parse(answer.headers.date ?? '')
    if (!Number.isNaN(dateMs)) clock = { serverMs: dateMs, hereMs: hooks.nowMs() }
    if (answer.status >= 400)
      throw (
        misdirected(call, answer, cluster, isWithoutCredentials(options)) ??
        refusal(call, answer, hooks.redact)
      )
    return { body: answer.body }
  }

  async function call(request: Request, limits: CallLimits, signal: AbortSignal): Promise<Json> {
    const past: Past = { renewed: false, unanswered: false }
    for (let attemptNumber = 1; ; attemptNumber += 1) {
      const ended = await attempt(request, limits, signal).catch((error: unknown) => ({ error }))
      if ('body' in ended) return ended.body
      const { error } = ended
      const pauseMs = pauseAfter(error, attemptNumber, limits, past)
      if (pauseMs === undefined || signal.aborted) throw error
      await sleep(pauseMs, undefined, { signal }).catch(() => {
        throw error
      })
    }
  }

  /** Milliseconds before the next try of a call; undefined: there is none. Notes what the tries so far mean for the caller. */
  function pauseAfter(
    error: unknown,
    attemptNumber: number,
    limits: CallLimits,
    past: Past,
  ): number | undefined {
    if (!(error instanceof ApiError)) return undefined
    past.unanswered ||= mayHaveLanded(error)
    error.mayHaveLanded = past.unanswered
    if (error.status === 401 && !past.renewed) {
      past.renewed = true
      if (renewCredentials()) return 0
    }
    return pauseBeforeRetryMs(error, attemptNumber, limits, hooks.random())
  }

  /** Whether there is a kubeconfig any more to read them from. */
  function renewCredentials(): boolean {
    try {
      config = cluster.load()
    } catch {
      return false
    }
    // To destroy it would cut off calls that are under way.
    if (agent) formerAgents.push(agent)
    agent = undefined
    return true
  }

  /** Takes note of what a write came to. */
  async function noted(write: Promise<Json>): Promise<Json> {
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
        return how.dryRun ? sent : noted(sent)
      },
      create: (path, body, signal) =>
        call(
          { method: 'POST', path, contentType: 'application/json', body: JSON.stringify(body) },
          limits,
          signal,
        ),
    }
  }

  return {
    server: cluster.server,
    context: cluster.context,
    ...calls(limits),
    withAttemptLimit: (attemptMs) => calls({ attemptMs, attempts: 1, firstPauseMs: 0 }),
    nowMs: () => (clock === undefined ? undefined : clock.serverMs + hooks.nowMs() - clock.hereMs),
    mayHaveWritten: () => written,
    close() {
      for (const each of [...formerAgents, ...(agent ? [agent] : [])]) each.destroy()
      cluster.endPlugins()
    },
  }
}

function unanswered(call: string, error: unknown, message: string): ApiError {
  const made = new ApiError(call, message)
  if (error instanceof Redirected || proxyStatus(error) !== undefined) made.unsent = 'for-now'
  return made
}

/** A password and a private key, which a plugin or a file may have brought. */
function secretsIn({ auth, key }: https.RequestOptions): string[] {
  const password = typeof auth === 'string' ? auth.slice(auth.indexOf(':') + 1) : ''
  // With its user: a short password alone is not recognized in the base64 of both.
  const pair = typeof auth === 'string' ? auth : ''
  const pem = typeof key === 'string' || Buffer.isBuffer(key) ? key.toString() : ''
  return [password, pair, ...keyLines(pem)].filter((secret) => secret !== '')
}

import type https from 'node:https'
import { abortCauseOf } from '../../problem/aborted.ts'
import { unanswered } from '../api-error.ts'
import { CredentialsError } from '../credentials/credentials-error.ts'
import type { Cluster } from '../credentials/load-cluster.ts'
import { LONGEST_DELAY_MS, within } from '../within.ts'
import { type Answer, type Request, refusal, send } from './api-request.ts'
import type { CallLimits } from './api-retry.ts'
import type { Connection } from './connection.ts'
import { Redirected } from './exchange.ts'
import { isWithoutCredentials, misdirected, throughProxy, unfinishedPlugin } from './misdirected.ts'
import {
  credentialsFailure,
  credentialsMessage,
  networkFailure,
  proxyStatus,
} from './network-message.ts'
import { openStream, type Streamed } from './stream.ts'
import { type Upgraded, type UpgradeRequest, upgrade } from './upgrade.ts'

/** One request and how it ended, for the report. */
export type ApiCall = {
  method: string
  path: string
  /** HTTP status, or why there was none. */
  outcome: number | string
  startedMs: number
  tookMs: number
}

/** A call that is about to be repeated. */
export type ApiRetry = {
  method: string
  path: string
  /** HTTP status, or why there was none. */
  why: string
  /** The number of the next attempt, and how many there are at most. */
  next: number
  of: number
}

export type ApiHooks = {
  /** Called when a request was passed to the system, after the TLS handshake. */
  onSent?: () => void
  onRetry?: (retry: ApiRetry) => void
  onCall: (call: ApiCall) => void
  /** Called with every credential before the request that carries it. */
  onSecret: (secret: string) => void
  /** Removes what `onSecret` was called with, and other secrets, from a text. */
  redact: (text: string) => string
  /** Uniform in 0 to 1, for the jitter of pauses. */
  random: () => number
  /** Milliseconds, monotonic. */
  nowMs: () => number
}

/** How requests reach a cluster. */
export type Transport = {
  cluster: Cluster
  connection: Connection
  hooks: ApiHooks
  onAnswer: (answer: Answer) => void
}

/** One attempt. An answer that refuses is thrown, like one that never came. */
export async function attempt(
  transport: Transport,
  request: Request,
  limits: CallLimits,
  signal: AbortSignal,
): Promise<Answer> {
  const { hooks } = transport
  return attemptWith(transport, request, { limits, signal }, (options, limited) =>
    send(transport.cluster.server, request, { ...options, onSent: hooks.onSent }, limited),
  )
}

/** One attempt to make a connection of what carries a request. */
export async function attemptUpgrade(
  transport: Transport,
  request: UpgradeRequest,
  limits: CallLimits,
  signal: AbortSignal,
): Promise<Upgraded> {
  return attemptWith(transport, request, { limits, signal }, (options, limited) =>
    upgrade(transport.cluster.server, request, options, limited),
  )
}

/** One attempt to get a body that is read as it arrives. */
export async function attemptStream(
  transport: Transport,
  request: { method: string; path: string },
  limits: CallLimits,
  signal: AbortSignal,
): Promise<Streamed> {
  return attemptWith(transport, request, { limits, signal }, (options, limited) =>
    openStream(transport.cluster.server, request, options, limited),
  )
}

type Deadline = { limits: CallLimits; signal: AbortSignal }

async function attemptWith<T extends Answer>(
  transport: Transport,
  request: { method: string; path: string },
  { limits, signal }: Deadline,
  carry: (options: https.RequestOptions, limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const { cluster, hooks, onAnswer } = transport
  const call = `${request.method} ${request.path}`
  const begunMs = performance.now()
  const options = await credentials(transport, call, limits, signal)
  const spentMs = isSingle(limits) ? performance.now() - begunMs : 0
  const limitMs = limits.attemptMs
  const time = { limitMs, restMs: limitMs - spentMs, signal }
  const answer = await exchanged(transport, request, time, (limited) => carry(options, limited))
  onAnswer(answer)
  if (answer.status < 400) return answer
  throw (
    misdirected(call, answer, cluster, isWithoutCredentials(options)) ??
    refusal(call, answer, hooks.redact)
  )
}

/** With several attempts, what hands out credentials has limits of its own, and is not asked again for being slow. */
function isSingle({ attempts }: CallLimits): boolean {
  return attempts === 1
}

async function credentials(
  { cluster, connection, hooks }: Transport,
  call: string,
  limits: CallLimits,
  signal: AbortSignal,
): Promise<https.RequestOptions> {
  const limit = { ms: isSingle(limits) ? limits.attemptMs : LONGEST_DELAY_MS, signal }
  try {
    return await within(limit, () => connection.requestOptions())
  } catch (error) {
    const begin = `There are no credentials for ${cluster.server}`
    if (abortCauseOf(error) === undefined) {
      const why = credentialsMessage(error, hooks.redact)
      const failure = unanswered(call, `${begin}: ${why}`, credentialsFailure(error))
      failure.unsent = error instanceof CredentialsError ? 'final' : 'for-now'
      throw failure
    }
    const plugin = unfinishedPlugin(cluster)
    const { text, noAnswer } = networkFailure(error, signal, limits.attemptMs)
    const kind =
      plugin === '' && noAnswer.kind === 'aborted' ? noAnswer : { kind: 'credentials' as const }
    throw unanswered(call, `${begin}: their provider ${text}${plugin}`, kind)
  }
}

/** The answer to a request, whatever its status. */
async function exchanged<T extends Answer>(
  { cluster, connection, hooks }: Transport,
  request: { method: string; path: string },
  time: { limitMs: number; restMs: number; signal: AbortSignal },
  carry: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const { method, path } = request
  const { limitMs, restMs, signal } = time
  const startedMs = hooks.nowMs()
  const record = (outcome: number | string) =>
    hooks.onCall({ method, path, outcome, startedMs, tookMs: hooks.nowMs() - startedMs })
  try {
    const answer = await within({ ms: restMs, signal }, carry)
    record(answer.status)
    return answer
  } catch (error) {
    connection.closeIdle()
    const { text, noAnswer } = networkFailure(error, signal, limitMs)
    record(text)
    const way = noAnswer.kind === 'aborted' ? '' : throughProxy(cluster)
    const message = `${cluster.server} ${text}${way}`
    const failure = unanswered(`${method} ${path}`, message, noAnswer)
    failure.proxy = cluster.proxy
    if (error instanceof Redirected || proxyStatus(error) !== undefined) failure.unsent = 'for-now'
    throw failure
  }
}

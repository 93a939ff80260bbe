import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { countFailure, countReply } from '../../proxies/count-replies.ts'
import type { HostStats } from '../../proxies/host-stats.ts'
import type { Cluster, Endpoint } from '../clusters.ts'
import { type Exchange, GRPC, type UpstreamReply } from './exchange.ts'
import { changed, type HeaderList, headerValue } from './header-changes.ts'
import { asSent, replyLocally } from './local-reply.ts'
import type { RequestHead } from './match.ts'
import { rewritten } from './paths.ts'
import { replayable, retriesFailure, retriesReply } from './retries.ts'
import type { ForwardAction, HeaderChanges, HttpDestination, HttpRoute } from './routes.ts'
import type { Serving } from './serving.ts'
import type { Failure } from './upstream.ts'

/** A request on its way to the destination that was chosen for it. */
export type Forwarding = {
  exchange: Exchange
  serving: Serving
  route: HttpRoute
  action: ForwardAction
  destination: HttpDestination
  cluster: Cluster
  /** Changes of the reply's headers. */
  changes: readonly HeaderChanges[]
}

/** Sends a request to its destination, again where the retries of its rule say so, and answers it. */
export function forward(forwarding: Forwarding): void {
  const { exchange, action, serving, destination, cluster, changes } = forwarding
  const startedMs = performance.now()
  const nextBody = replayable(exchange.body)
  let cancel = () => {}
  /** Of the host that has the request. */
  let stats: HostStats | undefined
  const end = (status: number, body: string) => {
    clearTimeout(timer)
    cancel()
    serving.counters.replied(destination.cluster, status)
    replyLocally(exchange, { status, body }, changes)
  }

  const totals = serving.counters.ofCluster(destination.cluster)

  function send(number: number): void {
    const endpoint = serving.next(destination.cluster, cluster.endpoints)
    if (endpoint === undefined) {
      end(503, 'no healthy upstream')
      return
    }
    stats = serving.counters.of(destination.cluster, endpoint)
    const mayRetry = number <= action.retries.attempts
    const again = () => {
      totals.upstream_rq_retry += 1
      cancel()
      send(number + 1)
    }
    cancel = startAttempt(forwarding, { endpoint, stats, number, body: nextBody() }, (result) => {
      if (result.kind === 'reply') {
        const { status, headers } = result.reply
        if (mayRetry && retriesReply(action.retries, status, headers)) return again()
        clearTimeout(timer)
        serving.counters.replied(destination.cluster, status)
        return respond(forwarding, result.reply, performance.now() - startedMs)
      }
      if (mayRetry && retriesFailure(action.retries, result.failure)) return again()
      end(result.failure.status, textOf(result.failure, number))
    })
  }

  const timer = timeout(action.timeoutMs, () => {
    if (stats !== undefined) countFailure(stats, true)
    end(504, 'upstream request timeout')
  })
  exchange.onClosed(() => {
    clearTimeout(timer)
    cancel()
  })
  send(1)
}

type Attempt = { endpoint: Endpoint; stats: HostStats; number: number; body: Readable }
type Result = { kind: 'reply'; reply: UpstreamReply } | { kind: 'failure'; failure: Failure }

/** Sends a request once. Calls `take` with what comes first: a reply or a failure. Returns what cancels it. */
function startAttempt(
  { exchange, action, serving, route, destination, cluster }: Forwarding,
  { endpoint, stats, number, body }: Attempt,
  take: (result: Result) => void,
): () => void {
  const totals = serving.counters.ofCluster(destination.cluster)
  let state: 'waiting' | 'replied' | 'over' = 'waiting'
  const request = forwarded(exchange.head, route, destination, {
    'x-forwarded-for': serving.clientAddress,
    'x-forwarded-proto': exchange.head.scheme,
    'x-envoy-attempt-count': String(number),
  })
  const fail = (failure: Failure) => {
    const before = state
    state = 'over'
    clearTimeout(timer)
    if (failure.kind === 'connect-failure') totals.upstream_rq_pending_failure_eject += 1
    if (before === 'waiting') countFailure(stats, failure === TOO_LATE)
    if (before === 'waiting') take({ kind: 'failure', failure })
    if (before === 'replied') exchange.abort()
  }
  const timer = timeout(action.retries.perTryTimeoutMs, () => fail(TOO_LATE))
  const stop = serving.upstream.send(
    { name: destination.cluster, endpoint, cluster, stats, totals },
    { ...request, body },
    (reply) => {
      if (state !== 'waiting') return
      state = 'replied'
      clearTimeout(timer)
      countReply(stats, reply)
      take({ kind: 'reply', reply })
    },
    fail,
  )
  return () => {
    state = 'over'
    clearTimeout(timer)
    stop()
  }
}

const TOO_LATE: Failure = { kind: 'reset', status: 504, why: '' }

function textOf(failure: Failure, attempt: number): string {
  if (failure === TOO_LATE) return 'upstream request timeout'
  const reason = attempt === 1 ? 'reset reason' : 'retried and the latest reset reason'
  return `upstream connect error or disconnect/reset before headers. ${reason}: ${failure.why}`
}

function timeout(ms: number | undefined, act: () => void): NodeJS.Timeout | undefined {
  return ms === undefined ? undefined : setTimeout(act, ms).unref()
}

/** Sends the reply of a destination to the client. */
function respond({ exchange, changes }: Forwarding, reply: UpstreamReply, tookMs: number): void {
  const timed: HeaderList = [
    ...reply.headers.filter(([name]) => name !== 'x-envoy-upstream-service-time'),
    ['x-envoy-upstream-service-time', String(Math.round(tookMs))],
  ]
  const isGrpc = (headerValue(reply.headers, 'content-type') ?? '').startsWith(GRPC)
  const headers = asSent(changes.reduce(changed, timed))
  exchange.respond(reply.status, headers, reply.body, isGrpc ? reply.trailers : undefined)
}

/** The request as the destination gets it, with headers of the gateway's own. */
function forwarded(
  head: RequestHead,
  route: HttpRoute,
  destination: HttpDestination,
  added: Readonly<Record<string, string>>,
): RequestHead {
  const id = headerValue(head.headers, 'x-request-id') ?? randomUUID()
  const own: HeaderList = [...Object.entries(added), ['x-request-id', id]]
  const names = own.map(([name]) => name)
  const headers = [...head.headers.filter(([name]) => !names.includes(name)), ...own]
  const authority = route.changes.authority ?? destination.changes.authority
  return {
    ...head,
    headers: [destination.changes.request, route.changes.request].reduce<HeaderList>(
      changed,
      headers,
    ),
    authority: authority ?? head.authority,
    path: rewritten(route, head.path),
  }
}

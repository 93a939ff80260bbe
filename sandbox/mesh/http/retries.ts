import { PassThrough, type Readable } from 'node:stream'
import { isObject, type Json, numberAt, textAt } from '../../objects/json.ts'
import { durationMs } from './duration.ts'
import { type HeaderList, headerValue } from './header-changes.ts'
import type { Failure } from './upstream.ts'

/** When a request is sent again, to the same destination. Without Envoy's pauses of up to 25 ms and more before that. */
export type Retries = {
  /** How often, at most. */
  attempts: number
  /** Envoy's names of reasons, such as `5xx`. */
  on: ReadonlySet<string>
  statuses: readonly number[]
  perTryTimeoutMs: number | undefined
}

const DEFAULT_ON = 'connect-failure,refused-stream,unavailable,cancelled'

/** The retries of a rule, or istiod's default. Source: istio, pilot/pkg/networking/core/route/retry. */
export function retriesOf(json: Json | undefined): Retries {
  const given = isObject(json ?? null)
  const reasons = (textAt(json ?? null, 'retryOn') || DEFAULT_ON)
    .split(',')
    .map((one) => one.trim())
  return {
    attempts: given ? (numberAt(json ?? null, 'attempts') ?? 0) : 2,
    on: new Set(reasons),
    statuses: reasons.map(Number).filter((status) => status >= 100 && status <= 599),
    perTryTimeoutMs: durationMs(textAt(json ?? null, 'perTryTimeout')),
  }
}

/** gRPC's status codes, by Envoy's names of reasons. They count only in the headers of a reply. */
const GRPC_REASONS: Readonly<Record<string, string>> = {
  '1': 'cancelled',
  '4': 'deadline-exceeded',
  '8': 'resource-exhausted',
  '13': 'internal',
  '14': 'unavailable',
}

/** Whether a reply makes the gateway send the request again. Source: Envoy, RetryStateImpl::wouldRetryFromHeaders. */
export function retriesReply({ on, statuses }: Retries, status: number, headers: HeaderList) {
  const grpc = GRPC_REASONS[headerValue(headers, 'grpc-status') ?? '']
  return (
    (on.has('5xx') && status >= 500 && status <= 599) ||
    (on.has('gateway-error') && status >= 502 && status <= 504) ||
    (on.has('retriable-4xx') && status === 409) ||
    statuses.includes(status) ||
    (grpc !== undefined && on.has(grpc))
  )
}

/** Whether the lack of a reply does. Source: Envoy, RetryStateImpl::wouldRetryFromReset. */
export function retriesFailure({ on }: Retries, { kind }: Pick<Failure, 'kind'>): boolean {
  return ['reset', '5xx', 'gateway-error', kind].some((reason) => on.has(reason))
}

/** Makes copies of a body, one after the other. A later one begins with what the one before it has had. */
export function replayable(body: Readable): () => Readable {
  const received: Buffer[] = []
  let hasEnded = false
  let copy: PassThrough | undefined
  body.on('data', (chunk: Buffer) => {
    received.push(chunk)
    copy?.write(chunk)
  })
  body.on('end', () => {
    hasEnded = true
    copy?.end()
  })
  return () => {
    const next = new PassThrough()
    for (const chunk of received) next.write(chunk)
    if (hasEnded) next.end()
    copy = next
    return next
  }
}

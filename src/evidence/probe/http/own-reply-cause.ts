import type { ReplyHead } from '../connection-outcome.ts'

/** Why a gateway answers a request itself, as far as its reply shows it. */
export type OwnReplyCause =
  | 'redirect-to-https'
  | 'redirect'
  | 'malformed'
  | 'unauthenticated'
  | 'denied'
  | 'no-route'
  | 'http-version'
  | 'rate-limit'
  | 'gateway-error'
  /** A fault that a rule injects. */
  | 'injected'
  /** The destination has no healthy endpoint. */
  | 'no-endpoints'
  /** No connection to the destination, or it ended before the reply. */
  | 'no-connection'
  /** A limit on connections or requests to the destination is reached. */
  | 'overflow'
  /** The gateway does not have the destination. */
  | 'no-cluster'
  | 'unavailable'
  | 'timeout'
  | 'other'

const BY_STATUS: Readonly<Partial<Record<number, OwnReplyCause>>> = {
  400: 'malformed',
  401: 'unauthenticated',
  403: 'denied',
  404: 'no-route',
  426: 'http-version',
  429: 'rate-limit',
  500: 'gateway-error',
  503: 'unavailable',
  504: 'timeout',
}

/** Envoy gives its own replies to gRPC a status for that of HTTP. Source: envoy, source/common/grpc/status.cc. */
const BY_GRPC_STATUS: Readonly<Partial<Record<string, OwnReplyCause>>> = {
  UNAUTHENTICATED: 'unauthenticated',
  PERMISSION_DENIED: 'denied',
  UNIMPLEMENTED: 'no-route',
  UNAVAILABLE: 'unavailable',
  DEADLINE_EXCEEDED: 'timeout',
}

/** Envoy's words, in the order in which they are looked for. Source: envoy, the texts of sendLocalReply. */
const BY_WORDS: readonly (readonly [RegExp, OwnReplyCause])[] = [
  [/^fault filter abort/, 'injected'],
  [/^no healthy upstream/, 'no-endpoints'],
  [/reset reason: overflow/, 'overflow'],
  [/^upstream connect error or disconnect\/reset before headers/, 'no-connection'],
  [/^(upstream request timeout|stream timeout)/, 'timeout'],
  [/^local_rate_limited/, 'rate-limit'],
]

/** @param body of the reply; of gRPC its message counts */
export function ownReplyCause(
  { status, headers, grpcStatus }: ReplyHead,
  body: string,
): OwnReplyCause {
  const words = grpcStatus === undefined ? body.trim() : (headers['grpc-message'] ?? '')
  const worded = BY_WORDS.find(([pattern]) => pattern.test(words))?.[1]
  if (worded !== undefined) return worded
  if (grpcStatus !== undefined) return BY_GRPC_STATUS[grpcStatus] ?? 'other'
  if (status >= 300 && status < 400)
    return headers.location?.startsWith('https://') ? 'redirect-to-https' : 'redirect'
  // A cluster that the gateway does not have is all that it says nothing about.
  if (status === 503 && words === '') return 'no-cluster'
  return BY_STATUS[status] ?? 'other'
}

import type { ReplyHead } from './connection-outcome.ts'

const ENVOY = ['istio-envoy', 'envoy']
/** Envoy sets it on each reply that it got from a destination, unless its debug headers are turned off. */
const FROM_UPSTREAM = 'x-envoy-upstream-service-time'

/**
 * Whether Envoy made a reply itself, without asking a destination: a redirect, a denied request, a missing route, a
 * destination without endpoints. A success is never taken for one, because the mark is only the lack of a header.
 * Source: Envoy, "HTTP header manipulation", x-envoy-upstream-service-time.
 */
export function isGatewayReply({ status, headers, grpcStatus }: ReplyHead): boolean {
  const isSuccess = status < 300 && (grpcStatus === undefined || grpcStatus === 'OK')
  return !isSuccess && ENVOY.includes(headers.server ?? '') && !(FROM_UPSTREAM in headers)
}

/** `503 no healthy upstream`, `301 to https://web.example/`, `UNAVAILABLE no healthy upstream`. */
export function replyInWords({ status, headers, grpcStatus }: ReplyHead, body: string): string {
  if (grpcStatus !== undefined && grpcStatus !== 'OK')
    return [grpcStatus, headers['grpc-message'] ?? ''].join(' ').trim()
  const { location } = headers
  const what = location === undefined ? body.trim() : `to ${location}`
  return [String(status), what].join(' ').trim()
}

import { GRPC, type UpstreamReply } from '../mesh/http/exchange.ts'
import { headerValue } from '../mesh/http/header-changes.ts'
import type { HostStats } from './host-stats.ts'

/** gRPC's status codes that Envoy takes for 5xx. Source: envoy, Grpc::Utility::grpcToHttpStatus. */
const GRPC_ERRORS: ReadonlySet<string> = new Set(['2', '4', '12', '13', '14', '15'])

/** Counts a reply as a success or an error, that of a gRPC call by its status at the end. Source: envoy, Router::Filter. */
export function countReply(stats: HostStats, { status, headers, body, trailers }: UpstreamReply) {
  const count = (isError: boolean) => {
    stats[isError ? 'rq_error' : 'rq_success'] += 1
  }
  const early = headerValue(headers, 'grpc-status')
  const isGrpc = (headerValue(headers, 'content-type') ?? '').startsWith(GRPC)
  if (status >= 500 || !isGrpc) return count(status >= 500)
  if (early !== undefined) return count(GRPC_ERRORS.has(early))
  body.once('end', () => {
    const late = headerValue(trailers(), 'grpc-status')
    count(late === undefined || GRPC_ERRORS.has(late))
  })
}

/** Counts a request without a reply of its host. */
export function countFailure(stats: HostStats, isTimeout: boolean) {
  stats.rq_error += 1
  if (isTimeout) stats.rq_timeout += 1
}

import type { ConnectionOutcome, ReplyHead } from '../connection-outcome.ts'
import { grpcStatusName } from '../grpc-status.ts'
import type { Http2Reply } from '../http/http2-reply.ts'

/** Of a message: whether it is compressed, and its length. */
const PREFIX_BYTES = 5

/** A reply of gRPC. Its text is that of its messages. */
export function grpcReplied(reply: Http2Reply): ConnectionOutcome {
  const { status, truncated } = reply
  // A reply without a message has its status in its head.
  const headers = { ...reply.headers, ...reply.trailers }
  const grpcStatus = nameOf(headers['grpc-status']) ?? nameByHttp(reply)
  const head: ReplyHead = { status, headers, grpcStatus }
  const outcome = { kind: 'reply' as const, text: messagesIn(reply.body), head }
  return truncated ? { ...outcome, truncated } : outcome
}

function nameOf(code: string | undefined): string | undefined {
  if (code === undefined) return undefined
  return grpcStatusName(/^\d+$/.test(code) ? Number(code) : Number.NaN)
}

/** What clients of gRPC make of a reply without a status (gRPC, "HTTP to gRPC Status Code Mapping"). */
const BY_HTTP: Readonly<Record<number, string>> = {
  400: 'INTERNAL',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'UNIMPLEMENTED',
  429: 'UNAVAILABLE',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'UNAVAILABLE',
}

function nameByHttp({ status }: Http2Reply): string {
  return BY_HTTP[status] ?? 'UNKNOWN'
}

/** The messages without their prefixes; all of it where it is no sequence of messages. */
function messagesIn(body: Buffer): string {
  const messages: Buffer[] = []
  let at = 0
  while (at + PREFIX_BYTES <= body.length) {
    const end = at + PREFIX_BYTES + body.readUInt32BE(at + 1)
    messages.push(body.subarray(at + PREFIX_BYTES, end))
    at = end
  }
  const isWhole = at === body.length
  return (isWhole ? Buffer.concat(messages) : body).toString('utf8')
}

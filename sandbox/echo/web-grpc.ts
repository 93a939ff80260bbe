import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { isUnnamed, type ReplyFault } from '../faults/destination-fault.ts'
import { type Later, send } from './web-reply.ts'
import { sending2 } from './web-sending.ts'

/** HealthCheckResponse with the status SERVING. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 8, 1])

/** Answers a health check, and any other call with the messages that it sent. */
export function answerGrpc(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  { version, fault, later }: { version: string; fault: ReplyFault | undefined; later: Later },
): void {
  const status = fault?.kind === 'grpc-status' ? fault : { status: 0, message: '' }
  const named = isUnnamed(fault)
    ? {}
    : { 'x-version': fault?.kind === 'prefix' ? fault.prefix : version }
  const first = { ':status': 200, 'content-type': 'application/grpc', ...named }
  const last = {
    'grpc-status': String(status.status),
    ...(status.message ? { 'grpc-message': encodeURIComponent(status.message) } : {}),
  }
  const isHealthCheck = headers[':path'] === '/grpc.health.v1.Health/Check'
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  stream.on('end', () => {
    const message = isHealthCheck ? SERVING : Buffer.concat(chunks)
    if (status.status !== 0) return stream.respond({ ...first, ...last }, { endStream: true })
    send(
      {
        ...sending2(stream),
        start() {
          stream.respond(first, { waitForTrailers: true })
          stream.on('wantTrailers', () => stream.sendTrailers(last))
        },
      },
      { status: 200, headers: {}, body: message },
      fault,
      later,
    )
  })
}

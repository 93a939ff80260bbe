import { createServer, type ServerHttp2Stream } from 'node:http2'
import { expect, test } from 'vitest'
import { listening } from '../../../../kit/build/listening.ts'
import type { ConnectionOutcome } from '../../../../src/evidence/probe/connection-outcome.ts'
import { grpcProbe } from '../../../../src/evidence/probe/grpc/grpc-probe.ts'
import type { GrpcProbeSettings } from '../../../../src/evidence/probe/grpc/grpc-probe-settings.ts'
import { startMatching } from '../../../../src/evidence/probe/match-replies.ts'

const SETTINGS: GrpcProbeSettings = {
  kind: 'grpc',
  path: '/grpc.health.v1.Health/Check',
  authority: 'shop.example',
  headers: [['x-user', 'a']],
  tls: undefined,
}

type Called = { headers: Readonly<Record<string, unknown>>; body: Buffer }

/** What a call meets that is served so, and what arrived of it. */
async function call(
  serve: (stream: ServerHttp2Stream) => void,
): Promise<{ outcome: ConnectionOutcome; called: Called }> {
  const called: Called = { headers: {}, body: Buffer.alloc(0) }
  const server = createServer()
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    called.headers = headers
    stream.on('data', (chunk: Buffer) => {
      called.body = Buffer.concat([called.body, chunk])
    })
    stream.on('end', () => serve(stream))
  })
  const port = await listening(server)
  const dial = grpcProbe.withSettings(SETTINGS).open({
    endpoint: { host: '127.0.0.1', port },
    addresses: ['127.0.0.1'],
    match: startMatching([]),
    timeoutMs: 5000,
    environment: {},
  })
  return { outcome: await new Promise((resolve) => dial(resolve)), called }
}

/** Answers with these messages and trailers. */
function answer(messages: readonly string[], trailers: Record<string, string>) {
  return (stream: ServerHttp2Stream) => {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc' },
      { waitForTrailers: true },
    )
    stream.on('wantTrailers', () => stream.sendTrailers(trailers))
    for (const message of messages) {
      const prefix = Buffer.alloc(5)
      prefix.writeUInt32BE(Buffer.byteLength(message), 1)
      stream.write(Buffer.concat([prefix, Buffer.from(message)]))
    }
    stream.end()
  }
}

test('a call sends an empty message, and its reply has message, status and trailers', async () => {
  const { outcome, called } = await call(
    answer(['\x08\x01'], { 'grpc-status': '0', 'x-version': 'v1' }),
  )
  expect(called.headers).toMatchObject({
    ':method': 'POST',
    ':path': '/grpc.health.v1.Health/Check',
    ':authority': 'shop.example',
    'content-type': 'application/grpc',
    te: 'trailers',
    'x-user': 'a',
  })
  expect(called.body).toEqual(Buffer.alloc(5))
  expect(outcome).toMatchObject({
    kind: 'reply',
    text: '\x08\x01',
    head: {
      status: 200,
      grpcStatus: 'OK',
      headers: { 'content-type': 'application/grpc', 'x-version': 'v1' },
    },
  })
})

test('a reply may have several messages, of which the text has all', async () => {
  const { outcome } = await call(answer(['one ', 'hello'], { 'grpc-status': '0' }))
  expect(outcome).toMatchObject({ text: 'one hello' })
})

test('a reply without messages has its status in its head', async () => {
  const { outcome } = await call((stream) =>
    stream.respond(
      { ':status': 200, 'grpc-status': '14', 'grpc-message': 'no healthy upstream' },
      { endStream: true },
    ),
  )
  expect(outcome).toMatchObject({
    kind: 'reply',
    text: '',
    head: { grpcStatus: 'UNAVAILABLE', headers: { 'grpc-message': 'no healthy upstream' } },
  })
})

test.each([
  [200, 'UNKNOWN'],
  [401, 'UNAUTHENTICATED'],
  [404, 'UNIMPLEMENTED'],
  [503, 'UNAVAILABLE'],
])('a reply of HTTP alone with status %d has the status of gRPC %s', async (status, grpcStatus) => {
  const { outcome } = await call((stream) => {
    stream.respond({ ':status': status, 'content-type': 'text/plain' })
    stream.end('not gRPC at all')
  })
  expect(outcome).toMatchObject({ text: 'not gRPC at all', head: { status, grpcStatus } })
})

test.each(['99', '-1', 'OK'])('a status %s that gRPC does not have is UNKNOWN', async (code) => {
  const { outcome } = await call(answer([], { 'grpc-status': code }))
  expect(outcome).toMatchObject({ head: { grpcStatus: 'UNKNOWN' } })
})

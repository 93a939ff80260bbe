import { createServer as createHttp1Server } from 'node:http'
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type ServerHttp2Stream,
} from 'node:http2'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { listening } from '../../../../kit/build/listening.ts'
import { certificateFor } from '../../../../sandbox/api/certificate.ts'
import type { ConnectionOutcome } from '../../../../src/evidence/probe/connection-outcome.ts'
import {
  type Http2DialSettings,
  http2Dial,
} from '../../../../src/evidence/probe/http/http2-dial.ts'
import { http2Request } from '../../../../src/evidence/probe/http/http2-request.ts'
import { fullServer } from '../support/full-server.ts'
import { answering, closedPort, tcpServer } from '../support/servers.ts'

const HOST = 'shop.example'
const { authority, certificate, key } = await certificateFor('shop', [HOST])
const TLS = { serverName: HOST, ca: authority, client: undefined, insecure: false }
const REQUEST = {
  method: 'GET',
  path: '/a?b=c',
  authority: HOST,
  headers: [['x-version', 'v2']] as const,
  tls: undefined,
}

function dialTo(port: number, settings: Partial<Http2DialSettings> = {}) {
  return http2Dial({
    addresses: ['127.0.0.1'],
    port,
    request: http2Request(REQUEST),
    tls: undefined,
    timeoutMs: 5000,
    ...settings,
  })
}

function met(port: number, settings?: Partial<Http2DialSettings>): Promise<ConnectionOutcome> {
  return new Promise((resolve) => dialTo(port, settings)(resolve))
}

type Serve = (stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>) => void

/** A server that serves each stream so, and the port where it listens. */
async function serving(serve: Serve, server: Http2Server = createServer()): Promise<number> {
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    serve(stream, headers)
  })
  server.on('session', (session) => session.on('error', () => undefined))
  return listening(server)
}

const one: Serve = (stream) => {
  stream.respond({ ':status': 200, 'x-version': 'v1', 'set-cookie': ['a=1', 'b=2'] })
  stream.end('one hello')
}
const ONE = {
  kind: 'reply',
  text: 'one hello',
  head: { status: 200, headers: { 'x-version': 'v1', 'set-cookie': 'a=1, b=2' } },
}
const KIB_64 = 64 * 1024

describe('a request over HTTP/2', () => {
  test('has its method, path, host and headers, and its reply status, headers and body', async () => {
    let sent: Readonly<Record<string, unknown>> = {}
    const port = await serving((stream, headers) => {
      sent = headers
      one(stream, headers)
    })
    expect(await met(port)).toMatchObject(ONE)
    expect(sent).toMatchObject({
      ':method': 'GET',
      ':scheme': 'http',
      ':authority': HOST,
      ':path': '/a?b=c',
      'user-agent': 'istio-traffic-shift',
      'x-version': 'v2',
    })
  })

  test('over TLS offers HTTP/2, and is not sent where the server does not take it', async () => {
    const secure = createSecureServer({ cert: certificate, key })
    expect(await met(await serving(one, secure), { tls: TLS })).toMatchObject(ONE)
    const old = createTlsServer({ cert: certificate, key, ALPNProtocols: ['http/1.1'] })
    expect(await met(await listening(old), { tls: TLS })).toMatchObject({
      kind: 'tls',
      cause: 'other protocol',
    })
  })

  test('fails where the certificate is for another name', async () => {
    const secure = createSecureServer({ cert: certificate, key })
    const tls = { ...TLS, serverName: 'cart.example' }
    expect(await met(await serving(one, secure), { tls })).toMatchObject({
      kind: 'tls',
      cause: 'other name',
    })
  })

  test('is on a connection of its own, which is closed then, and addresses take turns', async () => {
    const sessions: boolean[] = []
    const server = createServer()
    server.on('session', (session) => {
      const place = sessions.push(false) - 1
      session.on('close', () => {
        sessions[place] = true
      })
    })
    const port = await serving(one, server)
    const dial = dialTo(port, { addresses: ['127.0.0.1', '127.0.0.2'] })
    const outcomes = []
    for (let sample = 0; sample < 4; sample += 1)
      outcomes.push((await new Promise<ConnectionOutcome>((resolve) => dial(resolve))).kind)
    expect(outcomes).toEqual(['reply', 'refused', 'reply', 'refused'])
    await expect.poll(() => sessions).toEqual([true, true])
  })

  test('is reset after many ordinary closes, so that no port is kept', async () => {
    let resets = 0
    const server = createServer()
    server.on('connection', (socket) =>
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNRESET') resets += 1
      }),
    )
    const dial = dialTo(await serving(one, server), { ordinaryCloses: 1 })
    for (let sample = 0; sample < 4; sample += 1)
      expect(await new Promise((resolve) => dial(resolve))).toMatchObject(ONE)
    await expect.poll(() => resets).toBeGreaterThan(0)
  })
})

describe('a reply over HTTP/2', () => {
  test('comes after informational replies, and its trailers are skipped', async () => {
    const port = await serving((stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</a>' })
      stream.respond({ ':status': 404 }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-trailer': 't' }))
      stream.end('two')
    })
    const outcome = await met(port)
    expect(outcome).toMatchObject({ kind: 'reply', text: 'two', head: { status: 404 } })
    expect(outcome.kind === 'reply' && outcome.head?.headers).not.toHaveProperty('x-trailer')
  })

  test('may be a head alone', async () => {
    const port = await serving((stream) => stream.respond({ ':status': 204 }, { endStream: true }))
    expect(await met(port)).toMatchObject({ kind: 'reply', text: '', head: { status: 204 } })
  })

  test('is cut at 64 KiB of its body, of which no more is read', async () => {
    const port = await serving((stream) => {
      stream.respond({ ':status': 200 })
      stream.write('x'.repeat(KIB_64 + 100_000))
    })
    const outcome = await met(port)
    expect(outcome).toMatchObject({ kind: 'reply', truncated: true })
    expect(outcome.kind === 'reply' && outcome.text).toBe('x'.repeat(KIB_64))
  })
})

describe('what is no complete reply over HTTP/2', () => {
  test('is HTTP/1.1', async () => {
    const port = await listening(createHttp1Server((_, response) => response.end('hi')))
    expect(await met(port)).toEqual({
      kind: 'failed',
      why: 'the reply is not HTTP/2',
      cause: 'expects HTTP/1.1',
    })
  })

  test('is a stream that ends before the length of its body', async () => {
    const port = await serving((stream) => {
      stream.respond({ ':status': 200, 'content-length': '9' })
      stream.end('one')
    })
    expect(await met(port)).toMatchObject({ kind: 'failed' })
  })

  test('is a stream that is refused or cancelled', async () => {
    const refused = await serving((stream) => stream.close(7))
    expect(await met(refused)).toEqual({
      kind: 'failed',
      why: 'the server ended the exchange (REFUSED_STREAM of HTTP/2)',
    })
    const old = await serving((stream) => stream.close(13))
    expect(await met(old)).toMatchObject({ kind: 'failed', cause: 'expects HTTP/1.1' })
  })

  test('is a connection that is ended or reset, before or inside of the reply', async () => {
    const ended = await answering((socket) => socket.end())
    expect(await met(ended.port)).toEqual({ kind: 'closed' })
    const reset = await answering((socket) => socket.resetAndDestroy())
    expect(await met(reset.port)).toEqual({ kind: 'reset' })
    const goingAway = await serving((stream) => stream.session?.goaway(2))
    expect(await met(goingAway)).toMatchObject({ kind: 'failed', why: /INTERNAL_ERROR/ as never })
    const inside = await serving((stream) => {
      stream.respond({ ':status': 200 })
      stream.write('one', () => setTimeout(() => stream.session?.destroy(), 20))
    })
    expect(await met(inside)).toEqual({
      kind: 'failed',
      why: 'the connection ended before the reply was complete, after 3 bytes of its body',
    })
  })

  test('is a head or a body that does not come in time', async () => {
    const silent = await serving(() => undefined)
    expect(await met(silent, { timeoutMs: 100 })).toEqual({ kind: 'timeout' })
    const slow = await serving((stream) => {
      stream.respond({ ':status': 200 })
      stream.write('on')
      const timer = setInterval(() => stream.write('e'), 10)
      stream.on('close', () => clearInterval(timer))
    })
    expect(await met(slow, { timeoutMs: 100 })).toMatchObject({
      kind: 'timeout',
      incomplete: expect.stringMatching(/^one*$/),
    })
  })

  test('is a head that is longer than 64 KiB', async () => {
    const server = createServer({
      settings: { maxHeaderListSize: 1_000_000 },
      maxSendHeaderBlockLength: 1_000_000,
    })
    const port = await serving((stream) => {
      const many = Object.fromEntries(
        Array.from({ length: 100 }, (_, i) => [`x-${i}`, `${i}`.repeat(1000)]),
      )
      stream.respond({ ':status': 200, ...many }, { endStream: true })
    }, server)
    expect(await met(port)).toMatchObject({
      kind: 'failed',
      why: "the reply's head is longer than 64 KiB",
    })
  })
})

describe('a connection for HTTP/2', () => {
  test('ends with the reply where the server goes away and leaves the closing to the client', async () => {
    const port = await serving((stream, headers) => {
      stream.session?.goaway(0)
      one(stream, headers)
    })
    expect(await met(port)).toMatchObject(ONE)
  })

  test('is refused, not established, or silent, like others', async () => {
    expect(await met(await closedPort())).toEqual({ kind: 'refused' })
    const timeoutMs = 60
    expect(await met(await fullServer(), { timeoutMs })).toEqual({ kind: 'connect timeout' })
    const silent = await tcpServer(() => undefined)
    expect(await met(silent.port, { timeoutMs })).toEqual({ kind: 'timeout' })
    expect(await met(silent.port, { timeoutMs, tls: TLS })).toEqual({ kind: 'timeout' })
  })

  test('says nothing more when it is dropped, also before it begins', async () => {
    const silent = await tcpServer(() => undefined)
    let outcomes = 0
    const count = () => {
      outcomes += 1
    }
    const dial = dialTo(silent.port)
    dial(count)()
    await met(await closedPort())
    const drop = dial(count)
    await expect.poll(silent.accepted).toBe(1)
    drop()
    await silent.allClosed()
    expect(outcomes).toBe(0)
  })
})

import { connect, createServer as createTcpServer } from 'node:net'
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls'
import { generate } from 'selfsigned'
import { describe, expect, test } from 'vitest'
import { listening } from '../../../../kit/build/listening.ts'
import { clientCertificate } from '../../../../kit/run/client-certificate.ts'
import { certificateFor } from '../../../../sandbox/api/certificate.ts'
import type { ConnectionOutcome } from '../../../../src/evidence/probe/connection-outcome.ts'
import { httpDial } from '../../../../src/evidence/probe/http/http-dial.ts'
import { startMatching } from '../../../../src/evidence/probe/match-replies.ts'
import { type TcpDialSettings, tcpDial } from '../../../../src/evidence/probe/tcp/tcp-dial.ts'
import type { TlsSettings } from '../../../../src/evidence/probe/tls/tls-settings.ts'
import { tlsTransport } from '../../../../src/evidence/probe/tls/tls-transport.ts'
import { answering, tcpServer } from '../support/servers.ts'

const HOST = 'shop.example'
const { authority, certificate, key } = await certificateFor('shop', [HOST])
const SERVER: TlsOptions = { cert: certificate, key }
const TRUSTING: TlsSettings = {
  serverName: HOST,
  ca: authority,
  client: undefined,
  insecure: false,
}
const TIME_MS = 5000

/** A server that answers each connection with a line, and counts how they end. */
async function lineServer(
  options: TlsOptions = SERVER,
  serve: (socket: TLSSocket) => unknown = (socket) =>
    socket.once('data', () => socket.write('one hello\n')),
): Promise<{ port: number; resets: () => number }> {
  let resets = 0
  const server = createServer(options, (socket) => {
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') resets += 1
    })
    serve(socket)
  })
  server.on('tlsClientError', () => undefined)
  return { port: await listening(server), resets: () => resets }
}

function dialTo(port: number, tls: Partial<TlsSettings> = {}, more: Partial<TcpDialSettings> = {}) {
  return tcpDial({
    addresses: ['127.0.0.1'],
    port,
    payload: Buffer.from('hello\n'),
    replyUntil: 'newline',
    match: startMatching([]),
    timeoutMs: TIME_MS,
    transport: tlsTransport({ ...TRUSTING, ...tls }),
    ...more,
  })
}

function met(
  port: number,
  tls: Partial<TlsSettings> = {},
  more: Partial<TcpDialSettings> = {},
): Promise<ConnectionOutcome> {
  return new Promise((resolve) => dialTo(port, tls, more)(resolve))
}

const ONE = { kind: 'reply', text: 'one hello' }
const tls = (cause: string, why: RegExp) => ({
  kind: 'tls',
  cause,
  why: expect.stringMatching(why),
})

/** A certificate of its own authority, for a time that begins and ends so many days from now. */
async function datedCertificate(fromDays: number, toDays: number) {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000)
  const made = await generate([{ name: 'commonName', value: HOST }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: day(fromDays),
    notAfterDate: day(toDays),
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: HOST }] }],
  })
  return { cert: made.cert, key: made.private }
}

describe('a TLS connection', () => {
  test('sends the name, and is answered where the certificate is trusted and has the name', async () => {
    const names: (string | false | null)[] = []
    const { port } = await lineServer(SERVER, (socket) => {
      names.push(socket.servername)
      socket.once('data', () => socket.write('one hello\n'))
    })
    expect(await met(port)).toEqual(ONE)
    expect(names).toEqual([HOST])
  })

  test('sends no name where that is an address, and the certificate must have the address', async () => {
    const names: (string | false | null)[] = []
    const { port } = await lineServer(SERVER, (socket) => {
      names.push(socket.servername)
      socket.once('data', () => socket.write('one hello\n'))
    })
    expect(await met(port, { serverName: '127.0.0.1' })).toEqual(ONE)
    expect(names).toEqual([false])
    expect(await met(port, { serverName: '127.0.0.9' })).toMatchObject({ cause: 'other name' })
  })

  test('carries a request over HTTP/1.1, which it offers', async () => {
    const { port } = await lineServer({ ...SERVER, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) =>
      socket.once('data', () =>
        socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n${socket.alpnProtocol}`),
      ),
    )
    const dial = httpDial({
      addresses: ['127.0.0.1'],
      port,
      transport: tlsTransport(TRUSTING, ['http/1.1']),
      request: { method: 'GET', path: '/', authority: HOST, headers: [] },
      timeoutMs: TIME_MS,
    })
    for (let sample = 0; sample < 3; sample += 1)
      expect(await new Promise((resolve) => dial(resolve))).toMatchObject({
        text: 'http/1.1',
        head: { status: 200 },
      })
  })

  test('is another one for each sample, with a whole handshake', async () => {
    const resumed: boolean[] = []
    const { port } = await lineServer(SERVER, (socket) => {
      resumed.push(socket.isSessionReused())
      socket.once('data', () => socket.write('one hello\n'))
    })
    const dial = dialTo(port)
    for (let sample = 0; sample < 3; sample += 1)
      expect(await new Promise((resolve) => dial(resolve))).toEqual(ONE)
    expect(resumed).toEqual([false, false, false])
  })

  test('is reset after many ordinary closes, so that no port is kept', async () => {
    const { port, resets } = await lineServer()
    const dial = dialTo(port, {}, { ordinaryCloses: 2 })
    for (let sample = 0; sample < 6; sample += 1)
      expect(await new Promise((resolve) => dial(resolve))).toEqual(ONE)
    expect(resets()).toBeGreaterThanOrEqual(3)
  })

  test('closes its half after the payload where reply-until is half-close', async () => {
    const { port } = await lineServer(SERVER, (socket) =>
      socket.on('end', () => socket.end('one hello\n')).resume(),
    )
    const reply = { kind: 'reply', text: 'one hello\n' }
    expect(await met(port, {}, { replyUntil: 'half-close' })).toEqual(reply)
  })

  test('sends the certificate of the client', async () => {
    const client = await clientCertificate('probe')
    const { port } = await lineServer({
      ...SERVER,
      requestCert: true,
      rejectUnauthorized: true,
      ca: client.authority,
    })
    expect(await met(port, { client: { cert: client.certificate, key: client.key } })).toEqual(ONE)
    expect(await met(port)).toEqual(tls('client certificate', /requires a certificate/))
  })
})

describe('a TLS connection fails', () => {
  test('where the issuer of the certificate is not trusted', async () => {
    const { port } = await lineServer()
    expect(await met(port, { ca: undefined })).toEqual(tls('untrusted', /issuer is unknown/))
  })

  test('where the certificate is self-signed, expired, not valid yet or for another name', async () => {
    const expired = await datedCertificate(-9, -1)
    const early = await datedCertificate(1, 9)
    const own = await datedCertificate(-1, 9)
    const portOf = async (options: TlsOptions) => (await lineServer(options)).port
    expect(await met(await portOf(own))).toEqual(tls('untrusted', /self-signed/))
    expect(await met(await portOf(expired), { ca: expired.cert })).toEqual(
      tls('expired', /has expired/),
    )
    expect(await met(await portOf(early), { ca: early.cert })).toEqual(
      tls('expired', /not valid yet/),
    )
    expect(await met(await portOf(SERVER), { serverName: 'cart.example' })).toEqual(
      tls('other name', /DNS:shop\.example, and not cart\.example/),
    )
  })

  test('but not where insecure is set', async () => {
    const expired = await datedCertificate(-9, -1)
    const { port } = await lineServer(expired)
    expect(await met(port, { ca: undefined, serverName: 'cart.example', insecure: true })).toEqual(
      ONE,
    )
  })

  test('where the server speaks plaintext', async () => {
    const http = await answering((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    expect(await met(http.port)).toEqual(tls('expects plaintext', /does not speak TLS/))
    const line = await answering((socket) => socket.write('one hello\n'))
    expect(await met(line.port)).toEqual(tls('expects plaintext', /does not speak TLS/))
  })

  test('where the server has no certificate for the name', async () => {
    const { port } = await lineServer({
      SNICallback: (_, done) => done(null, undefined),
    })
    expect(await met(port)).toMatchObject({ kind: 'tls' })
  })

  test('where the server does not offer the protocol', async () => {
    const { port } = await lineServer({ ...SERVER, ALPNProtocols: ['h2'] })
    const transport = tlsTransport(TRUSTING, ['http/1.1'])
    expect(await met(port, {}, { transport })).toEqual(tls('other protocol', /ALPN/))
  })

  test('by the end or a reset of the stream inside of the handshake', async () => {
    const ending = await answering((socket) => socket.end())
    expect(await met(ending.port)).toEqual({ kind: 'closed' })
    const resetting = await answering((socket) => socket.resetAndDestroy())
    expect(await met(resetting.port)).toEqual({ kind: 'reset' })
  })

  test('where the handshake takes too long', async () => {
    const { port } = await tcpServer(() => undefined)
    expect(await met(port, {}, { timeoutMs: 60 })).toEqual({ kind: 'timeout' })
  })

  test('after the handshake like any other', async () => {
    const closing = await lineServer(SERVER, (socket) => socket.once('data', () => socket.end()))
    expect(await met(closing.port)).toEqual({ kind: 'closed' })
    const silent = await lineServer(SERVER, (socket) => socket.resume())
    expect(await met(silent.port, {}, { timeoutMs: 200 })).toEqual({ kind: 'timeout' })
  })
})

test('a TLS connection goes through what passes it on by its name', async () => {
  const behind = await lineServer()
  const proxy = createTcpServer((socket) => {
    socket.once('data', (hello) => {
      socket.pause()
      const on = connect(behind.port, '127.0.0.1', () => {
        on.write(hello)
        socket.pipe(on).pipe(socket)
      })
      on.on('error', () => socket.destroy())
      expect(hello.includes(HOST)).toBe(true)
    })
  })
  const port = await listening(proxy)
  expect(await met(port)).toEqual(ONE)
})

import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { listening } from '../../../../kit/build/listening.ts'
import { TCP } from '../../../../src/evidence/probe/connection/transport.ts'
import type { ConnectionOutcome, Dial } from '../../../../src/evidence/probe/connection-outcome.ts'
import { type HttpDialSettings, httpDial } from '../../../../src/evidence/probe/http/http-dial.ts'
import { fullServer } from '../support/full-server.ts'
import { answering, closedPort, tcpServer } from '../support/servers.ts'

const REQUEST = { method: 'GET', path: '/', authority: 'shop.example', headers: [] }

type Given = Partial<Omit<HttpDialSettings, 'request'>> & {
  request?: Partial<HttpDialSettings['request']>
}

function dialTo(port: number, { request, ...settings }: Given = {}): Dial {
  return httpDial({
    addresses: ['127.0.0.1'],
    port,
    transport: TCP,
    request: { ...REQUEST, ...request },
    timeoutMs: 5000,
    ...settings,
  })
}

/** What one request meets. */
function met(port: number, given?: Given): Promise<ConnectionOutcome> {
  return new Promise((resolve) => dialTo(port, given)(resolve))
}

/** What a request meets that gets these bytes, each of the texts in a packet of its own, and then the end of the stream. */
async function metBy(...texts: readonly string[]): Promise<ConnectionOutcome> {
  const server = await answering((socket) => send(socket, texts, () => socket.end()))
  return met(server.port)
}

/** The same where the server keeps the connection open. */
async function metWithoutEnd(...texts: readonly string[]): Promise<ConnectionOutcome> {
  const server = await answering((socket) => send(socket, texts, () => undefined))
  return met(server.port, { timeoutMs: 300 })
}

function send(socket: Socket, [text, ...others]: readonly string[], then: () => void): void {
  if (text === undefined) then()
  else
    socket.setNoDelay().write(text, 'latin1', () => setImmediate(() => send(socket, others, then)))
}

const reply = (status: number, text: string, headers: Record<string, string> = {}) => ({
  kind: 'reply',
  text,
  head: { status, headers },
})
const failed = (why: string) => ({ kind: 'failed', why })
const notHttp = (why: RegExp) => ({
  kind: 'failed',
  why: expect.stringMatching(why),
  cause: 'no HTTP',
})

const SHORT = { timeoutMs: 60 }
const KIB_64 = 64 * 1024

describe('a request', () => {
  async function sent(request: Partial<HttpDialSettings['request']>): Promise<string> {
    let text = ''
    const server = await answering((socket, data) => {
      text = data.toString('latin1')
      socket.end('HTTP/1.1 204 No Content\r\n\r\n')
    })
    await met(server.port, { request })
    return text
  }

  test('has the host without a port and asks for the connection to be closed', async () => {
    expect(await sent({ path: '/a?b=c' })).toBe(
      'GET /a?b=c HTTP/1.1\r\nhost: shop.example\r\nuser-agent: istio-traffic-shift\r\naccept: */*\r\nconnection: close\r\n\r\n',
    )
  })

  test('has the headers of the inputs, which replace those that are sent by default', async () => {
    const text = await sent({
      headers: [
        ['x-version', 'v2'],
        ['user-agent', 'mine'],
      ],
    })
    expect(text).toContain('x-version: v2\r\nuser-agent: mine\r\n')
    expect(text).not.toContain('istio-traffic-shift')
  })

  test('of a method with a body says that its body is empty', async () => {
    expect(await sent({ method: 'POST' })).toContain('content-length: 0\r\n')
    expect(await sent({ method: 'DELETE' })).not.toContain('content-length')
  })
})

describe('a reply', () => {
  test('of a server of Node has its status, headers and body', async () => {
    const server = createServer((request, response) => {
      response.setHeader('X-Version', 'v1')
      response.setHeader('Set-Cookie', ['a=1', 'b=2'])
      response.end(`one ${request.url} ${request.headers.host}`)
    })
    const outcome = await met(await listening(server), { request: { path: '/hello' } })
    expect(outcome).toMatchObject({
      kind: 'reply',
      text: 'one /hello shop.example',
      head: { status: 200, headers: { 'x-version': 'v1', 'set-cookie': 'a=1, b=2' } },
    })
  })

  test('is read to the same end however its bytes are cut into packets', async () => {
    const text =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-A: b c\r\nx-empty:\r\nX-a: d\r\nTransfer-Encoding: chunked\r\n\r\n6;x=y\r\none \xc3\xa9\r\n6\r\n hello\r\n0\r\nX-Trailer: t\r\n\r\n'
    const whole = reply(200, 'one é hello', {
      'x-a': 'b c, d',
      'x-empty': '',
      'transfer-encoding': 'chunked',
    })
    expect(await metWithoutEnd(text)).toEqual(whole)
    expect(await metWithoutEnd(...text)).toEqual(whole)
  })

  test.each<[string, string, ReturnType<typeof reply>]>([
    [
      'by its length, whatever follows',
      'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\noneHTTP/1.1 500 Oops\r\n\r\n',
      reply(200, 'one', { 'content-length': '3' }),
    ],
    [
      'with its last chunk',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n',
      reply(200, 'one', { 'transfer-encoding': 'chunked' }),
    ],
    ['after its head if it has no content', 'HTTP/1.1 204 No Content\r\n\r\n', reply(204, '')],
    [
      'after its head if it was not modified, whatever its length says',
      'HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n',
      reply(304, '', { 'content-length': '9' }),
    ],
    [
      'after informational replies',
      'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
      reply(200, '', { 'content-length': '0' }),
    ],
  ])('ends %s', async (_, text, whole) => {
    expect(await metWithoutEnd(text)).toEqual(whole)
  })

  test('ends with the connection if nothing else shows its end', async () => {
    expect(await metBy('HTTP/1.1 200 OK\r\n\r\none', ' hello')).toEqual(reply(200, 'one hello'))
    expect(await metBy('HTTP/1.0 200 OK\r\n\r\none')).toEqual(reply(200, 'one'))
  })

  test('to HEAD has no body, whatever its length says', async () => {
    const server = await answering((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n'),
    )
    const outcome = await met(server.port, { request: { method: 'HEAD' } })
    expect(outcome).toEqual(reply(200, '', { 'content-length': '9' }))
  })

  test('that redirects is not followed', async () => {
    const server = await answering((socket) =>
      socket.end('HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n'),
    )
    expect(await met(server.port)).toMatchObject({ head: { status: 302 } })
    expect(server.accepted()).toBe(1)
  })

  test('may have names that objects have in JavaScript', async () => {
    const outcome = await metBy(
      'HTTP/1.1 200 OK\r\n__proto__: a\r\nconstructor: b\r\ncontent-length: 0\r\n\r\n',
    )
    const headers = outcome.kind === 'reply' ? Object.entries(outcome.head?.headers ?? {}) : []
    expect(headers).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['content-length', '0'],
    ])
  })

  test('is cut at 64 KiB of its body, of which no more is read', async () => {
    const server = await answering((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n')
      socket.write('x'.repeat(KIB_64 + 1000))
    })
    const outcome = await met(server.port)
    expect(outcome).toMatchObject({ kind: 'reply', truncated: true })
    expect(outcome.kind === 'reply' && outcome.text).toBe('x'.repeat(KIB_64))
  })
})

describe('what is no complete reply of HTTP/1.1', () => {
  test.each<[string, string[], object]>([
    ['another protocol', ['SSH-2.0-OpenSSH_9.6\r\n'], notHttp(/HTTP\/1\.1: Expected HTTP\//)],
    ['a head without a colon', ['HTTP/1.1 200 OK\r\nnonsense\r\n\r\n'], notHttp(/header/i)],
    [
      'a length that is no number',
      ['HTTP/1.1 200 OK\r\ncontent-length: ten\r\n\r\n'],
      notHttp(/Content-Length/),
    ],
    [
      'a negative length',
      ['HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
      notHttp(/Content-Length/),
    ],
    [
      'two lengths',
      ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
      notHttp(/Content-Length/),
    ],
    [
      'a length beside chunks',
      ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
      notHttp(/Transfer-Encoding/),
    ],
    [
      'a chunk whose size is no number',
      ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
      notHttp(/chunk size/),
    ],
    [
      'a chunk that is longer than its size',
      ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n'],
      notHttp(/chunk/),
    ],
    [
      'an upgrade',
      [
        'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n\x81\x00',
      ],
      notHttp(/switched to another protocol/),
    ],
    [
      'an end inside of the head',
      ['HTTP/1.1 200 OK\r\ncont'],
      failed('the connection ended before the reply was complete, inside of its head'),
    ],
    [
      'an end after an informational reply',
      ['HTTP/1.1 100 Continue\r\n\r\n'],
      failed('the connection ended before the reply was complete, inside of its head'),
    ],
    [
      'an end before its length',
      ['HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\none'],
      failed('the connection ended before the reply was complete, after 3 bytes of its body'),
    ],
    [
      'an end without the last chunk',
      ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n'],
      failed('the connection ended before the reply was complete, after 3 bytes of its body'),
    ],
    [
      'a TLS alert',
      ['\x15\x03\x01\x00\x02\x02\x46'],
      { kind: 'failed', why: 'the reply is a TLS alert', cause: 'expects TLS' },
    ],
    [
      'HTTP/2',
      ['\x00\x00\x00\x04\x00\x00\x00\x00\x00'],
      { kind: 'failed', why: 'the reply is HTTP/2', cause: 'expects HTTP/2' },
    ],
    ['no byte', [], { kind: 'closed' }],
  ])('is %s', async (_, texts, outcome) => {
    expect(await metBy(...texts)).toEqual(outcome)
  })

  test('is a head without end', async () => {
    const server = await answering((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const line = `x-more: ${'x'.repeat(1000)}\r\n`
      const more = () => {
        while (!socket.destroyed && socket.write(line));
        if (!socket.destroyed) socket.once('drain', more)
      }
      more()
    })
    expect(await met(server.port)).toEqual(notHttp(/head is longer than 64 KiB/))
  })

  test('are informational replies without end', async () => {
    const server = await answering((socket) => {
      const more = () => {
        while (!socket.destroyed && socket.write('HTTP/1.1 103 Early Hints\r\na: b\r\n\r\n'));
        if (!socket.destroyed) socket.once('drain', more)
      }
      more()
    })
    expect(await met(server.port)).toEqual(notHttp(/head is longer than 64 KiB/))
  })

  test('are chunks whose extensions have no end', async () => {
    const server = await answering((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;')
      const more = () => {
        while (!socket.destroyed && socket.write('x'.repeat(10_000)));
        if (!socket.destroyed) socket.once('drain', more)
      }
      more()
    })
    expect(await met(server.port)).toEqual(notHttp(/1 MiB|chunk extension/i))
  })

  test('is a reset inside of the body', async () => {
    const server = await answering((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\none', () =>
        socket.resetAndDestroy(),
      )
    })
    expect(await met(server.port)).toEqual({ kind: 'reset' })
  })

  test('is a reply whose body does not end in time', async () => {
    expect(await metWithoutEnd('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n', 'o', 'ne')).toEqual({
      kind: 'timeout',
      incomplete: 'one',
    })
  })

  test('is a reply that drips, with each byte in time', async () => {
    const server = await answering((socket) => {
      const timer = setInterval(() => socket.write('x'), 5)
      socket.on('close', () => clearInterval(timer))
      socket.write('HTTP/1.1 200 OK\r\nx-drip: ')
    })
    expect(await met(server.port, { timeoutMs: 100 })).toEqual({ kind: 'timeout' })
  })

  test('is silence', async () => {
    const server = await tcpServer(() => undefined)
    expect(await met(server.port, SHORT)).toEqual({ kind: 'timeout' })
  })
})

describe('a connection', () => {
  test('is refused where nothing listens', async () => {
    expect(await met(await closedPort())).toEqual({ kind: 'refused' })
  })

  test('is not established where the server accepts none', async () => {
    expect(await met(await fullServer(), SHORT)).toEqual({ kind: 'connect timeout' })
  })

  test('is another one for each request, and addresses take turns', async () => {
    const text = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\none'
    const first = await answering((socket) => socket.write(text))
    const second = await tcpServer((socket) => socket.once('data', () => socket.write(text)), {
      host: '127.0.0.2',
      port: first.port,
    })
    const dial = dialTo(first.port, { addresses: ['127.0.0.1', '127.0.0.2'] })
    for (let sample = 0; sample < 4; sample += 1)
      expect(await new Promise((resolve) => dial(resolve))).toMatchObject({ text: 'one' })
    expect([first.accepted(), second.accepted()]).toEqual([2, 2])
    await first.allClosed()
    await second.allClosed()
  })

  test('says nothing more when it is dropped', async () => {
    const server = await tcpServer(() => undefined)
    let outcomes = 0
    const drop = dialTo(server.port)(() => {
      outcomes += 1
    })
    drop()
    await server.allClosed()
    expect(outcomes).toBe(0)
  })

  test('that follows a reply that was cut starts from the beginning', async () => {
    let replies = 0
    const server = await answering((socket) => {
      replies += 1
      socket.write(
        replies === 1
          ? `HTTP/1.1 200 OK\r\nx-a: b\r\n\r\n${'é'.repeat(KIB_64)}`
          : 'HTTP/1.1 404 Not Found\r\nx-b: c\r\ncontent-length: 3\r\n\r\ntwo',
      )
    })
    const dial = dialTo(server.port)
    expect(await new Promise((resolve) => dial(resolve))).toMatchObject({ truncated: true })
    expect(await new Promise((resolve) => dial(resolve))).toEqual(
      reply(404, 'two', { 'x-b': 'c', 'content-length': '3' }),
    )
  })
})

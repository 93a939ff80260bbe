import { execFile } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { ConnectionOutcome } from '../../../../src/evidence/probe/connection-outcome.ts'
import type { Expectation } from '../../../../src/evidence/probe/expectation.ts'
import { startMatching } from '../../../../src/evidence/probe/match-replies.ts'
import { type TcpDialSettings, tcpDial } from '../../../../src/evidence/probe/tcp/tcp-dial.ts'
import { classifyOnce } from '../support/classify-once.ts'
import { fullServer } from '../support/full-server.ts'
import { answering, closedPort, tcpServer } from '../support/servers.ts'

const EXPECT: Expectation[] = [
  { destination: 'v1', pattern: /^one / },
  { destination: 'v2', pattern: /^two / },
]

function dialTo(port: number, settings: Partial<TcpDialSettings> = {}) {
  return tcpDial({
    addresses: ['127.0.0.1'],
    port,
    payload: Buffer.from('hello\n'),
    replyUntil: 'newline',
    match: startMatching(EXPECT),
    timeoutMs: 5000,
    ...settings,
  })
}

/** What one connection meets. */
function met(port: number, settings: Partial<TcpDialSettings> = {}): Promise<ConnectionOutcome> {
  return new Promise((resolve) => dialTo(port, settings)(resolve))
}

const SHORT = { timeoutMs: 60 }

describe('a connection that is answered', () => {
  test('sends the payload, byte for byte, and brings the reply', async () => {
    const replyCounts: Buffer[] = []
    const server = await answering((socket, data) => {
      replyCounts.push(data)
      socket.write('one hello\n')
    })
    const payload = Uint8Array.of(0, 255, 13, 10)
    expect(await met(server.port, { payload })).toEqual({ kind: 'reply', text: 'one hello' })
    expect(Buffer.concat(replyCounts)).toEqual(Buffer.from(payload))
  })

  test('while this process was held up, beyond its time, is answered all the same', async () => {
    const server = await answering((socket) => {
      socket.write('one hello\n')
      // As a machine that is suspended, or starved, or a container that is frozen.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600)
    })
    const timeoutMs = 200
    expect(await met(server.port, { timeoutMs })).toEqual({ kind: 'reply', text: 'one hello' })
  })

  test('sends nothing where the payload is empty: the server speaks first', async () => {
    let replyCounts = 0
    const server = await tcpServer((socket) => {
      socket.on('data', (data) => {
        replyCounts += data.length
      })
      socket.write('two hello\n')
    })
    const payload = new Uint8Array()
    expect(await met(server.port, { payload })).toEqual({ kind: 'reply', text: 'two hello' })
    await server.allClosed()
    expect(replyCounts).toBe(0)
  })

  test('keeps its own half open until the reply is there, and closes at once then', async () => {
    const events: string[] = []
    const server = await answering(async (socket) => {
      socket.once('end', () => events.push('end'))
      // Time enough for the end of the client's half to arrive, if it was sent.
      for (let turn = 0; turn < 50; turn += 1) await new Promise((next) => setImmediate(next))
      events.push('reply')
      socket.write('one hello\n')
    })
    await met(server.port)
    await server.allClosed()
    expect(events[0]).toBe('reply')
  })

  test('is closed in order at first, and reset once that has taken many ports', async () => {
    const ends: string[] = []
    const server = await answering((socket) => {
      socket.once('end', () => ends.push('closed'))
      socket.once('error', (error: NodeJS.ErrnoException) => ends.push(error.code ?? ''))
      socket.write('one hello\n')
    })
    const dial = dialTo(server.port, { ordinaryCloses: 2 })
    for (let i = 0; i < 4; i++) {
      expect(await new Promise<ConnectionOutcome>((resolve) => dial(resolve))).toEqual({
        kind: 'reply',
        text: 'one hello',
      })
      await server.allClosed()
    }
    expect(ends).toEqual(['closed', 'closed', 'ECONNRESET', 'ECONNRESET'])
  })

  test.each([
    ['in two packets', ['one hel', 'lo\n'], 'one hello'],
    ['with a carriage return', ['one hello\r\n'], 'one hello'],
    ['with a carriage return in a packet before the line feed', ['one hello\r', '\n'], 'one hello'],
    ['with more behind it', ['one hello\nand more'], 'one hello'],
    ['that no expression matches', ['three hello\n'], 'three hello'],
  ])('by a line %s', async (_, packets, text) => {
    const server = await answering(async (socket) => {
      socket.setNoDelay()
      for (const packet of packets) {
        await new Promise((resolve) => socket.write(packet, resolve))
        await new Promise((resolve) => setImmediate(resolve))
      }
    })
    expect(await met(server.port)).toMatchObject({ kind: 'reply', text })
  })

  test('by half a line and the end of the stream has that half for its reply', async () => {
    const server = await answering((socket) => socket.end('one hel'))
    expect(await met(server.port)).toEqual({
      kind: 'reply',
      text: 'one hel',
      unfinished: true,
    })
  })

  test('by what is no UTF-8 has replacement characters for its reply', async () => {
    const server = await answering((socket) => socket.write(Uint8Array.of(0xff, 0x80, 10)))
    expect(await met(server.port)).toEqual({ kind: 'reply', text: '\ufffd\ufffd' })
  })

  test('by 10 MB without a line feed is closed at 64 KiB', async () => {
    let written = 0
    const server = await answering((socket) => {
      const chunk = Buffer.alloc(1 << 20, 'x')
      const more = () => {
        if (written === 10 || socket.destroyed) return
        written += 1
        socket.write(chunk, more)
      }
      more()
    })
    const ended = await met(server.port)
    expect(ended).toEqual({ kind: 'reply', text: 'x'.repeat(64 * 1024), truncated: true })
    await server.allClosed()
    expect(written).toBeLessThan(10)
  })

  test('until a match does not wait for the rest of the line', async () => {
    const server = await answering((socket) => socket.write('one and then nothing'))
    expect(await met(server.port, { replyUntil: 'match' })).toEqual({
      kind: 'reply',
      text: 'one and then nothing',
    })
  })

  test('until the close takes everything until then', async () => {
    const server = await answering((socket) => socket.end('one\ntwo\n'))
    expect(await met(server.port, { replyUntil: 'close' })).toEqual({
      kind: 'reply',
      text: 'one\ntwo\n',
    })
  })
})

describe('a connection until half-close', () => {
  const halfClosed = (port: number, payload = 'hello\n') =>
    met(port, { replyUntil: 'half-close', payload: Buffer.from(payload) })

  /** As inetd serves: reads to the end of the stream, then answers and closes. */
  function readsToEnd(reply: string) {
    return tcpServer((socket) => {
      const replyCounts: Buffer[] = []
      socket.on('data', (data) => replyCounts.push(data))
      socket.once('end', () => socket.end(`${reply} ${Buffer.concat(replyCounts).toString()}`))
    })
  }

  test('is answered by a server that answers at the end of the payload only', async () => {
    const server = await readsToEnd('one')
    expect(await met(server.port, SHORT)).toEqual({ kind: 'timeout' })
    expect(await halfClosed(server.port)).toEqual({ kind: 'reply', text: 'one hello\n' })
  })

  test('sends the end of the stream also behind a payload of many segments, and behind none', async () => {
    const server = await readsToEnd('two')
    const payload = 'x'.repeat(200_000)
    expect(await halfClosed(server.port, '')).toEqual({ kind: 'reply', text: 'two ' })
    expect(await halfClosed(server.port, payload)).toEqual({
      kind: 'reply',
      text: `two ${payload}`.slice(0, 64 * 1024),
      truncated: true,
    })
  })

  test('takes all that comes until the server closes, also what came before the half-close', async () => {
    const server = await tcpServer((socket) => {
      socket.write('220-hello\n')
      socket.once('end', () => socket.end('one\n'))
    })
    expect(await halfClosed(server.port)).toEqual({ kind: 'reply', text: '220-hello\none\n' })
  })

  test('times out where the server does not close, and keeps what arrived', async () => {
    const server = await answering((socket) => socket.write('one'))
    const ended = await met(server.port, { replyUntil: 'half-close', ...SHORT })
    expect(ended).toEqual({ kind: 'timeout', incomplete: 'one' })
  })
})

describe('a connection that is not answered', () => {
  test('is refused', async () => {
    expect(await met(await closedPort())).toEqual({ kind: 'refused' })
  })

  test('is reset before the reply', async () => {
    const server = await answering((socket) => socket.resetAndDestroy())
    expect(await met(server.port)).toEqual({ kind: 'reset' })
  })

  test('is reset in the middle of the reply', async () => {
    const server = await answering((socket) =>
      socket.write('one hel', () => setImmediate(() => socket.resetAndDestroy())),
    )
    expect(await met(server.port)).toEqual({ kind: 'reset', incomplete: 'one hel' })
  })

  test('is closed without a reply', async () => {
    const server = await answering((socket) => socket.end())
    expect(await met(server.port)).toEqual({ kind: 'closed' })
  })

  test.each<[string, (socket: Socket) => void]>([
    ['is accepted and never answered', () => undefined],
    ['gets half a line and nothing more', (socket) => socket.write('one hel')],
    [
      'gets a byte now and then',
      (socket) => {
        const drip = setInterval(() => socket.write('o'), 5)
        socket.once('end', () => clearInterval(drip))
      },
    ],
  ])('%s: it times out', async (_, serve) => {
    const server = await answering(serve)
    expect(await met(server.port, SHORT)).toMatchObject({ kind: 'timeout' })
    await server.allClosed()
  })

  test('is not established while the server accepts none', async () => {
    expect(await met(await fullServer(), SHORT)).toEqual({ kind: 'connect timeout' })
  })

  test('for any other reason names it', async () => {
    const ended = await met(9, { addresses: ['no such address'] })
    expect(ended).toMatchObject({ kind: 'failed', why: expect.stringMatching(/^E[A-Z_]+$/) })
  })

  test.each([
    ['refused', undefined, 'refused'],
    ['reset', (socket: Socket) => socket.resetAndDestroy(), 'reset'],
    ['closed', (socket: Socket) => socket.end(), 'closed'],
    ['never answered', () => undefined, 'timeout'],
    ['answered unknowably', (socket: Socket) => socket.end('x\n'), 'unknown reply'],
  ])('%s is a class of its own: %s', async (_, serve, why) => {
    const port = serve === undefined ? await closedPort() : (await answering(serve)).port
    const ended = await met(port, why === 'timeout' ? SHORT : {})
    expect(classifyOnce(ended, EXPECT)).toMatchObject({
      kind: 'unclassified',
      why,
    })
  })
})

describe('connections', () => {
  test('take the addresses in turn', async () => {
    const first = await answering((socket) => socket.write('one\n'))
    const second = await tcpServer((socket) => socket.once('data', () => socket.write('two\n')), {
      host: '127.0.0.2',
      port: first.port,
    })
    const dial = dialTo(first.port, { addresses: ['127.0.0.1', '127.0.0.2'] })
    const replies: ConnectionOutcome[] = []
    for (const _ of [1, 2, 3]) replies.push(await new Promise((resolve) => dial(resolve)))
    expect(replies.map((each) => (each.kind === 'reply' ? each.text : ''))).toEqual([
      'one',
      'two',
      'one',
    ])
    expect(second.accepted()).toBe(1)
  })

  test('many at once each get their own reply', async () => {
    const server = await answering((socket, replyCounts) => socket.write(`one ${replyCounts}`))
    const replies = await Promise.all(
      Array.from({ length: 200 }, (_, number) =>
        met(server.port, { payload: Buffer.from(`${number}\n`) }),
      ),
    )
    expect(replies).toEqual(replies.map((_, number) => ({ kind: 'reply', text: `one ${number}` })))
  })

  test('that are dropped close their sockets and never report an outcome', async () => {
    const ends: ConnectionOutcome[] = []
    const server = await tcpServer(() => undefined)
    const dial = dialTo(server.port)
    const drops = Array.from({ length: 10 }, () => dial((each) => ends.push(each)))
    while (server.accepted() < 10) await new Promise((resolve) => setImmediate(resolve))
    for (const drop of drops) drop()
    await server.allClosed()
    expect(ends).toEqual([])
  })

  test('that are over can be dropped, which the next one does not notice', async () => {
    const server = await answering((socket) => socket.write('one hello\n'))
    const dial = dialTo(server.port)
    const answered = () => {
      let drop: () => void = () => undefined
      const ended = new Promise<ConnectionOutcome>((resolve) => {
        drop = dial(resolve)
      })
      return { ended, drop }
    }
    const first = answered()
    await first.ended
    const second = answered()
    first.drop()
    expect(await second.ended).toEqual({ kind: 'reply', text: 'one hello' })
    second.drop()
    expect(await answered().ended).toEqual({ kind: 'reply', text: 'one hello' })
  })

  test('begin with nothing of those before them, however these ended', async () => {
    const answers = ['half a l', 'one hello\n', '', 'one \n\n\n', 'on', 'two hello\n']
    let count = 0
    const server = await answering((socket) => socket.end(answers[count++] ?? ''))
    const dial = dialTo(server.port)
    const replies: ConnectionOutcome[] = []
    for (const _ of answers)
      replies.push(await new Promise<ConnectionOutcome>((resolve) => dial(resolve)))
    expect(replies).toEqual([
      { kind: 'reply', text: 'half a l', unfinished: true },
      { kind: 'reply', text: 'one hello' },
      { kind: 'closed' },
      { kind: 'reply', text: 'one ', whole: 'one \n\n\n' },
      { kind: 'reply', text: 'on', unfinished: true },
      { kind: 'reply', text: 'two hello' },
    ])
  })

  test('with a payload of many segments send all of it at once', async () => {
    const payload = Buffer.from(`${'x'.repeat(100_000)}\n`)
    const server = await tcpServer((socket) => {
      let replyCounts = 0
      socket.on('data', (data) => {
        replyCounts += data.length
        if (replyCounts === payload.length) socket.write('one\n')
      })
    })
    expect(await met(server.port, { payload })).toEqual({ kind: 'reply', text: 'one' })
  })

  test('that are dropped before they are connected never report an outcome', async () => {
    const ends: ConnectionOutcome[] = []
    const dial = dialTo(await closedPort())
    dial((each) => ends.push(each))()
    // What is dialled later is refused later.
    await met(await closedPort())
    expect(ends).toEqual([])
  })

  test("beyond the client's own files are the client's limit, no fault of the gateway", async () => {
    const server = await tcpServer(() => undefined)
    const script = fileURLToPath(new URL('support/few-files.ts', import.meta.url))
    const limited = 'ulimit -n 40; exec "$0" "$@"'
    const words = ['-c', limited, process.execPath, script, String(server.port), '60']
    const { stdout } = await promisify(execFile)('sh', words)
    const ends: ConnectionOutcome[] = JSON.parse(stdout)
    const limits = ends.filter(({ kind }) => kind === 'client-limit')
    expect(limits[0]).toEqual({ kind: 'client-limit', why: 'EMFILE' })
    expect(limits.length).toBeGreaterThan(20)
    expect(ends.filter(({ kind }) => kind !== 'client-limit' && kind !== 'timeout')).toEqual([])
  })
})

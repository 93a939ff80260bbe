import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ConnectionOutcome, Dial } from '../../../../src/evidence/probe/connection-outcome.ts'
import { startMatching } from '../../../../src/evidence/probe/match-replies.ts'
import { type TcpDialSettings, tcpDial } from '../../../../src/evidence/probe/tcp/tcp-dial.ts'
import { closedPort, type TcpServer, tcpServer } from '../support/servers.ts'

const LINE_FEED = Buffer.from('\n')
/** More than the system takes before somebody reads it. */
const LONG_PAYLOAD = Buffer.from('0123456789'.repeat(1_000_000))

function dialTo(port: number, settings: Partial<TcpDialSettings> = {}): Dial {
  return tcpDial({
    addresses: ['127.0.0.1'],
    port,
    payload: LINE_FEED,
    replyUntil: 'newline',
    match: startMatching([]),
    timeoutMs: 60_000,
    ...settings,
  })
}

const meet = (dial: Dial) => new Promise<ConnectionOutcome>((resolve) => dial(resolve))
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** The sockets that connect until the test ends: for each connection the number of its socket. */
function connecting(): number[] {
  const numbers: number[] = []
  const sockets: Socket[] = []
  const note = (message: unknown) => {
    const socket: unknown = Reflect.get(Object(message), 'socket')
    if (!(socket instanceof Socket)) return
    if (!sockets.includes(socket)) sockets.push(socket)
    numbers.push(sockets.indexOf(socket))
  }
  subscribe('net.client.socket', note)
  onTestFinished(() => {
    unsubscribe('net.client.socket', note)
  })
  return numbers
}

type Course = {
  /** What the server does with the so many-th connection once it has heard from it. */
  serve(socket: Socket, number: number): void
  /** What the client has met then; undefined: nothing, until it drops the connection. */
  meets(number: number): ConnectionOutcome | undefined
}

const line = (number: number): ConnectionOutcome => ({ kind: 'reply', text: `one ${number}` })

const COURSES = {
  'is answered': {
    serve: (socket, number) => socket.write(`one ${number}\n`),
    meets: line,
  },
  'is answered with more than a line': {
    serve: (socket, number) => socket.write(`one ${number}\ntwo\nhalf a l`),
    meets: (number) => ({ ...line(number), whole: `one ${number}\ntwo\nhalf a l` }),
  },
  'is answered, and told more when it is over': {
    serve(socket, number) {
      socket.write(`one ${number}\n`)
      socket.once('end', () => socket.write('late\n'))
    },
    meets: line,
  },
  'is answered and closed at once': {
    serve: (socket, number) => socket.end(`one ${number}\n`),
    meets: line,
  },
  'is answered in two packets': {
    serve(socket, number) {
      socket.setNoDelay()
      socket.write('one ', () => setImmediate(() => socket.write(`${number}\n`)))
    },
    meets: line,
  },
  'is answered before its payload was read': {
    serve(socket, number) {
      socket.pause()
      socket.write(`one ${number}\n`)
    },
    meets: line,
  },
  'gets half a line and the end': {
    serve: (socket) => socket.end('half'),
    meets: () => ({ kind: 'reply', text: 'half', unfinished: true }),
  },
  'is closed without a word': {
    serve: (socket) => socket.end(),
    meets: () => ({ kind: 'closed' }),
  },
  'is reset': {
    serve: (socket) => socket.resetAndDestroy(),
    meets: () => ({ kind: 'reset' }),
  },
  'is dropped with half a line': {
    serve: (socket) => socket.write('half'),
    meets: () => undefined,
  },
} satisfies Record<string, Course>

type CourseName = keyof typeof COURSES
const NAMES = Object.keys(COURSES).filter((name): name is CourseName => name in COURSES)

/** Serves each connection as the list says. What is heard of each must be the payload from its first byte. */
async function serving(names: readonly CourseName[], payload: Buffer): Promise<TcpServer> {
  let count = 0
  return tcpServer((socket) => {
    const number = count++
    const name = names[number]
    let replyCounts = 0
    socket.on('data', (data: Buffer) => {
      expect(data.equals(payload.subarray(replyCounts, replyCounts + data.length))).toBe(true)
      if (replyCounts === 0 && name !== undefined) COURSES[name].serve(socket, number)
      replyCounts += data.length
    })
  })
}

/** Dials once for each course, one after the other: what is met must be what this one's server did. */
async function follow(names: readonly CourseName[], settings: Partial<TcpDialSettings>) {
  const server = await serving(names, Buffer.from(settings.payload ?? LINE_FEED))
  const dial = dialTo(server.port, settings)
  for (const [number, name] of names.entries()) {
    const expected = COURSES[name].meets(number)
    if (expected !== undefined) {
      expect(await meet(dial), `${name}, number ${number} of ${names.join(', ')}`).toEqual(expected)
      continue
    }
    const drop = dial((met) => expect.fail(`${name} has met ${met.kind}`))
    while (server.accepted() <= number) await turn()
    drop()
    await server.allClosed()
  }
}

describe('a connection after another', () => {
  test('uses its socket where that was answered, and a new one after anything else', async () => {
    const sockets = connecting()
    await follow(['is answered', 'is answered', 'is reset', 'is closed without a word'], {})
    expect(sockets).toEqual([0, 0, 0, 1])
    await follow(['gets half a line and the end', 'is dropped with half a line', 'is answered'], {})
    expect(sockets).toEqual([0, 0, 0, 1, 2, 3, 4])
  })

  test('uses a new socket after a half-close, as that one can send nothing more', async () => {
    const sockets = connecting()
    const twice = ['is answered and closed at once', 'is answered and closed at once'] as const
    const server = await serving(twice, LINE_FEED)
    const dial = dialTo(server.port, { replyUntil: 'half-close' })
    expect([await meet(dial), await meet(dial)]).toEqual([
      { kind: 'reply', text: 'one 0\n' },
      { kind: 'reply', text: 'one 1\n' },
    ])
    expect(sockets).toEqual([0, 1])
  })

  test('uses its socket too where that was reset after the answer', async () => {
    const sockets = connecting()
    await follow(Array(4).fill('is answered'), { ordinaryCloses: 1 })
    expect(sockets).toEqual([0, 0, 0, 0])
  })

  test.each(NAMES)('that %s meets its own server and nothing of the other', async (name) => {
    for (const payload of [LINE_FEED, LONG_PAYLOAD])
      for (const ordinaryCloses of [0, 10])
        await follow([name, 'is answered', name, name, 'is answered'], { payload, ordinaryCloses })
  })

  test('meets its own server and nothing of the other, whatever has happened in whatever order', async () => {
    const names = fc.array(fc.constantFrom(...NAMES), { maxLength: 20 })
    const closes = fc.nat({ max: 20 })
    await fc.assert(
      fc.asyncProperty(names, closes, (given, ordinaryCloses) => follow(given, { ordinaryCloses })),
      { seed: 1, numRuns: 60 },
    )
  })

  test('has its own time limit, although that before was in time', async () => {
    const server = await serving(['is answered', 'is dropped with half a line'], LINE_FEED)
    const dial = dialTo(server.port, { timeoutMs: 300 })
    expect([await meet(dial), await meet(dial)]).toMatchObject([line(0), { kind: 'timeout' }])
  })

  test('goes to its own address, although that before went to another', async () => {
    const server = await serving(['is answered', 'is answered'], LINE_FEED)
    const dial = dialTo(server.port, { addresses: ['127.0.0.1', '127.0.0.2', '127.0.0.1'] })
    const met = [await meet(dial), await meet(dial), await meet(dial)]
    expect(met).toEqual([line(0), { kind: 'refused' }, line(1)])
  })

  test('is refused, and again, and has each time a new socket', async () => {
    const sockets = connecting()
    const dial = dialTo(await closedPort())
    expect([await meet(dial), await meet(dial)]).toEqual(Array(2).fill({ kind: 'refused' }))
    expect(sockets).toEqual([0, 1])
  })
})

test('of many lanes each connection gets its own reply, by no more sockets than were in flight', async () => {
  const sockets = connecting()
  const answered = NAMES.filter((name) => COURSES[name].meets === line)
  const names = Array.from({ length: 10 }, () => answered).flat()
  const server = await serving(names, LINE_FEED)
  const dial = dialTo(server.port)
  const met: ConnectionOutcome[] = []
  let left = names.length
  async function oneAfterTheOther(): Promise<void> {
    while (left-- > 0) met.push(await meet(dial))
  }
  await Promise.all(Array.from({ length: 8 }, oneAfterTheOther))
  const texts = met.map((each) => (each.kind === 'reply' ? each.text : each.kind))
  expect(texts.toSorted()).toEqual(names.map((_, number) => `one ${number}`).toSorted())
  expect(new Set(sockets).size).toBe(8)
})

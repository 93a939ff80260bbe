import type { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dialTo, replyTo, textsOf } from '../support/kept-http-dial.ts'
import { metInTurn, requestServer, sampled } from '../support/kept-requests.ts'

const KIB_64 = 64 * 1024

type Course = {
  /** What the server does with the so many-th request. */
  serve(socket: Socket, number: number): void
  /** What the client has met then; 'stale': it sends the request again if the connection had carried another one. */
  meets: 'reply' | 'cut reply' | 'failed' | 'stale closed' | 'stale reset'
  /** Whether the connection carries the next request. */
  keeps: boolean
}

const COURSES = {
  'is answered': {
    serve: (socket, number) => socket.write(replyTo(number)),
    meets: 'reply',
    keeps: true,
  },
  'is answered in chunks, and with a trailer': {
    serve: (socket, number) =>
      socket.write(
        `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${`${number}`.length}\r\n${number}\r\n0\r\nx-a: b\r\n\r\n`,
      ),
    meets: 'reply',
    keeps: true,
  },
  'is answered after an informational reply': {
    serve: (socket, number) =>
      socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${replyTo(number)}`),
    meets: 'reply',
    keeps: true,
  },
  'is answered over HTTP/1.0 that keeps the connection': {
    serve: (socket, number) =>
      socket.write(replyTo(number, 'connection: keep-alive\r\n').replace('1.1', '1.0')),
    meets: 'reply',
    keeps: true,
  },
  'is answered in two packets': {
    serve(socket, number) {
      const reply = replyTo(number)
      socket.write(reply.slice(0, 9), () => setImmediate(() => socket.write(reply.slice(9))))
    },
    meets: 'reply',
    keeps: true,
  },
  'is answered with connection: close, by a server that leaves the closing to the client': {
    serve: (socket, number) => socket.write(replyTo(number, 'Connection: Close\r\n')),
    meets: 'reply',
    keeps: false,
  },
  'is answered over HTTP/1.0': {
    serve: (socket, number) => socket.write(replyTo(number).replace('1.1', '1.0')),
    meets: 'reply',
    keeps: false,
  },
  'is answered up to the end of the connection': {
    serve: (socket, number) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${number}`),
    meets: 'reply',
    keeps: false,
  },
  'is answered, and the connection is closed while it is idle': {
    serve: (socket, number) => socket.end(replyTo(number)),
    meets: 'reply',
    keeps: false,
  },
  'is answered with more than the reply': {
    serve: (socket, number) => socket.write(`${replyTo(number)}${replyTo(999)}`),
    meets: 'reply',
    keeps: false,
  },
  'is answered with a body that is longer than what is read of it': {
    serve: (socket) =>
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${KIB_64 + 1}\r\n\r\n${'x'.repeat(KIB_64)}`),
    meets: 'cut reply',
    keeps: false,
  },
  'gets half a reply and the end': {
    serve: (socket) => socket.end('HTTP/1.1 200 O'),
    meets: 'failed',
    keeps: false,
  },
  'gets the end': {
    serve: (socket) => socket.end(),
    meets: 'stale closed',
    keeps: false,
  },
  'gets a reset': {
    serve: (socket) => socket.resetAndDestroy(),
    meets: 'stale reset',
    keeps: false,
  },
} satisfies Record<string, Course>

type CourseName = keyof typeof COURSES
const NAMES = Object.keys(COURSES).filter((name): name is CourseName => name in COURSES)
const courseOf = (names: readonly CourseName[], number: number): Course =>
  COURSES[names[number] ?? 'is answered']

/** What one request after another meets if the server serves so those that it reads. */
function expected(names: readonly CourseName[], samples: number) {
  const outcomes: string[] = []
  const connections: number[] = []
  let number = 0
  let connection = -1
  let isKept = false
  let repeats = 0
  while (outcomes.length < samples) {
    if (!isKept) connection += 1
    connections.push(connection)
    const { meets, keeps } = courseOf(names, number)
    const isStale = meets.startsWith('stale') && isKept
    if (isStale) repeats += 1
    else if (meets === 'reply') outcomes.push(`${number}`)
    else if (meets === 'cut reply') outcomes.push('x'.repeat(KIB_64))
    else outcomes.push(meets.replace('stale ', ''))
    // With one in flight at once, connections are kept until one is closed in place of a reply.
    isKept = keeps && repeats === 0
    number += 1
  }
  return { outcomes, connections }
}

async function follow(names: readonly CourseName[]): Promise<void> {
  const server = await requestServer((socket, number) =>
    courseOf(names, number).serve(socket, number),
  )
  const kept = dialTo(server.port)
  const samples = Math.max(1, names.length)
  const met = await metInTurn(kept.dial, samples)
  kept.close()
  const { outcomes, connections } = expected(names, samples)
  expect(textsOf(met), names.join(', ')).toEqual(outcomes)
  // Whether the client notices such an end before its next request is a matter of chance.
  if (!names.includes('is answered, and the connection is closed while it is idle'))
    expect(server.heard.map(({ connection }) => connection)).toEqual(connections)
  await server.allClosed()
}

describe('requests on kept connections', () => {
  test.each(NAMES)('meet their own reply, where one before them %s', async (name) => {
    await follow([name, 'is answered', name, name, 'is answered'])
    await follow(['is answered', name, 'is answered', 'is answered'])
  })

  test('meet their own reply, whatever has happened in whatever order', async () => {
    const names = fc.array(fc.constantFrom(...NAMES), { maxLength: 20 })
    await fc.assert(fc.asyncProperty(names, follow), { seed: 1, numRuns: 60 })
  })

  test('are each counted once, with so many in flight, whatever the server does', async () => {
    const names = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 30 })
    const concurrencies = fc.integer({ min: 1, max: 8 })
    const property = fc.asyncProperty(names, concurrencies, async (given, concurrency) => {
      const nameOf = (number: number) => given[number % given.length] ?? 'is answered'
      const server = await requestServer((socket, number) =>
        COURSES[nameOf(number)].serve(socket, number),
      )
      const met = await sampled(dialTo(server.port), { samples: 60, concurrency })
      expect(met).toHaveLength(60)
      const served = server.heard.map((_, number) => courseOf([nameOf(number)], 0))
      const answered = served.flatMap(({ meets }, number) =>
        meets === 'reply' ? [`${number}`] : [],
      )
      const replies = textsOf(met).filter((text) => /^\d+$/.test(text))
      expect(replies.toSorted()).toEqual(answered.toSorted())
      // Whatever else was served is the outcome of a request, unless that was sent again.
      const repeats = server.heard.length - 60
      expect(repeats).toBeGreaterThanOrEqual(0)
      expect(repeats).toBeLessThanOrEqual(2 * concurrency)
      const lost = textsOf(met).filter((text) => text === 'closed' || text === 'reset').length
      expect(served.filter(({ meets }) => meets.startsWith('stale'))).toHaveLength(lost + repeats)
      await server.allClosed()
    })
    await fc.assert(property, { seed: 2, numRuns: 40 })
  })
})

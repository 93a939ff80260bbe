import {
  createSecureServer,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listening } from '../../../../kit/build/listening.ts'
import { certificateFor } from '../../../../sandbox/api/certificate.ts'
import type { ConnectionOutcome } from '../../../../src/evidence/probe/connection-outcome.ts'
import {
  type Http2DialSettings,
  keptHttp2Dial,
} from '../../../../src/evidence/probe/http/http2-dial.ts'
import { http2Request } from '../../../../src/evidence/probe/http/http2-request.ts'
import { metInTurn, sampled } from '../support/kept-requests.ts'

const HOST = 'shop.example'
const KIB_64 = 64 * 1024
const asked = (method: string) => ({
  method,
  path: '/',
  authority: HOST,
  headers: [],
  tls: undefined,
})

function dialTo(port: number, more: Partial<Http2DialSettings> = {}, mostIdleMs?: number) {
  const settings: Http2DialSettings = {
    addresses: ['127.0.0.1'],
    port,
    request: http2Request(asked('GET')),
    tls: undefined,
    timeoutMs: 60_000,
    ...more,
  }
  return keptHttp2Dial(settings, mostIdleMs)
}

type Course = {
  serve(stream: ServerHttp2Stream, number: number): void
  meets: 'reply' | 'cut reply' | 'failed' | 'stale'
}

function answer(stream: ServerHttp2Stream, number: number): void {
  stream.respond({ ':status': 200 })
  stream.end(`${number}`)
}

const sessionOf = (stream: ServerHttp2Stream) => stream.session as ServerHttp2Session

const COURSES = {
  'is answered': { serve: answer, meets: 'reply' },
  'is answered without a body': {
    serve: (stream, number) =>
      stream.respond({ ':status': 200, 'x-number': `${number}` }, { endStream: true }),
    meets: 'reply',
  },
  'is answered, and the server goes away': {
    serve(stream, number) {
      answer(stream, number)
      sessionOf(stream).close()
    },
    meets: 'reply',
  },
  'is answered, and the connection is reset': {
    serve(stream, number) {
      const session = sessionOf(stream)
      answer(stream, number)
      stream.on('close', () => session.socket.destroy())
    },
    meets: 'reply',
  },
  'is answered with a body that is longer than what is read of it': {
    serve(stream) {
      stream.respond({ ':status': 200 })
      stream.write('x'.repeat(KIB_64 + 9))
    },
    meets: 'cut reply',
  },
  'is refused': { serve: (stream) => stream.close(7), meets: 'failed' },
  'gets half a reply and the end of the connection': {
    serve(stream) {
      const session = sessionOf(stream)
      stream.respond({ ':status': 200 })
      stream.write('on', () => setImmediate(() => session.destroy()))
    },
    meets: 'failed',
  },
  'gets the end of the connection': {
    serve: (stream) => sessionOf(stream).destroy(),
    meets: 'stale',
  },
} satisfies Record<string, Course>

type CourseName = keyof typeof COURSES
const NAMES = Object.keys(COURSES).filter((name): name is CourseName => name in COURSES)

/** A server that counts what it serves. */
async function serving(
  nameOf: (number: number) => CourseName,
  server: Http2Server = createServer(),
) {
  let requests = 0
  let sessions = 0
  let open = 0
  const served: Course[] = []
  server.on('session', (session) => {
    sessions += 1
    open += 1
    session.on('error', () => undefined)
    session.on('close', () => {
      open -= 1
    })
  })
  let atOnce = 0
  const busy = new WeakSet<ServerHttp2Session>()
  server.on('stream', (stream) => {
    const session = sessionOf(stream)
    if (busy.has(session)) atOnce += 1
    busy.add(session)
    stream.on('error', () => undefined)
    // The client may send the next request as soon as it has the reply.
    const end = stream.end.bind(stream)
    stream.end = ((...given: Parameters<typeof end>) => {
      busy.delete(session)
      return end(...given)
    }) as typeof stream.end
    const course = COURSES[nameOf(requests)]
    served.push(course)
    if (course !== COURSES['is answered']) busy.delete(session)
    course.serve(stream, requests++)
  })
  const port = await listening(server)
  return { port, served, sessions: () => sessions, open: () => open, atOnce: () => atOnce }
}

function numberIn(outcome: ConnectionOutcome): string {
  if (outcome.kind !== 'reply') return outcome.kind
  return outcome.head?.headers['x-number'] ?? outcome.text
}

describe('requests over HTTP/2 on kept connections', () => {
  test('go one after another on the same one, which is closed at the end', async () => {
    const server = await serving(() => 'is answered')
    const kept = dialTo(server.port)
    expect((await metInTurn(kept.dial, 4)).map(numberIn)).toEqual(['0', '1', '2', '3'])
    expect([server.sessions(), server.open()]).toEqual([1, 1])
    kept.close()
    await expect.poll(server.open).toBe(0)
  })

  test.each(NAMES)('meet their own reply, where one before them %s', async (name) => {
    const names = ['is answered', name, 'is answered', 'is answered'] as const
    const server = await serving((number) => names[number] ?? 'is answered')
    const kept = dialTo(server.port)
    const { meets } = COURSES[name]
    const second = { reply: '1', 'cut reply': 'x'.repeat(KIB_64), failed: 'failed', stale: '2' }
    const met = (await metInTurn(kept.dial, 3)).map(numberIn)
    expect(met.slice(0, 2)).toEqual(['0', second[meets]])
    expect(met[2]).toMatch(meets === 'stale' ? /^3$/ : /^2$/)
    kept.close()
    await expect.poll(server.open).toBe(0)
  })

  test('are each counted once, with so many in flight, whatever the server does', async () => {
    const names = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 20 })
    const concurrencies = fc.integer({ min: 1, max: 8 })
    const property = fc.asyncProperty(names, concurrencies, async (given, concurrency) => {
      const server = await serving((number) => given[number % given.length] ?? 'is answered')
      const met = await sampled(dialTo(server.port), { samples: 40, concurrency })
      expect(met).toHaveLength(40)
      const answered = server.served.flatMap(({ meets }, number) =>
        meets === 'reply' ? [`${number}`] : [],
      )
      const replies = met.map(numberIn).filter((text) => /^\d+$/.test(text))
      expect(replies.toSorted()).toEqual(answered.toSorted())
      const repeats = server.served.length - 40
      expect(repeats).toBeGreaterThanOrEqual(0)
      expect(repeats).toBeLessThanOrEqual(2 * concurrency)
      expect(server.atOnce()).toBe(0)
      await expect.poll(server.open).toBe(0)
    })
    await fc.assert(property, { seed: 3, numRuns: 25 })
  })

  test('have no more connections than are in flight', async () => {
    const server = await serving(() => 'is answered')
    await sampled(dialTo(server.port), { samples: 600, concurrency: 8 })
    expect(server.sessions()).toBe(8)
    expect(server.atOnce()).toBe(0)
    await expect.poll(server.open).toBe(0)
  })

  test('are TLS connections with one handshake each', async () => {
    const { authority, certificate, key } = await certificateFor('shop', [HOST])
    const secure = createSecureServer({ cert: certificate, key })
    const server = await serving(() => 'is answered', secure)
    const tls = { serverName: HOST, ca: authority, client: undefined, insecure: false }
    const request = http2Request({ ...asked('GET'), tls })
    const met = await sampled(dialTo(server.port, { tls, request }), {
      samples: 60,
      concurrency: 4,
    })
    expect(
      met
        .map(numberIn)
        .map(Number)
        .toSorted((a, b) => a - b),
    ).toEqual([...Array(60).keys()])
    expect(server.sessions()).toBe(4)
  })

  test('that may not be served twice are repeated only where the server says that it did not serve them', async () => {
    const request = http2Request(asked('POST'))
    const names = ['is answered', 'gets the end of the connection'] as const
    const cutting = await serving((number) => names[number] ?? 'is answered')
    const cut = dialTo(cutting.port, { request })
    expect((await metInTurn(cut.dial, 3)).map(numberIn)).toEqual(['0', 'failed', '2'])
    cut.close()

    const server = createServer()
    let requests = 0
    server.on('stream', (stream) => {
      const number = requests++
      stream.on('error', () => undefined)
      // Its id is 3, so the server says that it has served the first request alone.
      if (number === 1) stream.session?.goaway(0, 1)
      else answer(stream, number)
    })
    const going = dialTo(await listening(server), { request })
    expect((await metInTurn(going.dial, 3)).map(numberIn)).toEqual(['0', '2', '3'])
    going.close()
  })

  test('use no connection that has been idle for long', async () => {
    const server = await serving(() => 'is answered')
    const kept = dialTo(server.port, {}, 0)
    const aWhile = () => new Promise((resolve) => setTimeout(resolve, 2))
    await metInTurn(kept.dial, 3, aWhile)
    expect(server.sessions()).toBe(3)
    kept.close()
  })

  test('that time out or are dropped take their connection with them', async () => {
    const server = createServer()
    let requests = 0
    const sessions = new Set<unknown>()
    server.on('stream', (stream) => {
      sessions.add(stream.session)
      stream.on('error', () => undefined)
      if (requests++ !== 1) answer(stream, requests - 1)
    })
    const kept = dialTo(await listening(server), { timeoutMs: 400 })
    expect((await metInTurn(kept.dial, 3)).map(numberIn)).toEqual(['0', 'timeout', '2'])
    expect(sessions.size).toBe(2)
    kept.close()
  })
})

import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listening } from '../../../kit/build/listening.ts'
import { gate } from '../../../kit/run/gate.ts'
import {
  type FollowSettings,
  followLog,
  type LineMeaning,
} from '../../../src/kube/jobs/follow-log.ts'
import { startLines, timedLine } from '../../../src/kube/jobs/log-lines.ts'
import { apiOf, NEVER } from '../support/cluster.ts'
import { kubeconfigFor } from '../support/kubeconfig.ts'

const CONTAINER = { namespace: 'demo', pod: 'probe-0', container: 'probe' }
const PATH = '/api/v1/namespaces/demo/pods/probe-0/log?container=probe&follow=true&timestamps=true'
const QUICK = { pausesMs: [1, 1] as const, signal: NEVER }

type Serve = (response: ServerResponse, url: string) => unknown

/** An API server that answers each request for the log in turn, and every further one as the last. */
async function logServer(...script: Serve[]) {
  const urls: string[] = []
  const server = createServer((request, response) => {
    const serve = script[Math.min(urls.length, script.length - 1)]
    urls.push(request.url ?? '')
    serve?.(response, request.url ?? '')
  })
  const port = await listening(server)
  return { api: apiOf(kubeconfigFor(`http://127.0.0.1:${port}`)), urls, server }
}

/** The reader of numbered lines, as the prober writes them: `0`, `1`, ... and `end`. */
function reading() {
  const lines: string[] = []
  let next = 0
  const onLine = (line: string): LineMeaning => {
    if (line === 'end') return 'last'
    const number = Number(line)
    if (!(number >= next)) return 'known'
    if (number > next) return 'gap'
    next += 1
    lines.push(line)
    return 'new'
  }
  return { lines, onLine }
}

/** Lines of the log as the API server sends them, one a second. */
function timed(...lines: string[]): string {
  return lines.map((line) => `${timeOf(Number(line) || 0)} ${line}\n`).join('')
}

function timeOf(second: number): string {
  return `2026-11-27T10:00:${String(second).padStart(2, '0')}.123456789Z`
}

async function follow(
  serving: Awaited<ReturnType<typeof logServer>>,
  more: Partial<FollowSettings> = {},
) {
  const { lines, onLine } = reading()
  const end = await followLog(serving.api, CONTAINER, { ...QUICK, onLine, ...more })
  return { lines, end }
}

describe('a log that is followed', () => {
  test('is read to its last line, and lines of others in it do no harm', async () => {
    const serving = await logServer((response) =>
      response.end(
        `${timed('0')}Warning: something\n${timed('1', '2')}\n\xff\xfe\n${timed('end')}`,
      ),
    )
    expect(await follow(serving)).toEqual({ lines: ['0', '1', '2'], end: { kind: 'ended' } })
    expect(serving.urls).toEqual([PATH])
  })

  test('that is cut off in the middle of a line is read again from the second of its last line', async () => {
    const serving = await logServer(
      (response) =>
        response.write(timed('0', '1') + timed('2').slice(0, -3), () => response.destroy()),
      (response) => response.end(timed('1', '2', '3', 'end')),
    )
    expect(await follow(serving)).toEqual({ lines: ['0', '1', '2', '3'], end: { kind: 'ended' } })
    expect(serving.urls).toEqual([PATH, `${PATH}&sinceTime=2026-11-27T10%3A00%3A01Z`])
  })

  test('is read to its end through an API server that closes each connection after a few lines', async () => {
    const all = Array.from({ length: 50 }, (_, index) => String(index))
    const serving = await logServer((response, url) => {
      const [, second = '00'] = /%3A(\d\d)Z/.exec(url) ?? []
      const from = Number(second)
      const some = all.slice(from, from + 3)
      response.end(timed(...some, ...(some.length < 3 ? ['end'] : [])))
    })
    expect(await follow(serving)).toEqual({ lines: all, end: { kind: 'ended' } })
    expect(serving.urls.length).toBeGreaterThan(20)
  })

  test('is lost when a line is missing, as after a rotation', async () => {
    const serving = await logServer(
      (response) => response.end(timed('0', '1')),
      (response) => response.end(timed('5', '6')),
    )
    const { lines, end } = await follow(serving)
    expect(lines).toEqual(['0', '1'])
    expect(end).toEqual({ kind: 'lost', why: 'lines of its log are missing' })
  })

  test('is lost when two streams in a row end without anything new', async () => {
    const serving = await logServer((response) => response.end(timed('0')))
    const { lines, end } = await follow(serving)
    expect(lines).toEqual(['0'])
    expect(end).toEqual({ kind: 'lost', why: 'its log ended before the Pod was done' })
    expect(serving.urls).toHaveLength(3)
  })

  test.each([404, 410, 403])('is lost at once when the API server answers %d', async (status) => {
    const body = { kind: 'Status', message: 'pods "probe-0" not found', reason: 'NotFound' }
    const serving = await logServer(
      (response) => response.end(timed('0')),
      (response) => response.writeHead(status).end(JSON.stringify(body)),
    )
    const { end } = await follow(serving)
    expect(end).toMatchObject({ kind: 'lost', status })
    expect(serving.urls).toHaveLength(2)
  })

  test('is opened again when its stream is silent', async () => {
    const serving = await logServer(
      (response) => response.write(timed('0')),
      (response) => response.end(timed('1', 'end')),
    )
    expect(await follow(serving, { quietMs: 50 })).toEqual({
      lines: ['0', '1'],
      end: { kind: 'ended' },
    })
  })

  test('ends with the signal, and so does its connection', async () => {
    const stopping = new AbortController()
    const closed = gate()
    const serving = await logServer((response) => {
      response.write(timed('0'))
      response.on('close', () => closed.open())
    })
    const { onLine } = reading()
    const end = await followLog(serving.api, CONTAINER, {
      signal: stopping.signal,
      onLine(line) {
        stopping.abort()
        return onLine(line)
      },
    })
    expect(end).toEqual({ kind: 'stopped' })
    await closed.reached
  })

  test('waits for a reader that is slow, and the API server with it', async () => {
    const LINE = 'x'.repeat(1000)
    const LINES = 50_000
    let sent = 0
    const serving = await logServer(async (response) => {
      for (; sent < LINES; sent += 1)
        if (!response.write(`${LINE}\n`)) await once(response, 'drain')
    })
    const reached = gate()
    const goOn = gate()
    onTestFinished(() => goOn.open())
    const stopping = new AbortController()
    const following = followLog(serving.api, CONTAINER, {
      signal: stopping.signal,
      async onLine(): Promise<LineMeaning> {
        reached.open()
        await goOn.reached
        return 'known'
      },
    })
    await reached.reached
    // The server fills all buffers on the way, and then no more.
    for (let before = -1; before !== sent; ) {
      before = sent
      for (let turns = 0; turns < 100; turns += 1) await turn()
    }
    expect(sent).toBeLessThan(LINES)
    stopping.abort()
    goOn.open()
    expect(await following).toEqual({ kind: 'stopped' })
  })
})

test('lines are the same however the bytes of a log are cut', () => {
  const bytes = Buffer.from('one\ntwö\n\nthree')
  for (let size = 1; size <= bytes.length; size += 1) {
    const take = startLines()
    const lines: string[] = []
    for (let from = 0; from < bytes.length; from += size)
      lines.push(...take(bytes.subarray(from, from + size)))
    expect(lines).toEqual(['one', 'twö', ''])
  }
})

test('a line that has no end takes no more memory than a long one', () => {
  const take = startLines()
  for (let count = 0; count < 1000; count += 1) take(Buffer.alloc(1000, 'x'))
  const [line = ''] = take(Buffer.from('\n'))
  expect(line.length).toBeLessThanOrEqual(64 * 1024)
})

test.each([
  ['2026-11-27T10:00:01.5Z a b', '2026-11-27T10:00:01Z', 'a b'],
  ['2026-11-27T12:00:01.123456789+02:00 a', '2026-11-27T10:00:01Z', 'a'],
  ['2026-11-27T10:00:01Z ', '2026-11-27T10:00:01Z', ''],
  ['2026-99-27T10:00:01Z a', undefined, 'a'],
  ['no time', undefined, 'no time'],
])('the line "%s" has its time apart', (text, time, line) => {
  expect(timedLine(text)).toEqual({ time, line })
})

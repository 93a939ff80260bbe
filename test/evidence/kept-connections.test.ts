import { connect, createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listening } from '../../kit/build/listening.ts'
import { startClassifying } from '../../src/evidence/probe/classify.ts'
import { httpProbe } from '../../src/evidence/probe/http/http-probe.ts'
import type { HttpProbeSettings } from '../../src/evidence/probe/http/http-probe-settings.ts'
import { startMatching } from '../../src/evidence/probe/match-replies.ts'
import { replySource } from '../../src/evidence/probe/probe-source.ts'
import { sandboxWith } from '../sandbox/support/sandbox.ts'
import { HOST } from '../sandbox/support/web.ts'

const SAMPLES = 400
const CONCURRENCY = 8
const SETTINGS: HttpProbeSettings = {
  kind: 'http',
  method: 'GET',
  path: '/',
  authority: HOST,
  headers: [],
  version: '1.1',
  tls: undefined,
}

/** Samples through the gateway of a sandbox: where they went, and how many connections took them there. */
async function sampling(
  settings: Partial<HttpProbeSettings>,
  budget: { keepsConnections?: boolean },
): Promise<{ shares: number[]; connections: number; openAtTheEnd: () => number }> {
  const { web } = await sandboxWith({ web: { http: { v1: 80, v2: 20 } } })
  let connections = 0
  let open = 0
  const relay = createServer((socket) => {
    connections += 1
    open += 1
    const on = connect(web.http, web.host)
    for (const each of [socket, on])
      each.on('error', () => undefined).on('close', () => [socket, on].map((one) => one.destroy()))
    socket.on('close', () => {
      open -= 1
    })
    socket.pipe(on).pipe(socket)
  })
  const port = await listening(relay)
  const expectations = ['v1', 'v2'].map((destination) => ({
    destination,
    headers: [{ name: 'x-version', pattern: new RegExp(`^${destination}$`) }],
  }))
  const match = startMatching(expectations)
  const source = replySource.open({
    evidence: 'replies',
    probe: httpProbe.withSettings({ ...SETTINGS, ...settings }),
    target: {
      endpoint: { host: '127.0.0.1', port },
      addresses: ['127.0.0.1'],
      match,
      timeoutMs: 10_000,
      environment: {},
    },
    classify: startClassifying({ expect: expectations, redact: (text) => text, match }),
    concurrency: CONCURRENCY,
    paces: [],
    nowMs: () => performance.now(),
  })
  const shares = [0, 0]
  await new Promise<void>((resolve) => {
    let taken = 0
    const started = source.start({ most: () => SAMPLES, ...budget }, ({ destination = -1 }) => {
      shares[destination] = (shares[destination] ?? 0) + 1
      taken += 1
      if (taken < SAMPLES) return
      started.stop()
      resolve()
    })
    onTestFinished(started.stop)
  })
  return { shares, connections, openAtTheEnd: () => open }
}

describe('samples of an http rule', () => {
  test('have a new connection each by default', async () => {
    const { connections } = await sampling({}, {})
    expect(connections).toBe(SAMPLES)
  })

  test.each(['1.1', '2'] as const)(
    'over HTTP/%s share connections where the budget allows it, and show the weights just so',
    async (version) => {
      const budget = { keepsConnections: true }
      const { shares, connections, openAtTheEnd } = await sampling({ version }, budget)
      expect(connections).toBe(CONCURRENCY)
      const [v1 = 0, v2 = 0] = shares
      expect(v1 + v2).toBe(SAMPLES)
      // 80 expected, with a standard deviation of 8.
      expect(v2).toBeGreaterThan(40)
      expect(v2).toBeLessThan(120)
      await expect.poll(openAtTheEnd).toBe(0)
    },
  )

  test('have new connections for POST over HTTP/1.1, which must not be sent again', async () => {
    const { connections } = await sampling({ method: 'POST' }, { keepsConnections: true })
    expect(connections).toBe(SAMPLES)
  })
})

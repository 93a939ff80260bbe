import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listening } from '../../kit/build/listening.ts'
import type { PlannedProbe, PlanSecrets, ProbePlan } from '../../src/evidence/jobs/probe-plan.ts'
import { sandboxWith } from '../sandbox/support/sandbox.ts'
import { HOST } from '../sandbox/support/web.ts'
import { startPod } from './support/pod.ts'

const ONE_AND_TWO = [
  { destination: 'v1', pattern: /^one / },
  { destination: 'v2', pattern: /^two / },
]
const BY_HEADER = ['v1', 'v2'].map((destination) => ({
  destination,
  headers: [{ name: 'x-version', pattern: new RegExp(`^${destination}$`) }],
}))
const TCP: PlannedProbe = { kind: 'tcp', replyUntil: 'newline', payload: base64('hello\n') }
const HTTP: PlannedProbe = {
  kind: 'http',
  method: 'GET',
  path: '/',
  authority: HOST,
  headers: [],
  version: '1.1',
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

function targetAt(host: string, port: number): ProbePlan['target'] {
  return { endpoint: { host, port }, addresses: [] }
}

function planFor(port: number, plan: Partial<ProbePlan> = {}): ProbePlan {
  return {
    target: targetAt('127.0.0.1', port),
    probe: TCP,
    recognition: { expect: ONE_AND_TWO },
    timeoutMs: 10_000,
    concurrency: 8,
    most: 300,
    lastsMs: 60_000,
    ...plan,
  }
}

/** A file with what a Pod gets through a Secret. */
function secretsFile(secrets: PlanSecrets | string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'secret-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'probe.json')
  writeFileSync(file, typeof secrets === 'string' ? secrets : JSON.stringify(secrets))
  return file
}

function shareOf(index: number, classified: readonly ({ kind: string } | undefined)[]): number {
  const fitting = classified.filter((one) => one && 'index' in one && one.index === index)
  return fitting.length / classified.length
}

async function httpServer(answer: RequestListener): Promise<number> {
  return listening(createServer(answer))
}

describe('a Pod that probes', () => {
  test('reports where tcp connections went, and ends after as many as planned', async () => {
    const sandbox = await sandboxWith({ weights: { v1: 80, v2: 20 } })
    const { host, port } = sandbox.gateway
    const run = await startPod(planFor(port, { target: targetAt(host, port) })).ended
    expect(run.status).toBe(0)
    expect(run.events[0]).toMatchObject({ kind: 'hello' })
    expect(run.events.at(-1)).toEqual({ kind: 'ended', why: 'done' })
    expect(run.results).toHaveLength(300)
    expect(run.launchesMs).toHaveLength(300)
    expect(shareOf(0, run.classified) + shareOf(1, run.classified)).toBe(1)
    expect(shareOf(1, run.classified)).toBeGreaterThan(0.1)
    expect(shareOf(1, run.classified)).toBeLessThan(0.3)
  })

  test.each([
    { what: 'http requests', version: '1.1' as const, tls: false },
    { what: 'http requests over TLS', version: '1.1' as const, tls: true },
    { what: 'requests over HTTP/2', version: '2' as const, tls: true },
  ])('reports where $what went, and which of them are errors', async ({ version, tls }) => {
    const { web } = await sandboxWith({ web: { http: { v1: 80, v2: 20 } } })
    const probe: PlannedProbe = {
      ...HTTP,
      version,
      ...(tls ? { tls: { serverName: HOST, ca: web.authority, insecure: false } } : {}),
    }
    const recognition = { expect: BY_HEADER, errors: [{ from: 500, to: 599 }] }
    const target = targetAt(web.host, tls ? web.https : web.http)
    const run = await startPod(planFor(0, { target, probe, recognition })).ended
    expect(shareOf(0, run.classified) + shareOf(1, run.classified)).toBe(1)
    expect(run.classified[0]).toMatchObject({ error: false })
    expect(shareOf(1, run.classified)).toBeGreaterThan(0.1)
  })

  test('reports where gRPC calls went', async () => {
    const { web } = await sandboxWith({ web: { grpc: { v1: 50, v2: 50 } } })
    const probe: PlannedProbe = {
      kind: 'grpc',
      path: '/grpc.health.v1.Health/Check',
      authority: 'grpc.example.com',
      headers: [],
    }
    const recognition = { expect: BY_HEADER, errors: [{ grpc: 'UNAVAILABLE' }] }
    const target = targetAt(web.host, web.http)
    const run = await startPod(planFor(0, { target, probe, recognition, most: 50 })).ended
    expect(shareOf(0, run.classified) + shareOf(1, run.classified)).toBe(1)
  })

  test('runs a command for each sample', async () => {
    const probe: PlannedProbe = { kind: 'command', commandLine: `sh -c 'echo "one $PROBE_PORT"'` }
    const run = await startPod(planFor(31400, { probe, most: 5, concurrency: 2 })).ended
    expect(run.classified).toEqual(Array(5).fill({ kind: 'destination', index: 0 }))
  })

  test('leaves the meaning of stamps to the run', async () => {
    const port = await httpServer((request, response) => {
      const stamp = Number(request.headers['x-number'] ?? 0)
      response.setHeader('x-stamp', `value-${stamp}`)
      response.end('fine')
    })
    const recognition = { expect: [], stampHeader: 'x-stamp', errors: [] }
    const run = await startPod(planFor(port, { probe: HTTP, recognition, most: 3 })).ended
    expect(run.stamps).toEqual(['value-0', 'value-0', 'value-0'])
    const shown = { error: false, isStamped: true, detail: '200 fine' }
    expect(run.classified[0]).toEqual({ kind: 'previous', ...shown })
  })

  test('has few outcomes in its log although each reply is another one', async () => {
    let served = 0
    const port = await httpServer((_, response) => {
      served += 1
      response.setHeader('x-stamp', `value-${served % 2}`)
      response.end(`reply ${served}`)
    })
    const recognition = { expect: [], stampHeader: 'x-stamp', errors: [] }
    const run = await startPod(planFor(port, { probe: HTTP, recognition, most: 500 })).ended
    expect(run.events.filter(({ kind }) => kind === 'outcome').length).toBeLessThan(20)
    expect(new Set(run.stamps)).toEqual(new Set(['value-0', 'value-1']))
  })

  test('sends what its Secret has, and writes nothing of it to the log', async () => {
    const received: (string | undefined)[] = []
    const port = await httpServer((request, response) => {
      const { authorization = '' } = request.headers
      received.push(authorization)
      response.end(
        `who is ${authorization}, ${encodeURIComponent(authorization)}, ${base64(authorization)}?`,
      )
    })
    const authorization = 'Bearer s3cret/value+more=='
    const run = await startPod(
      planFor(port, {
        probe: HTTP,
        most: 2,
        secretsFile: secretsFile({
          headers: [['authorization', authorization]],
          redact: [authorization, 's3cret/value+more=='],
        }),
      }),
    ).ended
    expect(received).toEqual([authorization, authorization])
    expect(run.classified[0]).toMatchObject({ detail: '200 who is ***, ***, ***?' })
    expect(run.text).not.toMatch(/s3cret/)
  })

  test('keeps its pace exactly, whatever single samples take', async () => {
    let served = 0
    const server = createTcpServer((socket) => {
      served += 1
      if (served % 10 === 0) setTimeout(() => socket.end('two x\n'), 60)
      else socket.end('one x\n')
    })
    const port = await listening(server)
    const most = 100
    const ratePerSecond = 200
    const run = await startPod(planFor(port, { most, ratePerSecond, concurrency: 64 })).ended
    const [first = 0] = run.launchesMs
    const lateMs = run.launchesMs.map((ms, index) => ms - first - (index * 1000) / ratePerSecond)
    // Never early; late only as far as this machine is busy, and what was late is made up for.
    expect(Math.min(...lateMs)).toBeGreaterThan(-1)
    expect(shareOf(1, run.classified)).toBeCloseTo(0.1)
  })

  test('writes a line at least each second, also when there is nothing to report', async () => {
    const port = await listening(createTcpServer())
    const run = await startPod(planFor(port, { most: 1, timeoutMs: 1500 })).ended
    const quiet = run.events.filter(
      (event) => event.kind === 'samples' && event.launchesMs.length + event.results.length === 0,
    )
    expect(quiet.length).toBeGreaterThan(0)
    expect(run.classified).toMatchObject([{ kind: 'unclassified', why: 'timeout' }])
  })

  test('ends at once on SIGTERM, with what it has', async () => {
    const port = await listening(createTcpServer((socket) => void socket.end('one x\n')))
    const pod = startPod(planFor(port, { most: 1_000_000, ratePerSecond: 100 }))
    await pod.wrote('outcome')
    pod.process.kill('SIGTERM')
    const run = await pod.ended
    expect(run.events.at(-1)).toEqual({ kind: 'ended', why: 'stopped' })
    expect(run.status).toBe(0)
  })

  test('ends by itself when its time is over', async () => {
    const port = await listening(createTcpServer((socket) => void socket.end('one x\n')))
    const plan = planFor(port, { most: 1_000_000, ratePerSecond: 10, lastsMs: 50 })
    expect((await startPod(plan).ended).events.at(-1)).toEqual({ kind: 'ended', why: 'stopped' })
  })

  test('ends when its log can no longer be read', async () => {
    const port = await listening(createTcpServer((socket) => void socket.end('one x\n')))
    const pod = startPod(planFor(port, { most: 1_000_000, ratePerSecond: 100 }))
    await pod.wrote('outcome')
    pod.process.stdout?.destroy()
    expect((await pod.ended).status).toBe(1)
  })

  test.each([
    { what: 'a plan that is no JSON', plan: '{', message: /JSON/ },
    {
      what: 'no file where its Secret should be',
      plan: JSON.stringify(planFor(1, { secretsFile: '/nowhere/probe.json' })),
      message: /ENOENT/,
    },
  ])('says that it failed, with $what', async ({ plan, message }) => {
    const run = await startPod(plan).ended
    expect(run.events.at(-1)).toMatchObject({
      kind: 'ended',
      why: 'failed',
      message: expect.stringMatching(message),
    })
    expect(run.status).toBe(1)
  })

  test('says nothing of a Secret that it cannot read', async () => {
    const file = secretsFile('s3cret that is no JSON')
    const run = await startPod(planFor(1, { secretsFile: file })).ended
    expect(run.events.at(-1)).toMatchObject({ why: 'failed', message: `${file} is not JSON` })
    expect(run.text).not.toMatch(/s3cret/)
  })

  test('reports samples of a host that has no address', async () => {
    const run = await startPod(planFor(0, { target: targetAt('nowhere.invalid', 80), most: 2 }))
      .ended
    expect(run.classified[0]).toMatchObject({ kind: 'unclassified', why: 'failed' })
  })
})

describe('a Pod with a sidecar', () => {
  async function sidecar(readyAfter: number) {
    const asked: string[] = []
    const port = await httpServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.statusCode = asked.length > readyAfter ? 200 : 503
      response.end()
    })
    const network = [15020, 15021].map((one) => ['127.0.0.1', one, '127.0.0.1', port] as const)
    return { asked, network }
  }

  test('waits until that is ready, and ends it when it has its samples', async () => {
    const port = await listening(createTcpServer((socket) => void socket.end('one x\n')))
    const { asked, network } = await sidecar(2)
    const plan = planFor(port, { most: 3, mesh: { sidecarTimeoutMs: 30_000 } })
    const run = await startPod(plan, network).ended
    expect(run.events.slice(0, 2)).toMatchObject([
      { kind: 'hello' },
      { kind: 'waiting', for: 'sidecar' },
    ])
    expect(run.results).toHaveLength(3)
    const ready = 'GET /healthz/ready'
    expect(asked).toEqual([ready, ready, ready, 'POST /quitquitquit'])
  })

  test('says that it never becomes ready, and takes no sample', async () => {
    const { network } = await sidecar(1_000)
    const run = await startPod(planFor(1, { mesh: { sidecarTimeoutMs: 1 } }), network).ended
    expect(run.events.at(-1)).toEqual({
      kind: 'ended',
      why: 'sidecar-not-ready',
      message: 'it answers 503',
    })
    expect(run.status).toBe(1)
    expect(run.launchesMs).toEqual([])
  })
})

import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { TLSSocket } from 'node:tls'
import { dump, load } from 'js-yaml'
import { generate } from 'selfsigned'
import { afterAll, afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { connectProxy } from '../../kit/kube/connect-proxy.ts'
import { clientCertificate } from '../../kit/run/client-certificate.ts'
import { isRunning } from '../../kit/run/is-running.ts'
import { ApiError } from '../../src/kube/api-error.ts'
import type { ApiCall, ApiHooks } from '../../src/kube/api-server.ts'
import type { KubeconfigSource } from '../../src/kube/credentials/cluster-source.ts'
import { loadCluster } from '../../src/kube/credentials/load-cluster.ts'
import type { JsonObject } from '../../src/kube/json.ts'
import { Aborted } from '../../src/problem/aborted.ts'
import { apiOf, NEVER, opened, sandboxWith } from './support/cluster.ts'
import { dropped, json, scriptedServer, text, truncated } from './support/scripted-server.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'api-server-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

function config(
  server: string,
  user: JsonObject = { token: 'the-token' },
  cluster: JsonObject = {},
) {
  return dump({
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server, ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  })
}

/** The API server of a kubeconfig that can be written again while the test runs. */
function apiOfFile(file: string, hooks: Partial<ApiHooks> = {}) {
  const kubeconfig: KubeconfigSource = { kind: 'path', path: file }
  const loaded = loadCluster({ kubeconfig, context: undefined }, {})
  if (!loaded.ok) throw new Error(loaded.what)
  return opened(loaded.cluster, hooks)
}

async function refusalOf(promise: Promise<unknown>): Promise<ApiError> {
  const ended = await promise.catch((error: unknown) => error)
  if (!(ended instanceof ApiError)) throw new Error(`ended with ${String(ended)}`)
  return ended
}

const OK = json(200, { fine: true })
const SOON = { 'Retry-After': '0' }

describe('a call', () => {
  test('sends the credentials, accepts JSON and returns the answer', async () => {
    const server = await scriptedServer(json(200, { items: [1] }))
    expect(await apiOf(config(server.url)).get('/api/v1/nodes', NEVER)).toEqual({ items: [1] })
    expect(server.received).toMatchObject([
      {
        method: 'GET',
        url: '/api/v1/nodes',
        body: '',
        headers: {
          authorization: 'Bearer the-token',
          accept: 'application/json',
          'user-agent': 'istio-traffic-shift',
        },
      },
    ])
  })

  test('keeps the path that the server has in the kubeconfig', async () => {
    const server = await scriptedServer(OK)
    await apiOf(config(`${server.url}/k8s/clusters/c-1/`)).get('/api/v1/nodes', NEVER)
    expect(server.received[0]?.url).toBe('/k8s/clusters/c-1/api/v1/nodes')
  })

  test('with a patch sends JSON Patch with the field manager of this tool, and can be a dry run', async () => {
    const server = await scriptedServer(OK)
    const api = apiOf(config(server.url))
    const operations = [{ op: 'replace' as const, path: '/spec/é', value: 1 }]
    await api.patch('/apis/x', operations, { dryRun: false }, NEVER)
    await api.patch('/apis/x', operations, { dryRun: true }, NEVER)
    const [first, second] = server.received
    expect(first).toMatchObject({
      method: 'PATCH',
      url: '/apis/x?fieldManager=istio-traffic-shift',
      body: JSON.stringify(operations),
      headers: { 'content-type': 'application/json-patch+json', 'content-length': '46' },
    })
    expect(second?.url).toBe('/apis/x?fieldManager=istio-traffic-shift&dryRun=All')
  })

  test('that creates an object posts JSON', async () => {
    const server = await scriptedServer(json(201, { status: { allowed: true } }))
    const body = { kind: 'SelfSubjectAccessReview' }
    const answer = await apiOf(config(server.url)).create('/apis/authz', body, NEVER)
    expect(answer).toEqual({ status: { allowed: true } })
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      url: '/apis/authz',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
  })

  test('that deletes an object sends its options with their length, without which an API server ignores them', async () => {
    const server = await scriptedServer(json(200, { status: 'Success' }))
    const api = apiOf(config(server.url))
    await api.delete('/apis/batch/v1/namespaces/demo/jobs/x', { gracePeriodSeconds: 0 }, NEVER)
    const body = JSON.stringify({
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      gracePeriodSeconds: 0,
    })
    expect(server.received[0]).toMatchObject({
      method: 'DELETE',
      url: '/apis/batch/v1/namespaces/demo/jobs/x',
      body,
      headers: { 'content-length': String(body.length), 'content-type': 'application/json' },
    })
  })

  test('is recorded with its outcome and its duration', async () => {
    const server = await scriptedServer(json(503, {}, SOON), dropped(), OK)
    const calls: ApiCall[] = []
    let now = 1000
    const nowMs = () => {
      now += 7
      return now
    }
    await apiOf(config(server.url), { onCall: (call) => calls.push(call), nowMs }).get('/a', NEVER)
    const call = { method: 'GET', path: '/a', startedMs: expect.any(Number), tookMs: 7 }
    expect(calls).toEqual([
      { ...call, outcome: 503 },
      { ...call, outcome: expect.stringMatching(/^could not be reached \(ECONNRESET: /) },
      { ...call, outcome: 200 },
    ])
    expect(calls[0]?.startedMs).toBe(1007)
  })

  test('reuses the connection of the previous call', async () => {
    const server = await scriptedServer(OK)
    const api = apiOf(config(server.url))
    for (const _ of [1, 2, 3]) await api.get('/a', NEVER)
    expect([server.received.length, server.connections()]).toEqual([3, 1])
  })
})

describe('a call is repeated', () => {
  test.each([
    ['429', json(429, { message: 'slow down' }, SOON)],
    ['500', json(500, { message: 'etcdserver: leader changed' }, SOON)],
    ['502 of a proxy in between', text(502, '<html>Bad Gateway</html>', SOON)],
    ['503', json(503, {}, SOON)],
    ['504 in plain text', text(504, 'timeout', SOON)],
    ['a connection that drops before the answer', dropped()],
    ['an answer that is cut off', truncated()],
    ['a success that is no JSON, as of a login page', text(200, '<html>')],
  ])('after %s', async (_, fault) => {
    const server = await scriptedServer(fault, OK)
    expect(await apiOf(config(server.url)).get('/a', NEVER)).toEqual({ fine: true })
    expect(server.received).toHaveLength(2)
  })

  test('also if it is a patch, which is guarded by the version of its object', async () => {
    const server = await scriptedServer(dropped(), OK)
    const api = apiOf(config(server.url))
    await api.patch('/a', [{ op: 'remove', path: '/b' }], { dryRun: false }, NEVER)
    expect(server.received.map(({ body }) => body)).toEqual(
      Array(2).fill('[{"op":"remove","path":"/b"}]'),
    )
  })

  test('not before the time that the server requests', async () => {
    const server = await scriptedServer(json(429, {}, { 'Retry-After': '0.3' }), OK)
    await apiOf(config(server.url)).get('/a', NEVER)
    const [first, second] = server.received
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(290)
  })

  test('after pauses that double, half of which is random', async () => {
    const server = await scriptedServer(json(500, {}))
    const limits = { attempts: 4, firstPauseMs: 40 }
    for (const [random, least] of [
      [0, [20, 40, 80]],
      [1, [40, 80, 160]],
    ] as const) {
      server.received.length = 0
      await refusalOf(apiOf(config(server.url), { random: () => random }, limits).get('/a', NEVER))
      const times = server.received.map(({ atMs }) => atMs)
      const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0))
      // A timer of Node may be early by less than a millisecond.
      expect(pauses.map((pause, index) => pause > (least[index] ?? 0) - 2)).toEqual([
        true,
        true,
        true,
      ])
    }
  })

  test('at most five times, and then fails with the last refusal', async () => {
    const server = await scriptedServer(
      json(503, { message: 'no luck', reason: 'ServiceUnavailable' }, SOON),
    )
    const error = await refusalOf(apiOf(config(server.url)).get('/a', NEVER))
    expect(error).toMatchObject({
      status: 503,
      reason: 'ServiceUnavailable',
      message: 'no luck',
      call: 'GET /a',
    })
    expect(server.received).toHaveLength(5)
  })

  test('not after the signal aborts, which also ends the pause', async () => {
    const server = await scriptedServer(json(503, { message: 'later' }, { 'Retry-After': '3600' }))
    const stop = new AbortController()
    const api = apiOf(config(server.url), { onCall: () => setImmediate(() => stop.abort()) })
    expect(await refusalOf(api.get('/a', stop.signal))).toMatchObject({ status: 503 })
    expect(server.received).toHaveLength(1)
  })
})

describe('a permanent refusal', () => {
  test.each([400, 403, 404, 405, 409, 413, 422])('of %i is not repeated', async (status) => {
    const body = { kind: 'Status', message: `no: ${status}`, reason: 'Why', code: status }
    const server = await scriptedServer(json(status, body), OK)
    const error = await refusalOf(apiOf(config(server.url)).get('/a', NEVER))
    expect(error).toMatchObject({ status, reason: 'Why', message: `no: ${status}`, body })
    expect(server.received).toHaveLength(1)
  })

  test.each([
    [
      'the beginning of a text that is not a Status',
      text(403, ` ${'x'.repeat(600)}`),
      'x'.repeat(500),
    ],
    ["the status's own words where there is no text", text(404, ''), 'Not Found'],
    ['its number where it has no words', text(499, ''), 'status 499'],
  ])('has as its message %s', async (_, answer, message) => {
    const server = await scriptedServer(answer)
    expect(await refusalOf(apiOf(config(server.url)).get('/a', NEVER))).toMatchObject({
      message,
      reason: '',
    })
  })

  test('contains no part of a secret at the end of a cut text', async () => {
    const server = await scriptedServer(text(403, 'the-token'.repeat(100)))
    const redact = (words: string) => words.replaceAll('the-token', '***')
    const error = await refusalOf(apiOf(config(server.url), { redact }).get('/a', NEVER))
    expect(error.message).toBe('***'.repeat(100))
  })
})

describe('a call with a limit for one attempt', () => {
  test('is made once, and its caller may repeat it', async () => {
    const server = await scriptedServer(json(503, { message: 'later' }, SOON), OK)
    const api = apiOf(config(server.url)).withAttemptLimit(2000)
    expect(await refusalOf(api.get('/a', NEVER))).toMatchObject({ status: 503 })
    expect(server.received).toHaveLength(1)
    expect(await api.get('/a', NEVER)).toEqual({ fine: true })
    await api.patch('/a', [], { dryRun: true }, NEVER)
    expect(server.received.at(-1)).toMatchObject({
      method: 'PATCH',
      url: '/a?fieldManager=istio-traffic-shift&dryRun=All',
    })
  })
})

/** The text of the API server if a webhook is down. */
const UNASKED = { message: 'Internal error occurred: failed calling webhook "a.b": EOF' }

describe('a refused write', () => {
  const CONFLICT = json(409, { message: 'stale', reason: 'Conflict' })
  const patch = async (...script: Parameters<typeof scriptedServer>) => {
    const server = await scriptedServer(...script)
    const api = apiOf(config(server.url))
    return refusalOf(api.patch('/a', [], { dryRun: false }, NEVER))
  }

  test.each([
    ['at the first try', [CONFLICT]],
    ['after being told to slow down', [json(429, {}, SOON), CONFLICT]],
    ['after a webhook could not be asked', [json(500, UNASKED, SOON), CONFLICT]],
  ])('was not stored: %s', async (_, script) => {
    expect(await patch(...script)).toMatchObject({ status: 409, mayHaveLanded: false })
  })

  test.each([
    ['whose connection dropped at a try before', [dropped(), CONFLICT]],
    ['that the server failed at before', [json(500, {}, SOON), CONFLICT]],
    ['that was never answered', [dropped()]],
  ])('may have been stored: %s', async (_, script) => {
    expect(await patch(...script)).toMatchObject({ mayHaveLanded: true })
  })
})

describe('an API server that cannot be used', () => {
  test('is reported with the error of the system', async () => {
    const server = await scriptedServer(dropped())
    const error = await refusalOf(apiOf(config(server.url)).get('/a', NEVER))
    expect(error.status).toBeUndefined()
    expect(error.message).toMatch(/^http:\/\/127\.0\.0\.1:\d+ could not be reached \(ECONNRESET: /)
    expect(server.received).toHaveLength(5)
  })

  test.each([
    [
      'a page',
      text(302, '<a href="/login">', { Location: 'https://sso.example/login?state=s3cret' }),
    ],
    ['JSON', json(307, {}, { Location: 'https://sso.example/login?state=s3cret' })],
  ])('because a login page is in front of it, with %s, is reported as that', async (_, answer) => {
    const server = await scriptedServer(answer)
    const error = await refusalOf(apiOf(config(server.url)).get('/a', NEVER))
    expect(error).toMatchObject({ status: undefined, mayHaveLanded: false })
    expect(error.message).toMatch(/answered 30[27], a redirect to https:\/\/sso\.example\. .*login/)
    expect(error.message).not.toContain('s3cret')
  })

  test('because it never answers is called again after the limit of an attempt', async () => {
    const server = await scriptedServer(() => undefined, OK)
    const calls: ApiCall[] = []
    const api = apiOf(config(server.url), { onCall: (call) => calls.push(call) }, { attemptMs: 50 })
    expect(await api.get('/a', NEVER)).toEqual({ fine: true })
    expect(calls[0]?.outcome).toBe('did not answer within 0.05 s')
  })

  test('on its open connections is called on a new connection instead of the next open one', async () => {
    const lost = new Set<unknown>()
    const open = new Set<unknown>()
    const together: (() => void)[] = []
    const server = await scriptedServer((response, request) => {
      open.add(response.socket)
      if (lost.has(response.socket)) return
      together.push(() => OK(response, request))
      // The first three at once, so that each has a connection of its own; they stay open.
      if (server.received.length < 3) return
      for (const answer of together.splice(0)) answer()
    })
    const api = apiOf(config(server.url), {}, { attemptMs: 1000, attempts: 2 })
    await Promise.all(['/a', '/b', '/c'].map((path) => api.get(path, NEVER)))
    // As with a lost node of the API server: what is sent there disappears without an error.
    for (const socket of open) lost.add(socket)
    expect(await api.get('/d', NEVER)).toEqual({ fine: true })
    expect([open.size, server.received.length]).toEqual([4, 5])
  })

  test('that is repeated and then ended by its caller has the failure that led to the repeat', async () => {
    const stop = new AbortController()
    const hangs = () => stop.abort(new Aborted({ kind: 'run-time' }))
    const server = await scriptedServer(text(503, 'busy'), hangs)
    const limits = { attemptMs: 60_000, attempts: 2, firstPauseMs: 0 }
    const error = await refusalOf(apiOf(config(server.url), {}, limits).get('/a', stop.signal))
    expect(error).toMatchObject({ status: 503, mayHaveLanded: true })
    expect(server.received).toHaveLength(2)
  })

  test('is not awaited after the run is stopped', async () => {
    const stop = new AbortController()
    const server = await scriptedServer(() => stop.abort(new Aborted({ kind: 'cancelled' })))
    const error = await refusalOf(apiOf(config(server.url)).get('/a', stop.signal))
    expect(error.message).toContain('did not answer before the run was cancelled')
    expect(server.received).toHaveLength(1)
  })
})

describe('refused credentials', () => {
  const UNAUTHORIZED = json(401, { message: 'Unauthorized', reason: 'Unauthorized' })

  test('are read again once, and the call is repeated with the new ones', async () => {
    const file = path.join(folder, 'renewed')
    const server = await scriptedServer((response, request) => {
      writeFileSync(file, config(server.url, { token: 'second' }))
      UNAUTHORIZED(response, request)
    }, OK)
    writeFileSync(file, config(server.url, { token: 'first' }))
    const secrets: string[] = []
    const api = apiOfFile(file, { onSecret: (secret) => secrets.push(secret) })
    expect(await api.get('/a', NEVER)).toEqual({ fine: true })
    const sent = server.received.map(({ headers }) => headers.authorization)
    expect(sent).toEqual(['Bearer first', 'Bearer second'])
    expect(secrets).toEqual(['first', 'second'])
  })

  test('are requested from the plugin again, although the previous ones have not expired', async () => {
    const file = path.join(folder, 'count')
    writeFileSync(file, '')
    const script = `echo x >>'${file}'; n=$(wc -l <'${file}' | tr -d ' '); printf '{"status":{"token":"plugin-%s"}}' "$n"`
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sh',
      args: ['-c', script],
    }
    const server = await scriptedServer(OK, UNAUTHORIZED, OK)
    const secrets: string[] = []
    const api = apiOf(config(server.url, { exec }), { onSecret: (secret) => secrets.push(secret) })
    await api.get('/a', NEVER)
    await api.get('/a', NEVER)
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer plugin-1',
      'Bearer plugin-1',
      'Bearer plugin-2',
    ])
    expect(new Set(secrets)).toEqual(new Set(['plugin-1', 'plugin-2']))
  })

  test('are an error the second time', async () => {
    const server = await scriptedServer(UNAUTHORIZED)
    expect(await refusalOf(apiOf(config(server.url)).get('/a', NEVER))).toMatchObject({
      status: 401,
      reason: 'Unauthorized',
    })
    expect(server.received).toHaveLength(2)
  })

  test('are the same error if they cannot be read again', async () => {
    const file = path.join(folder, 'gone')
    const server = await scriptedServer(UNAUTHORIZED)
    writeFileSync(file, config(server.url))
    const api = apiOfFile(file)
    rmSync(file)
    expect(await refusalOf(api.get('/a', NEVER))).toMatchObject({ status: 401 })
    expect(server.received).toHaveLength(1)
  })

  test('are not replaced by those for another server that the kubeconfig names by then', async () => {
    const file = path.join(folder, 'elsewhere')
    const server = await scriptedServer((response, request) => {
      writeFileSync(file, config('https://other.example:6443', { token: 'of-the-other' }))
      UNAUTHORIZED(response, request)
    })
    writeFileSync(file, config(server.url, { token: 'first' }))
    expect(await refusalOf(apiOfFile(file).get('/a', NEVER))).toMatchObject({ status: 401 })
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer first'])
  })

  test('are read again from the context of the run, although another one is current by then', async () => {
    const file = path.join(folder, 'switched')
    const server = await scriptedServer((response, request) => {
      const renewed = load(config(server.url, { token: 'second' })) as Record<string, JsonObject[]>
      renewed.users?.push({ name: 'admin', user: { token: 'of-admin' } })
      renewed.contexts?.push({ name: 'other', context: { cluster: 'c', user: 'admin' } })
      writeFileSync(file, dump({ ...renewed, 'current-context': 'other' }))
      UNAUTHORIZED(response, request)
    }, OK)
    writeFileSync(file, config(server.url, { token: 'first' }))
    await apiOfFile(file).get('/a', NEVER)
    const sent = server.received.map(({ headers }) => headers.authorization)
    expect(sent).toEqual(['Bearer first', 'Bearer second'])
  })

  test('do not interrupt another call in progress', async () => {
    const held: ServerResponse[] = []
    const server = await scriptedServer(
      (response) => held.push(response),
      UNAUTHORIZED,
      (response, request) => {
        OK(response, request)
        for (const each of held) OK(each, request)
      },
    )
    const api = apiOf(config(server.url))
    const first = api.get('/first', NEVER)
    await vi.waitUntil(() => held.length === 1)
    await api.get('/second', NEVER)
    expect(await first).toEqual({ fine: true })
    expect(server.received.map(({ url }) => url)).toEqual(['/first', '/second', '/second'])
  })
})

describe('a credential plugin', () => {
  const exec = (command: string, ...args: string[]): JsonObject => ({
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command, args },
  })

  test.each([
    ['is not there', exec('no-such-plugin'), /no-such-plugin.*ENOENT|ENOENT.*no-such-plugin/],
    ['fails', exec('sh', '-c', 'echo please log in >&2; exit 1'), /please log in/],
    [
      'prints something other than JSON',
      exec('echo', 'hello'),
      /: the credential plugin echo printed something other than JSON/,
    ],
    ['complains at length', exec('sh', '-c', 'seq 100000 >&2; exit 1'), /^.{0,700}$/s],
  ])('that %s is named with its message', async (_, user, says) => {
    const server = await scriptedServer(OK)
    const error = await refusalOf(apiOf(config(server.url, user)).get('/a', NEVER))
    expect(error.message).toMatch(/^There are no credentials for http:.*: /)
    expect(error.message).toMatch(says)
    expect(server.received).toEqual([])
  })

  test('that writes a long error text contains no part of a secret at the end of the cut text', async () => {
    const server = await scriptedServer(OK)
    const user = exec('sh', '-c', 'yes 12345678 | tr -d "\\n" | head -c 5000 >&2; exit 1')
    const redact = (words: string) => words.replaceAll('12345678', '***')
    const error = await refusalOf(apiOf(config(server.url, user), { redact }).get('/a', NEVER))
    expect(error.message).toMatch(/\*{400,}$/)
  })

  test('that never ends is killed when the API server is closed', async () => {
    const server = await scriptedServer(OK)
    const file = path.join(folder, 'hangs')
    const script = `echo $$ >'${file}.new'; mv '${file}.new' '${file}'; sleep 600`
    const api = apiOf(config(server.url, exec('sh', '-c', script)))
    const refused = refusalOf(api.get('/a', NEVER))
    await vi.waitUntil(() => existsSync(file))
    const pid = Number(readFileSync(file, 'utf8'))
    expect(isRunning(pid)).toBe(true)
    api.close()
    await vi.waitUntil(() => !isRunning(pid))
    rmSync(file)
    await refused
  })

  test('that never ends is not awaited after the signal aborts', async () => {
    const server = await scriptedServer(OK)
    const stop = new AbortController()
    setImmediate(() => stop.abort(new Aborted({ kind: 'run-time' })))
    const api = apiOf(config(server.url, exec('sleep', '1')))
    const error = await refusalOf(api.get('/a', stop.signal))
    expect(error.message).toMatch(
      /There are no credentials for .*: their provider did not answer before the time limit of the run was over/,
    )
  })
})

describe("the API server's clock", () => {
  const DATE = 'Sun, 01 Mar 2026 10:00:00 GMT'

  test('is the Date of its latest answer plus the time since then', async () => {
    let now = 5000
    const server = await scriptedServer(
      json(200, {}, { Date: DATE }),
      json(404, {}, { Date: 'Sun, 01 Mar 2026 11:00:00 GMT' }),
    )
    const api = apiOf(config(server.url), { nowMs: () => now })
    expect(api.nowMs()).toBeUndefined()
    await api.get('/a', NEVER)
    expect(api.nowMs()).toBe(Date.parse(DATE))
    now += 250
    expect(api.nowMs()).toBe(Date.parse(DATE) + 250)
    await refusalOf(api.get('/a', NEVER))
    expect(api.nowMs()).toBe(Date.parse(DATE) + 3_600_000)
  })

  test('is unknown after an answer without a valid Date', async () => {
    const server = await scriptedServer(json(200, {}, { Date: 'today' }))
    const api = apiOf(config(server.url))
    await api.get('/a', NEVER)
    expect(api.nowMs()).toBeUndefined()
  })
})

describe('secrets', () => {
  test('are registered before the request that carries them is sent', async () => {
    const secrets: string[] = []
    const known: string[][] = []
    const server = await scriptedServer((response, request) => {
      known.push([...secrets])
      OK(response, request)
    })
    const onSecret = (secret: string) => secrets.push(secret)
    await apiOf(config(server.url), { onSecret }).get('/a', NEVER)
    await apiOf(config(server.url, { username: 'me', password: 'pass:word' }), { onSecret }).get(
      '/a',
      NEVER,
    )
    const basic = Buffer.from('me:pass:word').toString('base64')
    expect(known).toEqual([['the-token'], ['the-token', 'pass:word', 'me:pass:word']])
    expect(server.received[1]?.headers.authorization).toBe(`Basic ${basic}`)
  })

  test('of a plugin are registered before they are used: the token, and each line of the private key', async () => {
    const { certificate, key } = await clientCertificate('deployer')
    const lines = key.split('\n').filter((line) => line.length > 16 && !line.startsWith('-----'))
    const status = {
      token: 'plugin-token',
      clientCertificateData: certificate,
      clientKeyData: key,
    }
    const secrets: string[] = []
    const server = await scriptedServer(OK)
    const args = [JSON.stringify({ kind: 'ExecCredential', status })]
    const user = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'echo', args } }
    const onSecret = (secret: string) => secrets.push(secret)
    await apiOf(config(server.url, user), { onSecret }).get('/a', NEVER)
    expect(lines.length).toBeGreaterThan(0)
    expect(secrets).toEqual(['plugin-token', ...lines])
  })

  test('in a file are registered without their line feed', async () => {
    const tokenFile = path.join(folder, 'token')
    writeFileSync(tokenFile, 'file-token\n')
    const secrets: string[] = []
    const server = await scriptedServer(OK)
    const onSecret = (secret: string) => secrets.push(secret)
    await apiOf(config(server.url, { tokenFile }), { onSecret }).get('/a', NEVER)
    expect(secrets).toEqual(['file-token'])
  })
})

describe('over TLS', () => {
  /** The sandbox's kubeconfig with other fields of its cluster. */
  function changed(kubeconfig: string, cluster: JsonObject): string {
    const content = load(kubeconfig) as { clusters: [{ cluster: JsonObject }] }
    Object.assign(content.clusters[0].cluster, cluster)
    return dump(content)
  }

  const PATH = '/api/v1/namespaces/demo/services/tcp-echo'

  test('a server is trusted by the authority of the kubeconfig', async () => {
    const sandbox = await sandboxWith()
    expect(await apiOf(sandbox.kubeconfig).get(PATH, NEVER)).toMatchObject({ kind: 'Service' })
    expect(sandbox.calls[0]?.user).toBe('admin')
  })

  test('a server with the certificate of another authority gets no credentials', async () => {
    const sandbox = await sandboxWith()
    const other = await generate([{ name: 'commonName', value: 'other' }], { keyType: 'ec' })
    const data = Buffer.from(other.cert).toString('base64')
    const kubeconfig = changed(sandbox.kubeconfig, { 'certificate-authority-data': data })
    const error = await refusalOf(apiOf(kubeconfig).get(PATH, NEVER))
    expect(error.message).toMatch(/could not be reached \(.*(CERT|SIGN)/)
    expect(sandbox.calls).toEqual([])
  })

  test('the certificate of a server is ignored only if the kubeconfig says so', async () => {
    const sandbox = await sandboxWith()
    const kubeconfig = changed(sandbox.kubeconfig, {
      'certificate-authority-data': null,
      'insecure-skip-tls-verify': true,
    })
    expect(await apiOf(kubeconfig).get(PATH, NEVER)).toMatchObject({ kind: 'Service' })
  })

  test('a client sends its certificate once for several calls', async () => {
    const ec = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const
    const authority = await generate([{ name: 'commonName', value: 'ca' }], {
      ...ec,
      extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
    })
    const ca = { key: authority.private, cert: authority.cert }
    const own = await generate([{ name: 'commonName', value: 'server' }], {
      ...ec,
      ca,
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    })
    const client = await generate([{ name: 'commonName', value: 'deployer' }], { ...ec, ca })
    const tls = { key: own.private, cert: own.cert, ca: authority.cert, requestCert: true }
    const server = createServer(tls, ({ socket }, response) => {
      const shown = socket instanceof TLSSocket ? socket.getPeerCertificate().subject.CN : ''
      response.end(JSON.stringify({ shown }))
    })
    let handshakes = 0
    server.on('secureConnection', () => {
      handshakes += 1
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const base64 = (pem: string) => Buffer.from(pem).toString('base64')
    const user = {
      'client-certificate-data': base64(client.cert),
      'client-key-data': base64(client.private),
    }
    const cluster = { 'certificate-authority-data': base64(authority.cert) }
    const api = apiOf(config(`https://127.0.0.1:${port}`, user, cluster))
    for (const _ of [1, 2, 3]) expect(await api.get('/a', NEVER)).toEqual({ shown: 'deployer' })
    expect(handshakes).toBe(1)
  })

  test('a server behind the proxy of the environment is called through it, and its certificate is checked', async () => {
    const sandbox = await sandboxWith()
    const proxy = await connectProxy(Number(new URL(sandbox.server).port))
    vi.stubEnv('HTTPS_PROXY', `http://${proxy.host}`)
    vi.stubEnv('NO_PROXY', undefined)
    vi.stubEnv('no_proxy', undefined)
    const server = 'https://cluster.example:6443'
    const named = changed(sandbox.kubeconfig, { server, 'tls-server-name': 'localhost' })
    expect(await apiOf(named).get(PATH, NEVER)).toMatchObject({ kind: 'Service' })
    expect(proxy.asked).toEqual(['cluster.example:6443'])
    const unnamed = changed(sandbox.kubeconfig, { server })
    const error = await refusalOf(apiOf(unnamed).get(PATH, NEVER))
    expect(error.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID')
    expect(sandbox.calls).toHaveLength(1)
  })

  test.each([
    ['directly', undefined],
    ['through a proxy', 'http'],
  ])(
    'the certificate of a server is checked against an IP address as tls-server-name %s, without a warning of Node',
    async (_, scheme) => {
      const warnings: Error[] = []
      const onWarning = (warning: Error) => warnings.push(warning)
      process.on('warning', onWarning)
      onTestFinished(() => void process.off('warning', onWarning))
      const sandbox = await sandboxWith()
      const { port } = new URL(sandbox.server)
      const proxy = await connectProxy(Number(port))
      const way = scheme ? { 'proxy-url': `${scheme}://${proxy.host}` } : {}
      const server = `https://localhost:${port}`
      const right = changed(sandbox.kubeconfig, { server, 'tls-server-name': '127.0.0.1', ...way })
      expect(await apiOf(right).get(PATH, NEVER)).toMatchObject({ kind: 'Service' })
      const wrong = changed(sandbox.kubeconfig, { server, 'tls-server-name': '192.0.2.1', ...way })
      const error = await refusalOf(apiOf(wrong).get(PATH, NEVER))
      expect(error.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID')
      expect(proxy.asked.length > 0).toBe(scheme !== undefined)
      expect(warnings).toEqual([])
    },
  )

  test("a server behind the proxy of the kubeconfig is called through it, with the proxy's user", async () => {
    const sandbox = await sandboxWith()
    const proxy = await connectProxy(Number(new URL(sandbox.server).port))
    const kubeconfig = changed(sandbox.kubeconfig, {
      'proxy-url': `http://me:secret@${proxy.host}`,
    })
    expect(await apiOf(kubeconfig).get(PATH, NEVER)).toMatchObject({ kind: 'Service' })
    const credentials = Buffer.from('me:secret').toString('base64')
    expect(proxy.asked).toEqual([`${new URL(sandbox.server).host} Basic ${credentials}`])
  })

  test("a Pod's service account uses its token and its certificate authority", async () => {
    const sandbox = await sandboxWith()
    const content = load(sandbox.kubeconfig) as { clusters: [{ cluster: Record<string, string> }] }
    const authority = content.clusters[0].cluster['certificate-authority-data'] ?? ''
    const account = path.join(folder, 'var/run/secrets/kubernetes.io/serviceaccount')
    mkdirSync(account, { recursive: true })
    writeFileSync(path.join(account, 'ca.crt'), Buffer.from(authority, 'base64'))
    writeFileSync(path.join(account, 'token'), `${[...sandbox.tokens.keys()][0]}\n`)
    const { hostname, port } = new URL(sandbox.server)
    const environment = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port }
    const source = { kubeconfig: { kind: 'auto' as const }, context: undefined }
    const found = loadCluster(source, { HOME: folder, ...environment }, folder)
    if (!found.ok) throw new Error(found.what)
    const api = opened(found.cluster)
    expect(await api.get(PATH, NEVER)).toMatchObject({ kind: 'Service' })
    expect(api.context).toBeUndefined()
  })
})

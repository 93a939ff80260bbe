import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { dump } from 'js-yaml'
import { afterAll, afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { connectProxy } from '../../../kit/kube/connect-proxy.ts'
import { ApiError } from '../../../src/kube/api-error.ts'
import { stopFor } from '../../../src/kube/api-problem.ts'
import { loadCluster } from '../../../src/kube/credentials/load-cluster.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { coreResource, readObject } from '../../../src/kube/resources.ts'
import { RunError } from '../../../src/problem/run-error.ts'
import { apiOf, NEVER, sandboxWith } from '../support/cluster.ts'
import { json, scriptedServer, text } from '../support/scripted-server.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'misdirected-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

function config(server: string, user: JsonObject | undefined, cluster: JsonObject = {}) {
  return dump({
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server, ...cluster } }],
    users: user === undefined ? [] : [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', ...(user && { user: 'u' }) } }],
  })
}

/** The error with which a run would end for a failed call. */
async function stopOf(promise: Promise<unknown>): Promise<RunError> {
  const error: unknown = await promise.catch((reason: unknown) => reason)
  const stop = stopFor(error, 'reading')
  if (!(stop instanceof RunError)) throw stop
  return stop
}

/** A proxy that answers every CONNECT with a status. */
async function refusingProxy(status: number) {
  const server = createServer()
  server.on('connect', (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` }
}

const FORBIDDEN = json(403, {
  kind: 'Status',
  reason: 'Forbidden',
  message: 'services "a" is forbidden: User "system:anonymous" cannot get resource',
})

describe('a refused request without credentials', () => {
  test.each<[string, JsonObject | undefined, string]>([
    ['its user has no fields', {}, 'user u of the kubeconfig has no token'],
    ['its token is empty', { token: '' }, 'user u of the kubeconfig has no token'],
    ['its context names no user', undefined, 'context c of the kubeconfig names no user'],
  ])('is reported as such, without a suggestion to grant a right, if %s', async (_, user, why) => {
    const server = await scriptedServer(FORBIDDEN)
    const api = apiOf(config(server.url, user))
    const stop = await stopOf(readObject(api, coreResource('services', 'demo', 'a'), NEVER))
    expect(stop.message).toContain('No credentials were sent')
    expect(stop.message).toContain(why)
    expect(stop.remedy).toMatch(/^Do not grant anything to system:anonymous\. Give/)
    expect(stop.remedy).not.toContain('Role')
  })

  test('differs from one whose credentials were removed on the way', async () => {
    const server = await scriptedServer(FORBIDDEN)
    const api = apiOf(config(server.url, { token: 'the-token' }))
    const stop = await stopOf(readObject(api, coreResource('services', 'demo', 'a'), NEVER))
    expect(stop.message).toContain('did not receive the credentials that were sent')
  })
})

test('an empty token file is refused before any call', () => {
  const tokenFile = path.join(folder, 'token')
  writeFileSync(tokenFile, '\n')
  const text = config('https://a.example', { tokenFile })
  const loaded = loadCluster({ kubeconfig: { kind: 'yaml', text }, context: undefined }, {})
  expect(loaded).toMatchObject({ ok: false, what: expect.stringMatching(/token is empty/) })
})

test('a token is not sent over plain http to this machine through a proxy', async () => {
  const server = await scriptedServer(FORBIDDEN)
  const proxy = await connectProxy(server.port)
  const kubeconfig = config(
    'http://127.0.0.1:1',
    { token: 'the-token' },
    { 'proxy-url': `http://${proxy.host}` },
  )
  const stop = await stopOf(apiOf(kubeconfig).get('/a', NEVER))
  expect(server.received.length).toBeGreaterThan(0)
  expect(JSON.stringify(server.received)).not.toContain('the-token')
  expect(stop.message).toContain('plain http behind proxy-url')
})

describe('a failing proxy is named without its user, with the setting that names it', () => {
  test.each([
    ['demands a password', 407],
    ['redirects', 302],
    ['does not reach the server', 502],
  ])('if it %s', async (_, status) => {
    const proxy = await refusingProxy(status)
    const url = proxy.url.replace('//', '//me:hushhush@')
    const kubeconfig = config('http://api.example', { token: 't' }, { 'proxy-url': url })
    const stop = await stopOf(apiOf(kubeconfig, {}, { attempts: 1 }).get('/a', NEVER))
    expect(stop.message).toContain(
      `the proxy ${proxy.url}, which proxy-url in the kubeconfig names`,
    )
    expect(stop.message).toContain(`the proxy answered ${status}`)
    expect(stop.remedy).toContain(`Check the proxy ${proxy.url}`)
    expect(stop.message + stop.remedy).not.toContain('hushhush')
  })

  test('if nothing listens there', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://me:hushhush@127.0.0.1:1')
    for (const name of ['NO_PROXY', 'no_proxy']) vi.stubEnv(name, undefined)
    const api = apiOf(config('https://api.example', { token: 't' }), {}, { attempts: 1 })
    const stop = await stopOf(api.get('/a', NEVER))
    expect(stop.message).toContain('the proxy http://127.0.0.1:1, which HTTPS_PROXY names')
    expect(stop.remedy).toContain('Check the proxy http://127.0.0.1:1, which HTTPS_PROXY names')
    expect(stop.message + stop.remedy).not.toContain('hushhush')
  })

  test('if its address has an unsupported scheme, with the variable', () => {
    vi.stubEnv('HTTPS_PROXY', 'ftp://proxy.example')
    for (const name of ['NO_PROXY', 'no_proxy']) vi.stubEnv(name, undefined)
    const text = config('https://api.example', { token: 't' })
    const loaded = loadCluster({ kubeconfig: { kind: 'yaml', text }, context: undefined }, {})
    expect(loaded).toMatchObject({
      ok: false,
      what: expect.stringContaining('the environment variable HTTPS_PROXY must be the URL'),
    })
  })
})

test('a redirected write was certainly not carried out', async () => {
  const server = await scriptedServer(text(307, '', { Location: 'https://b.example' }))
  const api = apiOf(config(server.url, { token: 't' }))
  const error: unknown = await api
    .patch('/a', [], { dryRun: false }, NEVER)
    .catch((e: unknown) => e)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ mayHaveLanded: false })
})

test('a plugin that is still running when the run ends is named', async () => {
  const sandbox = await sandboxWith()
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'sleep',
    args: ['600'],
    interactiveMode: 'Never',
  }
  const api = apiOf(config(sandbox.server, { exec }))
  const stop = await stopOf(api.get('/a', AbortSignal.timeout(500)))
  expect(stop.message).toContain('while the credential plugin sleep was still running')
})

describe('the environment', () => {
  const secretsOf = (environment: Record<string, string>) => {
    const text = config('https://a.example', { token: 't' })
    const loaded = loadCluster(
      { kubeconfig: { kind: 'yaml', text }, context: undefined },
      environment,
    )
    return loaded.ok ? loaded.cluster.secrets : []
  }

  test.each([
    ['HTTPS_PROXY', 'http://me:hushhush@proxy.example', 'hushhush'],
    ['http_proxy', 'http://me:hushhush@proxy.example', 'hushhush'],
    ['AZURE_CLIENT_SECRET', 'hushhush', 'hushhush'],
    ['AWS_SECRET_ACCESS_KEY', 'hushhush', 'hushhush'],
    ['AWS_SESSION_TOKEN', 'hushhush', 'hushhush'],
    ['PGPASSWORD', 'hushhush', 'hushhush'],
    ['SERVICE_API_KEY', 'hushhush', 'hushhush'],
  ])('has a secret in %s', (name, value, secret) => {
    expect(secretsOf({ [name]: value })).toContain(secret)
  })

  test('has no secret in a variable that names a file, a folder or a word', () => {
    const environment = {
      GOOGLE_APPLICATION_CREDENTIALS: '/home/a/key.json',
      PWD: '/home/somebody-else',
      CACHE_KEY: 'npm-linux-123',
      TOKEN_TYPE: 'something',
      A_TOKEN: 'short',
    }
    expect(secretsOf(environment)).toEqual([])
  })
})

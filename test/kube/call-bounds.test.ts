import { createServer, type Socket } from 'node:net'
import { dump } from 'js-yaml'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ApiError } from '../../src/kube/api-error.ts'
import type { JsonObject } from '../../src/kube/json.ts'
import { refusal } from '../../src/kube/request/api-request.ts'
import { MOST_ANSWER_BYTES } from '../../src/kube/request/exchange.ts'
import { Aborted } from '../../src/problem/aborted.ts'
import { apiOf, NEVER } from './support/cluster.ts'
import { json, scriptedServer, text } from './support/scripted-server.ts'

const ONCE = { attempts: 1, attemptMs: 100 }

function kubeconfig(cluster: JsonObject, user: JsonObject = { token: 'the-token' }): string {
  return dump({
    'current-context': 'c',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  })
}

async function refusalOf(promise: Promise<unknown>): Promise<ApiError> {
  const ended = await promise.catch((error: unknown) => error)
  if (!(ended instanceof ApiError)) throw new Error(`ended with ${String(ended)}`)
  return ended
}

/** The port of a server that accepts connections and never sends anything. */
async function silentServer(): Promise<number> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined))
  })
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening)
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('a call without an answer', () => {
  const SERVER = 'https://127.0.0.1:6443'

  test.each<[string, (port: number) => JsonObject]>([
    ['an API server in the handshake of TLS', (port) => ({ server: `https://127.0.0.1:${port}` })],
    ['an API server at the request', (port) => ({ server: `http://127.0.0.1:${port}` })],
    [
      'a proxy that was sent CONNECT',
      (port) => ({ server: SERVER, 'proxy-url': `http://127.0.0.1:${port}` }),
    ],
    [
      'a proxy in the handshake of TLS',
      (port) => ({ server: SERVER, 'proxy-url': `https://127.0.0.1:${port}` }),
    ],
    ['a SOCKS proxy', (port) => ({ server: SERVER, 'proxy-url': `socks5://127.0.0.1:${port}` })],
  ])(
    'from %s ends after the limit of an attempt, and at once when its signal aborts',
    async (_, cluster) => {
      const config = kubeconfig(cluster(await silentServer()))
      const late = await refusalOf(apiOf(config, {}, ONCE).get('/a', NEVER))
      expect(late.message).toContain('did not answer within 0.1 s')
      const stop = new AbortController()
      const waiting = refusalOf(
        apiOf(config, {}, { attempts: 1, attemptMs: 60_000 }).get('/a', stop.signal),
      )
      setImmediate(() => stop.abort(new Aborted({ kind: 'cancelled' })))
      expect((await waiting).message).toContain('did not answer before the run was cancelled')
    },
  )

  test('from an OIDC issuer ends too', async () => {
    const issuer = `https://127.0.0.1:${await silentServer()}`
    const config = { 'idp-issuer-url': issuer, 'client-id': 'c', 'refresh-token': 'r' }
    const user = { 'auth-provider': { name: 'oidc', config } }
    const error = await refusalOf(
      apiOf(kubeconfig({ server: SERVER }, user), {}, ONCE).get('/a', NEVER),
    )
    expect(error.message).toContain('did not answer within 0.1 s')
  })
})

describe('an answer', () => {
  test('without an end is cut off at the bound and not kept', async () => {
    const chunk = 'x'.repeat(1024 * 1024)
    let sent = 0
    const server = await scriptedServer((response) => {
      const pour = () => {
        while (!response.destroyed && sent < 2 * MOST_ANSWER_BYTES) {
          sent += chunk.length
          if (!response.write(chunk)) return
        }
      }
      response.on('drain', pour)
      pour()
    })
    const api = apiOf(kubeconfig({ server: server.url }), {}, { attempts: 1, attemptMs: 60_000 })
    const error = await refusalOf(api.get('/a', NEVER))
    expect(error.message).toMatch(/answered with more than 67,108,864 bytes$/)
    expect(sent).toBeLessThan(1.5 * MOST_ANSWER_BYTES)
  })

  test.each([
    ['lists', '['.repeat(5000), ']'.repeat(5000)],
    ['objects', '{"a":'.repeat(5000), '}'.repeat(5000)],
  ])('with %s nested too deeply is refused when it is read', async (_, open, close) => {
    const server = await scriptedServer(text(200, `${open}1${close}`))
    const api = apiOf(kubeconfig({ server: server.url }), {}, { attempts: 1, attemptMs: 60_000 })
    const error = await refusalOf(api.get('/a', NEVER))
    expect(error.message).toMatch(/answered 200 with JSON of more than 500 levels$/)
  })

  test('nested as deeply as Kubernetes objects is accepted', async () => {
    const deep = `${'{"a":'.repeat(400)}1${'}'.repeat(400)}`
    const server = await scriptedServer(text(200, deep))
    const api = apiOf(kubeconfig({ server: server.url }), {}, { attempts: 1 })
    expect(JSON.stringify(await api.get('/a', NEVER))).toBe(deep)
  })

  test('that refuses has its message cut after its secrets are removed', async () => {
    const message = `no ${'the-token'.repeat(500)}`
    const server = await scriptedServer(json(403, { message }))
    const redact = (words: string) => words.replaceAll('the-token', '***')
    const api = apiOf(kubeconfig({ server: server.url }), { redact }, { attempts: 1 })
    expect((await refusalOf(api.get('/a', NEVER))).message).toBe(`no ${'***'.repeat(500)}`)
    const longer = await scriptedServer(json(403, { message: message.repeat(10) }))
    const cut = await refusalOf(
      apiOf(kubeconfig({ server: longer.url }), { redact }, { attempts: 1 }).get('/a', NEVER),
    )
    expect(cut.message).toMatch(/^no \*.*\.\.\. \(15,030 characters in all\)$/)
    expect(cut.message.length).toBeLessThan(2100)
  })
})

test.each([
  ['0', 0],
  ['7', 7000],
  ['3600', 30_000],
  ['1000000000000', 30_000],
  ['1e12', undefined],
  ['-1', undefined],
  ['', undefined],
  ['Fri, 31 Dec 9999 23:59:59 GMT', undefined],
])('Retry-After %s requests a pause of %s ms', (header, ms) => {
  const answer = { status: 503, headers: { 'retry-after': header }, body: null, text: '' }
  expect(refusal('GET /a', answer, (words) => words).retryAfterMs).toBe(ms)
})

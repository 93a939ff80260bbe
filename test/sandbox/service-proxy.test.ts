import { describe, expect, test } from 'vitest'
import { respond } from '../../sandbox/faults/api-acts.ts'
import { textAt } from '../../sandbox/objects/json.ts'
import type { SandboxOptions } from '../../sandbox/options.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { sandboxWith, userWith } from '../kube/support/cluster.ts'
import { call } from './support/call.ts'

const SERVICE = '/api/v1/namespaces/istio-system/services'
const GATEWAY = `${SERVICE}/http:istio-ingressgateway:8080/proxy`
const HOST = { Host: 'web.example.com' }
const WEB_ROUTE = {
  group: 'networking.istio.io',
  resource: 'virtualservices',
  namespace: 'demo',
  name: 'web',
}

function withWeb(options: SandboxOptions = {}): Promise<Sandbox> {
  return sandboxWith({ web: { http: { v1: 0, v2: 100 } }, ...options })
}

/** What the application says of the request that it got. */
async function echoed(sandbox: Sandbox, path: string, headers: Record<string, string> = HOST) {
  const answer = await call(sandbox, 'GET', `${GATEWAY}${path}`, { headers })
  expect(answer.status, answer.text).toBe(200)
  return answer.body
}

/** Gives the VirtualService one rule. */
async function ruleIs(sandbox: Sandbox, rule: object): Promise<void> {
  sandbox.objects.patch(WEB_ROUTE, { spec: { http: [JSON.parse(JSON.stringify(rule))] } })
  await sandbox.applied()
}

describe('the proxy of a Service', () => {
  test('passes the path, the query and the Host header on, and no credentials', async () => {
    const sandbox = await withWeb()
    const body = await echoed(sandbox, '/orders?id=1', { ...HOST, 'x-mine': 'yes' })
    expect(body).toMatchObject({ version: 'v2', host: 'web.example.com', path: '/orders?id=1' })
    expect(textAt(body, 'headers', 'x-mine')).toBe('yes')
    expect(textAt(body, 'headers', 'authorization')).toBeUndefined()
    expect(textAt(body, 'headers', 'x-forwarded-uri')).toBe(`${GATEWAY}/orders`)
  })

  test('leads to each Pod behind the Service', async () => {
    const sandbox = await withWeb({ replicas: 2, proxies: true })
    const fault = await sandbox.faults.gateway({ kind: 'first-replica', othersAfterMs: 'never' })
    await ruleIs(sandbox, {
      route: [{ destination: { host: 'web', port: { number: 80 }, subset: 'v1' } }],
    })
    const versions = new Set<unknown>()
    for (let asked = 0; asked < 16; asked += 1)
      versions.add(textAt(await echoed(sandbox, '/'), 'version'))
    expect(versions).toEqual(new Set(['v1', 'v2']))
    await fault.clear()
  })

  test('adds a slash to an empty path, and resolves what a path has of dots and slashes', async () => {
    const sandbox = await withWeb()
    const answer = await call(sandbox, 'GET', `${GATEWAY}?id=1`, { headers: HOST })
    expect(answer).toMatchObject({ status: 301, headers: { location: `${GATEWAY}/?id=1` } })
    expect(await echoed(sandbox, '/a//b')).toMatchObject({ path: '/a/b' })
  })

  test.each([
    ['a path', '/new', '/new'],
    ['its own host', 'http://web.example.com/new', '/new'],
    ['another host', 'http://other.example.com/new', undefined],
  ])('lets a redirect to %s go through itself, if it is to the same host', async (_, to, path) => {
    const sandbox = await withWeb()
    await ruleIs(sandbox, {
      directResponse: { status: 302 },
      headers: { response: { set: { location: to } } },
    })
    const { headers } = await call(sandbox, 'GET', `${GATEWAY}/`, { headers: HOST })
    const origin = to.startsWith('http') ? 'http://web.example.com' : ''
    expect(headers.location).toBe(path === undefined ? to : `${origin}${GATEWAY}${path}`)
  })

  test('changes the links of a page, and nothing of other bodies', async () => {
    const sandbox = await withWeb()
    const page = '<a href="/next">next</a>'
    const rule = (type: string) => ({
      directResponse: { status: 200, body: { string: page } },
      headers: { response: { set: { 'content-type': type } } },
    })
    const bodyAs = async (type: string) => {
      await ruleIs(sandbox, rule(type))
      return (await call(sandbox, 'GET', `${GATEWAY}/`, { headers: HOST })).text
    }
    expect(await bodyAs('text/html; charset=utf-8')).toBe(`<a href="${GATEWAY}/next">next</a>`)
    expect(await bodyAs('text/plain')).toBe(page)
  })

  test.each([
    ['GET', 'get'],
    ['POST', 'create'],
  ])('needs for %s the right to %s services/proxy', async (method, verb) => {
    const rule = {
      apiGroups: [''],
      resources: ['services/proxy'],
      verbs: [verb],
      resourceNames: ['http:istio-ingressgateway:8080'],
    }
    const sandbox = await withWeb({ tokens: { token: userWith(rule) } })
    const status = async (sent: string) =>
      (await call(sandbox, sent, `${GATEWAY}/`, { headers: HOST, token: 'token' })).status
    expect(await status(method)).toBe(200)
    expect(await status(method === 'GET' ? 'POST' : 'GET')).toBe(403)
  })

  test.each([
    ['a Service that does not exist', 'http:missing:80', 404, '"reason":"NotFound"'],
    ['a port that it lacks', 'http:istio-ingressgateway:1234', 503, 'no service port 1234 found'],
    ['a scheme that is none', 'ftp:istio-ingressgateway:8080', 400, 'invalid service request'],
    ['no endpoint', 'http:istio-ingressgateway:nothing', 503, 'no endpoints available'],
  ])('says what is wrong with %s', async (_, id, status, message) => {
    const sandbox = await withWeb()
    const answer = await call(sandbox, 'GET', `${SERVICE}/${id}/proxy/`, { headers: HOST })
    expect(answer).toMatchObject({ status, text: expect.stringContaining(message) })
  })

  test('says that nothing listens, and takes faults of the API server', async () => {
    const sandbox = await withWeb()
    const ask = () => call(sandbox, 'GET', `${GATEWAY}/`, { headers: HOST })
    const refuses = await sandbox.faults.gateway({ kind: 'refuses' })
    expect(await ask()).toMatchObject({
      status: 503,
      text: expect.stringContaining('error trying to reach service: dial tcp'),
    })
    await refuses.clear()
    await sandbox.faults.api({ match: { path: /\/proxy\// }, times: 1, act: respond(504) })
    expect((await ask()).status).toBe(504)
    expect((await ask()).status).toBe(200)
  })
})

import { describe, expect, onTestFinished, test } from 'vitest'
import { WEB_ROUTE } from '../../../../kit/run/object.ts'
import { runOn, SURE, WEB } from '../../../../kit/run/run.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../../sandbox/sandbox.ts'
import type { JsonObject } from '../../../../src/kube/json.ts'

const OLDER = '2026-01-01T00:00:00Z'

async function webMesh(options: SandboxOptions = {}, ...older: JsonObject[]): Promise<Sandbox> {
  let now = new Date('2026-01-02T00:00:00Z')
  const sandbox = await startSandbox({ web: true, now: () => now, ...options })
  onTestFinished(() => sandbox.stop())
  now = new Date(OLDER)
  for (const object of older)
    sandbox.objects.create(object as Parameters<typeof sandbox.objects.create>[0])
  return sandbox
}

function editWeb(sandbox: Sandbox, edit: (spec: JsonObject) => JsonObject): void {
  const spec = sandbox.objects.get(WEB_ROUTE)?.spec as JsonObject
  sandbox.objects.patch(WEB_ROUTE, { spec: { ...spec, ...edit(spec) } })
}

/** The problems and warnings of a plan for the web application. */
async function planned(sandbox: Sandbox, inputs: Record<string, string> = {}) {
  const run = await runOn(sandbox, {
    ...WEB,
    mode: 'plan',
    subset: 'v2',
    weight: '20',
    ...inputs,
  })
  return [...(run.outcome.problems ?? []), ...run.record.findings].map(
    ({ code, what }) => `${code}: ${what}`,
  )
}

/** A VirtualService for the same host and Gateway. */
function another(name: string, http: JsonObject[]): JsonObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'demo' },
    spec: { hosts: ['web.example.com'], gateways: ['web-gateway'], http },
  }
}

const TO_V1 = [{ destination: { host: 'web', subset: 'v1' } }]

const OTHER_PORT =
  'ITS-OTHER-PORT-NOT-CHECKED: The run connects only to port 8080 of Gateway demo/web-gateway. The rule also gets the requests of port 8443. The split there is not checked.'

describe('a plan for an http rule', () => {
  test('warns only of the second port where the requests hit the rule', async () => {
    expect(await planned(await webMesh())).toEqual([OTHER_PORT])
  })

  test('uses the HTTPS server where the other one only redirects to it', async () => {
    const sandbox = await webMesh()
    const gateway = { ...WEB_ROUTE, resource: 'gateways', name: 'web-gateway' }
    const { servers } = Object(sandbox.objects.get(gateway)?.spec)
    const redirect = { ...servers[0], tls: { httpsRedirect: true } }
    const patched = (list: JsonObject[]) =>
      sandbox.objects.patch(gateway, {
        spec: { selector: { istio: 'ingressgateway' }, servers: list },
      })
    patched([redirect, servers[1]])
    const run = await runOn(sandbox, { ...WEB, mode: 'plan', subset: 'v2', weight: '20' })
    expect(run.log).toMatch(/Gateway: [\d.]+:8443 /)
    expect(run.record.findings).toEqual([])
    patched([redirect])
    expect(await planned(sandbox)).toEqual([
      'ITS-NO-MATCHING-SERVER: Gateway demo/web-gateway has no server for this rule: port 8080 redirects web.example.com to HTTPS.',
    ])
  })

  test('names the host that is asked for, and the others', async () => {
    const sandbox = await webMesh()
    editWeb(sandbox, () => ({ hosts: ['web.example.com', 'shop.example.com'] }))
    expect(await planned(sandbox)).toContain(
      'ITS-OTHER-HOST-NOT-CHECKED: The run asks only for host web.example.com. The rule also gets the requests for shop.example.com. The split there is not checked.',
    )
  })

  test('fails where the requests hit another rule of the object', async () => {
    const sandbox = await webMesh()
    editWeb(sandbox, ({ http }) => ({
      http: [
        { name: 'home', match: [{ uri: { exact: '/' } }], route: TO_V1 },
        { ...Object(Array.isArray(http) ? http[0] : {}), name: 'rest' },
      ],
    }))
    expect(await planned(sandbox, { route: 'http:rest' })).toContain(
      'ITS-PROBE-HITS-OTHER-RULE: The requests of this run would hit rule http:home of demo/web instead of rule http:rest: GET / for web.example.com at port 8080 of Gateway demo/web-gateway.',
    )
    expect(await planned(sandbox, { route: 'http:home' })).toEqual([OTHER_PORT])
  })

  test('fails where they hit no rule', async () => {
    const sandbox = await webMesh()
    const match = [{ uri: { prefix: '/api' } }]
    editWeb(sandbox, () => ({ http: [{ match, route: TO_V1 }] }))
    expect(await planned(sandbox)).toContain(
      'ITS-PROBE-HITS-NO-RULE: The requests of this run would hit no rule of demo/web: GET / for web.example.com at port 8080 of Gateway demo/web-gateway.',
    )
  })

  test('only warns of that without expect, because then the inputs for samples may be missing too', async () => {
    const sandbox = await webMesh()
    editWeb(sandbox, () => ({ http: [{ match: [{ uri: { prefix: '/api' } }], route: TO_V1 }] }))
    const inputs = { mode: 'plan', subset: 'v2', weight: '20', expect: undefined }
    const { outcome, record } = await runOn(sandbox, { ...WEB, ...inputs })
    expect(outcome.verdict).toBe('planned')
    expect(record.findings.map(({ code }) => code)).toContain('ITS-PROBE-HITS-NO-RULE')
  })

  test('fails where they hit a rule of another object for the host, of whatever age', async () => {
    const home = another('home', [{ match: [{ uri: { exact: '/' } }], route: TO_V1 }])
    expect(await planned(await webMesh({}, home))).toContain(
      'ITS-PROBE-HITS-OTHER-RULE: The requests of this run would hit rule http[0] of VirtualService demo/home instead of rule http[0] of demo/web. Both have the same host on port 8080 of Gateway demo/web-gateway.',
    )
  })

  test('fails where an older object gets all of its requests', async () => {
    expect(await planned(await webMesh({}, another('old', [{ route: TO_V1 }])))).toContain(
      'ITS-PORT-TAKEN: The weights of demo/web would have no effect for host web.example.com at port 8080 of Gateway demo/web-gateway. VirtualService demo/old is older and gets every request that rule http[0] matches.',
    )
  })

  test('passes with an older object for other requests of the host', async () => {
    const api = another('api', [{ match: [{ uri: { prefix: '/api' } }], route: TO_V1 }])
    expect(await planned(await webMesh({}, api))).toEqual([OTHER_PORT])
  })
})

test('a shift writes nothing where its requests would hit another rule, and passes with the path of its own', async () => {
  const sandbox = await webMesh()
  editWeb(sandbox, ({ http }) => ({
    http: [
      { name: 'home', match: [{ uri: { exact: '/' } }], route: TO_V1 },
      { ...Object(Array.isArray(http) ? http[0] : {}), name: 'rest' },
    ],
  }))
  const before = JSON.stringify(sandbox.objects.get(WEB_ROUTE)?.spec)
  const inputs = { ...WEB, route: 'http:rest', subset: 'v2', weight: '20' }
  const refused = await runOn(sandbox, inputs)
  expect(refused.outcome).toMatchObject({ verdict: 'error', code: 'ITS-PROBE-HITS-OTHER-RULE' })
  expect(JSON.stringify(sandbox.objects.get(WEB_ROUTE)?.spec)).toBe(before)
  const passed = await runOn(sandbox, {
    ...inputs,
    confidence: SURE,
    tolerance: '12',
    'probe-path': '/api',
  })
  expect(passed.outcome.verdict, passed.log).toBe('pass')
})

test('a plan for a tls rule asks for its name, where TLS is passed through', async () => {
  const sandbox = await webMesh({ web: { tls: true } })
  expect(await planned(sandbox, { 'virtual-service': 'web-tls' })).toEqual([])
})

test('a plan for a tls rule fails where another object has the name more precisely', async () => {
  const rule = (name: string) => ({
    match: [{ sniHosts: [name] }],
    route: [{ destination: { host: 'web', port: { number: 443 }, subset: 'v1' } }],
  })
  const sandbox = await webMesh({ web: { tls: true } })
  const route = { ...WEB_ROUTE, name: 'web-tls' }
  const spec = Object(sandbox.objects.get(route)?.spec)
  sandbox.objects.patch(route, {
    spec: { ...spec, hosts: ['*.example.com'], tls: [rule('*.example.com')] },
  })
  sandbox.objects.create({
    ...another('precise', []),
    spec: { ...spec, hosts: ['a.example.com'], tls: [rule('a.example.com')] },
  } as unknown as Parameters<typeof sandbox.objects.create>[0])
  const inputs = { 'virtual-service': 'web-tls', 'probe-host': 'a.example.com' }
  expect(await planned(sandbox, inputs)).toContain(
    'ITS-PROBE-HITS-OTHER-RULE: The connections of this run would hit rule tls[0] of VirtualService demo/precise instead of rule tls[0] of demo/web-tls. Both get connections of port 8444 of Gateway demo/web-tls-gateway.',
  )
  expect(await planned(sandbox, { ...inputs, 'probe-host': 'b.example.com' })).toEqual([])
})

describe('a plan for the rule of an object that others delegate to', () => {
  const root = (match: JsonObject[]) => ({
    ...another('root', [{ match, delegate: { name: 'web' } }]),
    metadata: { name: 'root', namespace: 'demo' },
  })

  async function delegatedMesh(...objects: JsonObject[]) {
    const sandbox = await webMesh({}, ...objects)
    editWeb(sandbox, () => ({ hosts: [], gateways: [] }))
    return sandbox
  }

  test('uses the gateway and host of the object that delegates', async () => {
    const sandbox = await delegatedMesh(root([{ uri: { prefix: '/' } }]))
    expect(await planned(sandbox)).toEqual([OTHER_PORT])
  })

  test('fails where the requests do not meet the match of that object', async () => {
    const sandbox = await delegatedMesh(root([{ uri: { prefix: '/api' } }]))
    expect(await planned(sandbox)).toContain(
      'ITS-PROBE-HITS-NO-RULE: The requests of this run would hit no rule of demo/root: GET / for web.example.com at port 8080 of Gateway demo/web-gateway.',
    )
  })

  test('fails where no object delegates to it', async () => {
    expect(await planned(await delegatedMesh())).toEqual([
      'ITS-NO-GATEWAY: No gateway uses the rule: demo/web has no hosts, and no VirtualService delegates to it.',
    ])
  })
})

describe('a plan for a rule of an object that delegates before it', () => {
  async function delegatingMesh(delegateMatch: JsonObject[]) {
    const delegate = {
      ...another('orders', [{ name: 'orders', match: delegateMatch, route: TO_V1 }]),
    }
    const spec = { http: Object(delegate.spec).http as JsonObject[] }
    const sandbox = await webMesh({}, { ...delegate, spec })
    editWeb(sandbox, ({ http }) => ({
      http: [
        { match: [{ uri: { prefix: '/' } }], delegate: { name: 'orders' } },
        ...(http as JsonObject[]),
      ],
    }))
    return sandbox
  }

  test('knows that its requests hit the rule where the delegate takes others', async () => {
    const sandbox = await delegatingMesh([{ uri: { prefix: '/orders' } }])
    expect(await planned(sandbox, { route: 'http[1]' })).toEqual([OTHER_PORT])
  })

  test('fails where the delegate takes its requests, and names the rule where it is written', async () => {
    const sandbox = await delegatingMesh([{ uri: { prefix: '/orders' } }])
    const inputs = { route: 'http[1]', 'probe-path': '/orders/1' }
    expect(await planned(sandbox, inputs)).toContain(
      'ITS-PROBE-HITS-OTHER-RULE: The requests of this run would hit rule http:orders of demo/orders instead of rule http[1]: GET /orders/1 for web.example.com at port 8080 of Gateway demo/web-gateway.',
    )
  })

  test('fails where the delegate takes every request', async () => {
    const sandbox = await delegatingMesh([{ uri: { prefix: '/' } }])
    const found = await planned(sandbox, { route: 'http[1]' })
    expect(found.join()).toContain(
      'would hit rule http:orders of demo/orders instead of rule http[1]',
    )
  })
})

describe('a verify of an http rule', () => {
  const verify = { ...WEB, mode: 'verify', weights: 'current', tolerance: '20', confidence: SURE }
  const SHARES = { web: { http: { v1: 50, v2: 50 } } }

  test('takes no sample where an older object gets its requests', async () => {
    const sandbox = await webMesh(SHARES, another('older', [{ route: TO_V1 }]))
    const { outcome } = await runOn(sandbox, verify)
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(outcome.message).toContain('VirtualService demo/older is older and gets every request')
    expect(outcome.checks).toEqual([])
  })

  test.each([
    [
      'compares the request in a payload with the rules',
      { probe: 'tcp', payload: 'GET /api HTTP/1.1\\r\\nHost: web.example.com\\r\\n\\r\\n' },
      'ITS-PROBE-HITS-OTHER-RULE',
    ],
    [
      'says that a payload which is no request may hit another rule',
      { probe: 'tcp', payload: 'hello\\n', connections: '10' },
      'ITS-PROBE-HIT-UNKNOWN',
    ],
    [
      'says that the requests of a command may hit another rule',
      { probe: 'command', 'probe-command': 'echo v1', connections: '10' },
      'ITS-PROBE-HIT-UNKNOWN',
    ],
  ])('%s', async (_, inputs, code) => {
    const sandbox = await webMesh(SHARES)
    editWeb(sandbox, ({ http }) => ({
      http: [{ match: [{ uri: { prefix: '/api' } }], route: TO_V1 }, ...(http as JsonObject[])],
    }))
    const route = 'http[1]'
    const { outcome, record } = await runOn(sandbox, { ...verify, ...inputs, route })
    const codes = [...(outcome.problems ?? []), ...record.findings].map((one) => one.code)
    expect(codes).toContain(code)
  })
})

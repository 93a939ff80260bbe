import { connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { runHttp, runOn, SURE } from '../../../kit/run/run.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { may, NETWORKING, sandboxWith, userWith } from '../../kube/support/cluster.ts'

const SHIFT = {
  connect: 'api-proxy',
  subset: 'v2',
  weight: '60',
  tolerance: '35',
  confidence: SURE,
}
const MESH = { web: { http: { v1: 80, v2: 20 } } }
/** Everything that a run needs, but not the Service proxy. */
const READER = [
  may('get', NETWORKING, '*'),
  may('list', '*', '*'),
  may('patch', NETWORKING, 'virtualservices'),
  may('get', '', 'services'),
]

const PROXIED = /\/services\/http:[^/]+\/proxy/

/** Requests that the sandbox was asked to pass on. */
function passedOn(sandbox: Sandbox): string[] {
  return sandbox.calls.flatMap(({ method, path }) =>
    PROXIED.test(path) ? `${method} ${path}` : [],
  )
}

test('a shift of an http rule is confirmed by requests through the Service proxy', async () => {
  const sandbox = await sandboxWith(MESH)
  const { outcome, log } = await runHttp(sandbox, { ...SHIFT, 'probe-path': '/a/path?q=1' })
  expect(outcome).toMatchObject({ verdict: 'pass', weights: { v1: 40, v2: 60 } })
  expect(log).toContain('Service proxy of istio-system/istio-ingressgateway, port ')
  const [first] = passedOn(sandbox)
  expect(first).toMatch(
    /^GET \/api\/v1\/namespaces\/istio-system\/services\/http:istio-ingressgateway:\d+\/proxy\/a\/path\?q=1$/,
  )
})

test('with stamps, replies through the Service proxy show their destination', async () => {
  const sandbox = await sandboxWith(MESH)
  const { outcome } = await runHttp(sandbox, { ...SHIFT, expect: 'stamp' })
  expect(outcome).toMatchObject({ verdict: 'pass' })
})

test('a run that may not use the Service proxy names the rule that allows it, for its method', async () => {
  const sandbox = await sandboxWith({ ...MESH, tokens: { reader: userWith(...READER) } })
  const { outcome } = await runHttp(sandbox, { ...SHIFT, 'probe-method': 'POST' })
  expect(outcome).toMatchObject({ verdict: 'error', code: 'ITS-FORBIDDEN', wrote: false })
  expect(outcome.remedy).toMatch(
    /resources: \["services\/proxy"\], verbs: \["create"\], resourceNames: \["http:istio-ingressgateway:\d+"\]/,
  )
})

test('a run whose right to the Service proxy ends during the check is rolled back as an error of the cluster', async () => {
  const sandbox = await sandboxWith(MESH)
  const { outcome } = await runHttp(
    sandbox,
    { ...SHIFT, tolerance: '2' },
    {
      onLine: (line) => {
        if (/^Written/.test(line)) sandbox.tokens.set('admin-token', userWith(...READER))
      },
    },
  )
  expect(outcome).toMatchObject({
    verdict: 'error',
    reason: 'cluster',
    code: 'ITS-TUNNEL-BROKEN',
    rolledBack: true,
  })
  expect(outcome.message).toContain('The API server did not pass a request on to the gateway')
})

test('a rule whose samples are no plain requests is refused, and connect: port-forward is named', async () => {
  const sandbox = await sandboxWith({ weights: { v1: 80, v2: 20 } })
  const { outcome } = await runOn(sandbox, SHIFT)
  expect(outcome).toMatchObject({ verdict: 'error', code: 'ITS-INPUTS-CONFLICT', wrote: false })
  expect(outcome.remedy).toContain('connect: port-forward')
})

test('a path that leads out of the Service proxy is refused', async () => {
  const sandbox = await sandboxWith(MESH)
  const { outcome } = await runHttp(sandbox, { ...SHIFT, 'probe-path': '/..%2f/%2E./secrets' })
  expect(outcome).toMatchObject({ verdict: 'error', code: 'ITS-INPUTS-CONFLICT', wrote: false })
  expect(passedOn(sandbox)).toEqual([])
})

test('only the request of the run is passed on, whatever else connects to its port', async () => {
  const sandbox = await sandboxWith(MESH)
  let refused: Promise<unknown> | undefined
  const { outcome } = await runHttp(sandbox, SHIFT, {
    onLine: (line) => {
      const [, port] = /127\.0\.0\.1:(\d+) \(Service proxy/.exec(line) ?? []
      if (port === undefined) return
      const socket = connect(Number(port), '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write('GET /../../../secrets HTTP/1.1\r\nHost: a\r\n\r\n')
      refused = vi.waitUntil(() => socket.destroyed && socket.bytesRead === 0)
    },
  })
  expect(outcome).toMatchObject({ verdict: 'pass' })
  await refused
  expect(passedOn(sandbox).filter((call) => call.includes('secrets'))).toEqual([])
})

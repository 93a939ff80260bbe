import { expect, test } from 'vitest'
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
  const { outcome, log } = await runHttp(sandbox, { ...SHIFT, 'probe-method': 'POST' })
  expect(log).not.toContain('Preflight: ')
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

test('a reply that is longer than a reply may be is cut, and its connection is not used again', async () => {
  const sandbox = await sandboxWith(MESH)
  const body = 'x'.repeat(100_000)
  await sandbox.faults.gateway({ kind: 'reply', when: 'before-route', status: 200, body })
  const { outcome } = await runHttp(sandbox, SHIFT)
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight', wrote: false })
  expect(outcome.message).toContain('64 KiB')
})

test('a gateway that accepts no connection leaves requests unanswered, and breaks no way to it', async () => {
  const sandbox = await sandboxWith(MESH)
  await sandbox.faults.gateway({ kind: 'refuses' })
  const { outcome } = await runHttp(sandbox, SHIFT)
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight', wrote: false })
  expect(outcome.code).not.toBe('ITS-POD-NOT-REACHED')
})

test('requests that get no reply within probe-timeout are unanswered', async () => {
  const sandbox = await sandboxWith(MESH)
  await sandbox.faults.gateway({ kind: 'black-hole' })
  const { outcome } = await runHttp(sandbox, { ...SHIFT, 'probe-timeout': '100ms' })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight', wrote: false })
  expect(outcome.message).toContain('got no complete reply within probe-timeout')
})

import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { API_GATEWAY, gatewayMesh, runRoute } from '../../kit/run/gateway-api.ts'
import { runHttp, runOn } from '../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox()
})
afterEach(() => sandbox.stop())

const DOCUMENTED = documentedCalls('calls')
const OF_UNANSWERED = documentedCalls('unanswered')
const OF_ADDED = documentedCalls('added')
const OF_PROXIES = documentedCalls('proxies')
const OF_EVENTS = documentedCalls('events')

/** The calls of a table in docs/api-calls.md, in their order: verb and what it is for. */
function documentedCalls(name: string): string[] {
  const page = readFileSync(new URL('../../docs/api-calls.md', import.meta.url), 'utf8')
  const table = new RegExp(`<!-- ${name} -->([^]*?)<!-- /${name} -->`).exec(page)?.[1] ?? ''
  return [
    ...table.matchAll(/^\| `([A-Z]+ [a-z]+(?:\/NAME)?(?:\/portforward)?)`( with `dryRun=All`)?/gm),
  ].map(([, call, dry]) => `${call}${dry ? ' dry run' : ''}`)
}

const OF_ISTIO =
  /\/(gateways|virtualservices|destinationrules|services|pods|events)(?:\/([^/?]+))?(\/portforward)?(?:\?|$)/

/** The sandbox's calls in the words of that page. */
function callsMade(resource = OF_ISTIO): string[] {
  return sandbox.calls.map(({ method, path, dryRun }) => {
    const [, plural = '', name, part = ''] = resource.exec(path) ?? []
    const verb = method === 'GET' && name === undefined ? 'LIST' : method
    return `${verb} ${plural}${name === undefined ? '' : '/NAME'}${part}${dryRun ? ' dry run' : ''}`
  })
}

test('a passing shift between destinations that answer makes the calls that docs/api-calls.md lists, each once, and no other', async () => {
  await sandbox.stop()
  sandbox = await startSandbox({ weights: { v1: 50, v2: 50 } })
  const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '20', tolerance: '15' })
  expect(outcome.verdict).toBe('pass')
  expect(callsMade().sort()).toEqual([...DOCUMENTED, ...OF_PROXIES, ...OF_EVENTS].sort())
})

test('a shift to a destination that the rule lacks looks it up, by the calls of the second and the third table', async () => {
  const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '20', tolerance: '15' })
  expect(outcome.verdict).toBe('pass')
  expect(OF_UNANSWERED).toHaveLength(4)
  expect(OF_ADDED).toHaveLength(1)
  const shift = [...DOCUMENTED, ...OF_PROXIES, ...OF_EVENTS, ...OF_UNANSWERED, ...OF_ADDED]
  expect(callsMade().sort()).toEqual(shift.sort())
})

test('a shift of an http rule with stamps makes the same calls as one of a tcp rule, and looks up all destinations at once', async () => {
  await sandbox.stop()
  sandbox = await startSandbox({ web: true })
  const given = { subset: 'v2', weight: '20', tolerance: '15', expect: 'stamp' }
  const { outcome } = await runHttp(sandbox, given)
  expect(outcome.verdict).toBe('pass')
  const shift = [...DOCUMENTED, ...OF_PROXIES, ...OF_EVENTS, ...OF_UNANSWERED, ...OF_ADDED]
  expect(callsMade().sort()).toEqual(shift.sort())
})

test('a plan opens no connection, so it makes all calls except the writes', async () => {
  await runOn(sandbox, { mode: 'plan', subset: 'v2', weight: '20' })
  expect(callsMade().sort()).toEqual(
    [...DOCUMENTED, ...OF_UNANSWERED, ...OF_ADDED]
      .filter((call) => call !== 'PATCH virtualservices/NAME')
      .sort(),
  )
})

test('a plan for an HTTPRoute makes the calls to the Gateway API that docs/api-calls.md lists, each once', async () => {
  await sandbox.stop()
  sandbox = await startSandbox(gatewayMesh({ v1: 50, v2: 50 }, ['http']))
  await expect
    .poll(() => sandbox.objects.get({ ...API_GATEWAY })?.status)
    .toHaveProperty('addresses')
  const { outcome } = await runRoute(sandbox, 'http', {
    mode: 'plan',
    destination: 'web-v2',
    weight: '20',
  })
  expect(outcome.verdict).toBe('planned')
  const made = callsMade(
    /\/gateway\.networking\.k8s\.io\/v1(?:\/namespaces\/[^/]+)?\/([a-z]+)(?:\/([^/?]+))?(?:\?|$)/,
  )
  expect(made.filter((call) => !call.endsWith(' ')).sort()).toEqual(
    documentedCalls('gateway-api').sort(),
  )
})

test('verify makes the first five, and reads the object once more at its end', async () => {
  await sandbox.stop()
  sandbox = await startSandbox({ weights: { v1: 50, v2: 50 } })
  const { outcome } = await runOn(sandbox, { mode: 'verify', weights: 'current', tolerance: '20' })
  expect(outcome.verdict).toBe('pass')
  const verify = [...DOCUMENTED.slice(0, 5), ...OF_PROXIES, 'GET virtualservices/NAME']
  expect(callsMade().sort()).toEqual(verify.sort())
})

test('the run reads the Service and Pods of a destination that has weight and does not answer', async () => {
  await sandbox.stop()
  sandbox = await startSandbox({ weights: { v1: 50, v2: 50 } })
  await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 1 } })
  const pods = { group: '', resource: 'pods', namespace: 'demo' }
  for (const { metadata } of sandbox.objects.list(pods))
    if (metadata.name.includes('v2')) sandbox.objects.delete({ ...pods, name: metadata.name })
  const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '20', tolerance: '15' })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
  expect(outcome.message).toContain('v2 has no ready endpoints')
})

test('with an endpoint and no right but get and patch on the one object a shift passes, with a warning and a rule for each look that it skipped', async () => {
  const rule = {
    apiGroups: ['networking.istio.io'],
    resources: ['virtualservices'],
    resourceNames: ['tcp-echo'],
    namespace: 'demo',
  }
  sandbox.tokens.set('few-rights', { name: 'few', rules: [{ ...rule, verbs: ['get', 'patch'] }] })
  const { host, port } = sandbox.gateway
  const { outcome, record } = await runOn(
    { kubeconfig: sandbox.kubeconfigFor('few-rights') },
    { subset: 'v2', weight: '20', tolerance: '15', endpoint: `${host}:${port}` },
  )
  expect(outcome.verdict).toBe('pass')
  const rules = record.findings.map(({ remedy }) =>
    /resources: \["([^\]]+)"\], verbs: \["(\w+)"\]/.exec(remedy)?.slice(1),
  )
  expect(rules.sort()).toEqual([
    ['destinationrules', 'list'],
    ['virtualservices", "gateways', 'list'],
  ])
})

import { afterEach, beforeEach, expect, test } from 'vitest'
import { ROUTE, routeText, writes } from '../../kit/run/object.ts'
import { runOn, SURE } from '../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { summaryOf } from '../../src/report/summary/summary.ts'

type Routes = { tcp: { route: { weight: number }[] }[] }

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
})
afterEach(() => sandbox.stop())

test('verify confirms the weights that the object has, and writes nothing', async () => {
  const before = routeText(sandbox)
  const { outcome } = await runOn(sandbox, {
    mode: 'verify',
    weights: 'current',
    tolerance: '15',
    confidence: SURE,
  })
  expect(outcome).toMatchObject({
    verdict: 'pass',
    reason: 'within-tolerance',
    weights: { v1: 80, v2: 20 },
  })
  expect(writes(sandbox)).toEqual([])
  expect(routeText(sandbox)).toBe(before)
})

test('verify of weights that the object does not have fails, and says that it has others', async () => {
  const { outcome, record } = await runOn(sandbox, {
    mode: 'verify',
    weights: '{v1: 50, v2: 50}',
    'propagation-timeout': '0s',
  })
  expect(outcome).toMatchObject({ verdict: 'fail', reason: 'off-target', rolledBack: false })
  expect(outcome.remedy).toMatch(/^Shift to v1 50%, v2 50%, or wait for the controller/)
  expect(record.findings[0]?.what).toContain('demo/tcp-echo has v1 80%, v2 20%.')
  expect(record.findings[0]?.remedy).toContain('use weights: current')
})

test.each([
  ['20', '10, 20', /Skipped steps: 10%\./],
  ['40', '10 30 25 40', /Skipped steps: 10%, 25%\./],
  ['10', '15 30', /Skipped steps: 30%\./],
  ['40', '30', undefined],
])('plan of weight %s by steps %s says which of them it skips', async (weight, steps, said) => {
  const { outcome, log } = await runOn(sandbox, { mode: 'plan', subset: 'v2', weight, steps })
  expect(outcome.verdict).toBe('planned')
  if (said) expect(log).toMatch(said)
  else expect(log).not.toContain('Skipped')
})

test('verify takes a weight and its subset too', async () => {
  const { outcome } = await runOn(sandbox, {
    mode: 'verify',
    subset: 'v2',
    weight: '20',
    tolerance: '15',
    confidence: SURE,
  })
  expect(outcome.verdict).toBe('pass')
})

test('a try opens no more connections than it may use, however many could be in flight', async () => {
  const { outcome } = await runOn(sandbox, {
    mode: 'verify',
    weights: 'current',
    connections: '20',
    concurrency: '256',
    'propagation-timeout': '0s',
  })
  expect(outcome.reason).toBe('limit-reached')
  expect(outcome.checks.map(({ attempts }) => attempts.length)).toEqual([1])
  // And up to 10 before, which tell whether replies come at all.
  expect(sandbox.connections.accepted).toBeLessThanOrEqual(30)
})

test('verify needs no right but to read the one object where the endpoint is given', async () => {
  sandbox.tokens.set('reader', {
    name: 'reader',
    rules: [
      {
        apiGroups: ['networking.istio.io'],
        resources: ['virtualservices'],
        resourceNames: ['tcp-echo'],
        verbs: ['get'],
      },
    ],
  })
  const { host, port } = sandbox.gateway
  const { outcome, record } = await runOn(
    { kubeconfig: sandbox.kubeconfigFor('reader') },
    {
      mode: 'verify',
      weights: 'current',
      tolerance: '15',
      confidence: SURE,
      endpoint: `${host}:${port}`,
    },
  )
  expect(outcome.verdict).toBe('pass')
  expect(record.findings.map(({ code }) => code)).toEqual(['ITS-SHADOWING-NOT-CHECKED'])
})

test('verify reports the weights at its end where another client writes them during the run', async () => {
  let isWritten = false
  const { outcome, record } = await runOn(
    sandbox,
    {
      mode: 'verify',
      weights: '{v1: 35, v2: 65}',
      tolerance: '10',
      confidence: SURE,
      'propagation-timeout': '20s',
    },
    {
      onLine: (text) => {
        if (isWritten || !text.includes('This run verifies')) return
        isWritten = true
        const spec = structuredClone(sandbox.objects.get(ROUTE)?.spec) as Routes
        for (const [index, one] of (spec.tcp[0]?.route ?? []).entries())
          one.weight = index === 0 ? 35 : 65
        sandbox.objects.patch(ROUTE, { spec })
      },
    },
  )
  expect(outcome).toMatchObject({ verdict: 'pass', weights: { v1: 35, v2: 65 } })
  expect(summaryOf(record, outcome)).toContain('Production now: v1 35%, v2 65%, confirmed')
})

test('verify soon after a change gives the gateway the time to act on it', async () => {
  await sandbox.faults.gateway({ kind: 'late', byMs: 1500 })
  const route = {
    group: 'networking.istio.io',
    resource: 'virtualservices',
    namespace: 'demo',
    name: 'tcp-echo',
  }
  const spec = structuredClone(sandbox.objects.get(route)?.spec) as {
    tcp: { route: { weight: number }[] }[]
  }
  for (const [index, weight] of [10, 90].entries()) {
    const rule = spec.tcp[0]?.route[index]
    if (rule) rule.weight = weight
  }
  sandbox.objects.patch(route, { spec })
  const { outcome } = await runOn(sandbox, { mode: 'verify', weights: 'current', tolerance: '15' })
  expect(outcome.verdict).toBe('pass')
  expect(outcome.checks[0]?.attempts.length).toBeGreaterThan(1)
})

test('plan opens no connection, stores nothing, and says what a shift would do and take', async () => {
  const before = routeText(sandbox)
  const { outcome, record } = await runOn(sandbox, {
    mode: 'plan',
    subset: 'v2',
    weight: '60',
    steps: '40',
    expect: undefined,
  })
  expect(outcome).toMatchObject({
    verdict: 'planned',
    reason: 'planned',
    weights: { v1: 80, v2: 20 },
  })
  expect(outcome.message).toMatch(
    /^demo\/tcp-echo would go from v1 80%, v2 20% to v1 60%, v2 40%, then v1 40%, v2 60%\. The checks take about [\d,]+ connections\. Nothing was written\.$/,
  )
  expect(record.plan?.checks.map(({ plan }) => plan.mean > 500 && plan.mean < 3000)).toEqual([
    true,
    true,
  ])
  expect(sandbox.connections.accepted).toBe(0)
  expect(
    sandbox.calls.filter(({ method }) => method === 'PATCH').map(({ dryRun }) => dryRun),
  ).toEqual([true])
  expect(routeText(sandbox)).toBe(before)
})

test('plan of weights that are there is unchanged', async () => {
  const { outcome } = await runOn(sandbox, { mode: 'plan', subset: 'v2', weight: '20' })
  expect(outcome).toMatchObject({ verdict: 'planned', reason: 'unchanged' })
  expect(sandbox.calls.filter(({ method }) => method === 'PATCH')).toEqual([])
})

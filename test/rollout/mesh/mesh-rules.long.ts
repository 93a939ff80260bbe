import { describe, expect, onTestFinished, test } from 'vitest'
import {
  MESH_RULES,
  type MeshRule,
  meshVirtualService,
  subsets,
  userOf,
  weightsIn,
} from '../../../kit/run/mesh-rules.ts'
import { runOn } from '../../../kit/run/run.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { sandboxWith } from '../../kube/support/cluster.ts'

const CHECK = { confidence: '99.99', tolerance: '15' }
const BEFORE = { v1: 80, v2: 20 }
const USERS_OF_EACH = 4

const RULE = MESH_RULES['a VirtualService with gateways [mesh]']

/** Two clients with sidecars, whose users send requests to the Service of a rule until the test ends. */
async function mesh(rule: MeshRule): Promise<Sandbox> {
  const sandbox = await sandboxWith({ proxies: true, web: true, gatewayApi: true, debounceMs: 10 })
  sandbox.objects.create(rule.object(BEFORE))
  await sandbox.applied()
  for (const name of ['client-0', 'client-1']) {
    const client = sandbox.sidecars.add({ name, labels: { app: 'client', client: name } })
    const at = await client.outbound('web', rule.port)
    for (let user = 0; user < USERS_OF_EACH && at !== undefined; user += 1)
      onTestFinished(userOf(at, 'web.demo.svc.cluster.local'))
  }
  return sandbox
}

/** A shift of the rule to 50% of v2. */
function shift(sandbox: Sandbox, rule: MeshRule, inputs: Record<string, string | undefined> = {}) {
  const subset = rule.destination('v2')
  return runOn(sandbox, { ...rule.inputs, ...CHECK, subset, weight: '50', ...inputs })
}

describe('what users do through the sidecars of clients', () => {
  test.each(Object.entries(MESH_RULES))('confirms a shift of %s', async (_, rule) => {
    const sandbox = await mesh(rule)
    const { outcome, log } = await shift(sandbox, rule)
    expect(outcome).toMatchObject({ verdict: 'pass', weights: { [rule.destination('v2')]: 50 } })
    expect(outcome.checks.at(-1)?.proxies?.proxies).toMatchObject([
      { pod: 'demo/client-0', role: 'sidecar', state: 'confirmed' },
      { pod: 'demo/client-1', role: 'sidecar', state: 'confirmed' },
    ])
    // A sidecar has a route to each Service by its own name.
    const isOfServices = rule.destination('v2') === 'web-v2'
    expect(log.includes('ITS-DIRECT-CALLS-COUNTED')).toBe(isOfServices)
    if (isOfServices)
      expect(log).toContain('to web-v1.demo.svc.cluster.local, web-v2.demo.svc.cluster.local by')
  })

  test('refutes a split that a sidecar makes besides its configuration, and restores the weights', async () => {
    const sandbox = await mesh(RULE)
    await sandbox.faults.sidecar({ kind: 'shares', shares: { v1: 0.9, v2: 0.1 } })
    const { outcome } = await shift(sandbox, RULE)
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'off-target', rolledBack: true })
    expect(outcome.message).not.toMatch(/gateway/i)
    expect(weightsIn(sandbox, RULE)).toEqual([80, 20])
  })

  test.each(['never', 'rejects'] as const)(
    'is not awaited where a sidecar takes no new configuration (%s), which is named',
    async (kind) => {
      const sandbox = await mesh(RULE)
      await sandbox.faults.sidecar({ kind, pod: 'client-1' })
      const { outcome } = await shift(sandbox, RULE, { 'propagation-timeout': '100ms' })
      expect(outcome).toMatchObject({ verdict: 'fail', reason: 'not-propagated', rolledBack: true })
      expect(outcome.code).toBe('ITS-PROXY-STALE')
      expect(outcome.message).toContain('demo/client-1 still has v1 80%, v2 20%.')
      expect(weightsIn(sandbox, RULE)).toEqual([80, 20])
    },
  )
})

describe('a client that does not have the rule is named before the write', () => {
  const match = [{ sourceLabels: { client: 'client-0' } }]
  test.each([
    [
      'because of sourceLabels',
      meshVirtualService({ http: [{ match, route: subsets(BEFORE) }] }),
      'proxy demo/client-1 does not',
      'The sourceLabels or sourceNamespace of each match of the rule are for other Pods.',
    ],
    [
      'because of exportTo',
      meshVirtualService({ exportTo: ['istio-system'] }),
      'proxies demo/client-0, demo/client-1 do not',
      'VirtualService demo/web-mesh leaves namespace demo out of its exportTo.',
    ],
  ])('%s', async (_, rule, which, why) => {
    const sandbox = await mesh(rule)
    const { outcome } = await shift(sandbox, rule)
    expect(outcome).toMatchObject({ verdict: 'error', wrote: false, code: 'ITS-RULE-NOT-IN-PROXY' })
    expect(outcome.message).toContain(which)
    expect(outcome.message).toContain(why)
  })

  test('because of a Sidecar object', async () => {
    const sandbox = await mesh(RULE)
    sandbox.objects.create({
      apiVersion: 'networking.istio.io/v1',
      kind: 'Sidecar',
      metadata: { name: 'narrow', namespace: 'demo' },
      spec: {
        workloadSelector: { labels: { client: 'client-0' } },
        egress: [{ hosts: ['istio-system/*'] }],
      },
    })
    await sandbox.applied()
    const { outcome } = await shift(sandbox, RULE)
    expect(outcome).toMatchObject({ verdict: 'error', wrote: false, code: 'ITS-RULE-NOT-IN-PROXY' })
    expect(outcome.message).toContain('proxy demo/client-0 does not have the rule')
  })
})

test.each([
  ['direct', {}],
  ['direct, to an endpoint', { endpoint: '127.0.0.1:80' }],
  ['port-forward', { connect: 'port-forward' }],
  ['api-proxy', { connect: 'api-proxy' }],
  [
    'counters of own traffic',
    { evidence: 'counters', traffic: 'own', 'client-pods': 'demo/app=client' },
  ],
])(
  'own samples (%s) of a rule of the mesh are refused, and the ways that there are are named',
  async (_, how) => {
    const sandbox = await mesh(RULE)
    const replies = {
      evidence: undefined,
      traffic: undefined,
      'client-pods': undefined,
      expect: 'stamp',
    }
    const own = 'evidence' in how ? { expect: undefined } : {}
    const { outcome, log } = await shift(sandbox, RULE, { ...replies, ...how, ...own })
    expect(outcome).toMatchObject({ verdict: 'error', wrote: false, code: 'ITS-NO-GATEWAY' })
    expect(log).toMatch(/Set connect: job,.* client-pods/)
  },
)

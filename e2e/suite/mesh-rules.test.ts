import { afterEach, describe, expect, test } from 'vitest'
import { MESH_RULES, type MeshRule, meshVirtualService, subsets } from '../../kit/run/mesh-rules.ts'
import { parseJson } from '../../sandbox/objects/json.ts'
import { clientSidecar } from '../objects/client.ts'
import { clientRoutesChanged } from '../objects/envoy-filters.ts'
import { PROXY_PODS } from '../processes/envoy/proxy-pods.ts'
import { type Ended, runJob, writesIn } from './support/job.ts'
import { clientSplits, lend, lendRule, meshClients, usersOf } from './support/mesh-clients.ts'
import { api, objectText } from './support/route.ts'

const configuration = meshClients()
const BEFORE = { v1: 80, v2: 20 }
const RULE = MESH_RULES['a VirtualService with gateways [mesh]']
const OTHER = `demo/${PROXY_PODS.otherClient.pod}`

afterEach(() => configuration().release())

/** A shift of the rule to 60% of v2. */
function shift(rule: MeshRule, inputs: Record<string, string | undefined> = {}): Promise<Ended> {
  const subset = rule.destination('v2')
  const limits = { tolerance: '10', 'propagation-timeout': '5s' }
  return runJob({ ...rule.inputs, ...limits, subset, weight: '60', ...inputs })
}

async function textOf(rule: MeshRule): Promise<string> {
  return objectText(await api.read(rule.object(BEFORE)))
}

describe('what users do through the sidecars of clients', () => {
  test.each(Object.entries(MESH_RULES))('confirms a shift of %s', async (_, rule) => {
    await lendRule(rule, BEFORE)
    await usersOf(rule)
    const run = await shift(rule)
    const v2 = rule.destination('v2')
    expect(run.outputs, run.text).toMatchObject({ verdict: 'pass' })
    expect(parseJson(run.outputs.weights ?? '')).toMatchObject({ [v2]: 60 })
    expect(parseJson(run.outputs.proxies ?? '')).toEqual({ confirmed: 2, total: 2 })
    await clientSplits('client', rule.port, { [rule.destination('v1')]: 40, [v2]: 60 })
  })

  test('refutes weights that the clients do not have', async () => {
    await lendRule(RULE, BEFORE)
    await usersOf(RULE)
    const run = await shift(RULE, { mode: 'verify', weight: '40' })
    expect(run.outputs, run.text).toMatchObject({ verdict: 'fail', reason: 'off-target' })
    expect(writesIn(run.report)).toEqual([])
  })

  test('refutes a split that no dump shows, and the previous weights are restored', async () => {
    // Far from the hidden 90/10, so that nothing can be taken for the previous weights.
    await lendRule(RULE, { v1: 50, v2: 50 })
    for (const client of ['client', 'otherClient'] as const)
      await lend(clientRoutesChanged(PROXY_PODS[client].pod, 'hidden-weights'))
    await usersOf(RULE)
    const before = await textOf(RULE)
    const run = await shift(RULE)
    expect(run.outputs, run.text).toMatchObject({
      ...{ verdict: 'fail', reason: 'off-target', 'rolled-back': 'true' },
    })
    expect(await textOf(RULE)).toBe(before)
  })
})

describe('a client whose sidecar does not take the new weights is named, and the previous ones are restored', () => {
  const expectNamed = async (before: string) => {
    const run = await shift(RULE)
    expect(run.outputs, run.text).toMatchObject({
      ...{ verdict: 'fail', reason: 'not-propagated', 'rolled-back': 'true' },
    })
    expect(run.text).toContain(`${OTHER} still has v1 80%, v2 20%.`)
    expect(run.text).not.toContain(`${PROXY_PODS.client.pod} still`)
    expect(await textOf(RULE)).toBe(before)
  }

  test('where it has no connection to istiod', async () => {
    await lendRule(RULE, BEFORE)
    await usersOf(RULE)
    const before = await textOf(RULE)
    configuration().hold()
    await expectNamed(before)
  })

  test('where it refuses the table of routes, which Envoy shows nowhere', async () => {
    await lendRule(RULE, BEFORE)
    await usersOf(RULE)
    const before = await textOf(RULE)
    await lend(clientRoutesChanged(PROXY_PODS.otherClient.pod, 'refused'))
    await expectNamed(before)
  })

  test('where a route of an EnvoyFilter takes its requests first', async () => {
    await lendRule(RULE, BEFORE)
    await lend(clientRoutesChanged(PROXY_PODS.otherClient.pod, 'own-route'))
    await clientSplits('otherClient', 80, { v1: 100 })
    await usersOf(RULE)
    const before = await textOf(RULE)
    const run = await shift(RULE)
    expect(run.outputs.verdict, run.text).not.toBe('pass')
    expect(run.text).toContain(OTHER)
    expect(await textOf(RULE)).toBe(before)
  })
})

describe('a client that does not have the rule is named before the write', () => {
  const expectAbsent = async (rule: MeshRule, words: string) => {
    const run = await shift(rule)
    expect(run.outputs, run.text).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(run.text).toContain('ITS-RULE-NOT-IN-PROXY')
    expect(run.text).toContain(words)
    expect(writesIn(run.report)).toEqual([])
  }

  test('because of sourceLabels', async () => {
    const match = [{ sourceLabels: { client: PROXY_PODS.client.pod } }]
    const rule = meshVirtualService({ http: [{ match, route: subsets(BEFORE) }] })
    await lend(rule.object(BEFORE))
    await clientSplits('client', 80, BEFORE)
    await expectAbsent(rule, `proxy ${OTHER} does not have the rule. The sourceLabels`)
  })

  test('because of exportTo', async () => {
    const rule = meshVirtualService({ exportTo: ['istio-system'] })
    await lend(rule.object(BEFORE))
    await expectAbsent(rule, 'leaves namespace demo out of its exportTo')
  })

  test('because of its Sidecar object', async () => {
    await lendRule(RULE, BEFORE)
    const narrow = clientSidecar('otherClient', ['istio-system/*'])
    await api.replace(narrow)
    await clientSplits('otherClient', 80, {})
    await expectAbsent(RULE, `proxy ${OTHER} does not have the rule`)
    await api.replace(clientSidecar('otherClient'))
    await clientSplits('otherClient', 80, BEFORE)
  })
})

test.each(['direct', 'port-forward', 'api-proxy'])(
  'samples of the run (%s) of a rule of the mesh are refused, and the ways that there are are named',
  async (connect) => {
    await lendRule(RULE, BEFORE)
    const replies = { evidence: undefined, traffic: undefined, 'client-pods': undefined }
    const run = await shift(RULE, { ...replies, expect: 'stamp', connect })
    expect(run.outputs, run.text).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(run.text).toMatch(/Set connect: job,.* client-pods/)
    expect(writesIn(run.report)).toEqual([])
  },
)

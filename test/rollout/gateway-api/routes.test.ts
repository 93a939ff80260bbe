import { describe, expect, test } from 'vitest'
import {
  backendWeightsOn,
  GATEWAY_KINDS,
  GATEWAY_ROUTES,
  gatewayMesh,
  runRoute,
} from '../../../kit/run/gateway-api.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { headlineOf } from '../../../src/report/facts/headline.ts'
import { productionOf } from '../../../src/report/facts/production.ts'
import { sandboxWith } from '../../kube/support/cluster.ts'

type Kind = keyof typeof GATEWAY_ROUTES

/** The spec of a route as it is stored. */
function specOf(sandbox: Sandbox, kind: Kind): string {
  return JSON.stringify(sandbox.objects.get(GATEWAY_ROUTES[kind].ref)?.spec)
}

/** A shift to v2, confirmed by some dozen samples. */
function toV2(kind: Kind, weight: string) {
  return { subset: GATEWAY_ROUTES[kind].destination('v2'), weight, tolerance: '15' }
}

/** Expectations that no reply of v2 meets. */
const ONLY_V1: Readonly<Record<Kind, string>> = {
  http: `{web-v1: '"version":"v1"', web-v2: 'something else'}`,
  grpc: '{web-v1: {header: {x-version: ^v1$}}, web-v2: {header: {x-version: else}}}',
  tls: `{web-v1: '"version":"v1"', web-v2: 'something else'}`,
  tcp: `{tcp-echo-v1: '^one ', tcp-echo-v2: 'something else'}`,
}

describe.each(GATEWAY_KINDS)('A route of kind %s', (kind) => {
  const name = GATEWAY_ROUTES[kind].destination

  test('gets a backend that it lacks, and has it no more after a rollback', async () => {
    const sandbox = await sandboxWith(gatewayMesh(true, [kind]))
    const before = specOf(sandbox, kind)
    const passed = await runRoute(sandbox, kind, toV2(kind, '20'))
    expect(passed.outcome).toMatchObject({ verdict: 'pass', weights: { [name('v2')]: 20 } })
    expect(backendWeightsOn(sandbox, kind)).toEqual({ [name('v1')]: 80, [name('v2')]: 20 })

    const again = await sandboxWith(gatewayMesh(true, [kind]))
    const failed = await runRoute(again, kind, { ...toV2(kind, '50'), expect: ONLY_V1[kind] })
    expect(failed.outcome).toMatchObject({ verdict: 'fail', rolledBack: true })
    expect(specOf(again, kind)).toBe(before)
  })

  test('is planned without a write, and its rule cannot be chosen as one of a VirtualService', async () => {
    const sandbox = await sandboxWith(gatewayMesh({ v1: 3, v2: 1 }, [kind]))
    const before = specOf(sandbox, kind)
    const planned = await runRoute(sandbox, kind, { mode: 'plan', ...toV2(kind, '50') })
    expect(planned.outcome).toMatchObject({
      verdict: 'planned',
      previousWeights: { [name('v1')]: 75, [name('v2')]: 25 },
    })
    const wrong = await runRoute(sandbox, kind, { ...toV2(kind, '50'), route: 'tcp[0]' })
    expect(wrong.outcome.message).toContain('route must be rule:NAME')
    expect(specOf(sandbox, kind)).toBe(before)
  })
})

describe.each(['http', 'grpc'] as const)('With expect: stamp, a route of kind %s', (kind) => {
  test('has stamps while it is checked, and nothing of them afterwards', async () => {
    const sandbox = await sandboxWith(gatewayMesh({ v1: 80, v2: 20 }, [kind]))
    const before = specOf(sandbox, kind)
    const inputs = { ...toV2(kind, '40'), expect: 'stamp' }
    const { outcome } = await runRoute(sandbox, kind, inputs)
    expect(outcome).toMatchObject({ verdict: 'pass' })
    const after = before.replace('"weight":80', '"weight":60').replace('"weight":20', '"weight":40')
    expect(specOf(sandbox, kind)).toBe(after)
  })

  test('is at its weight as before where only stamps were written, with no time since when', async () => {
    const sandbox = await sandboxWith(gatewayMesh({ v1: 80, v2: 20 }, [kind]))
    const inputs = { ...toV2(kind, '20'), expect: 'stamp' }
    const { outcome, record } = await runRoute(sandbox, kind, inputs)
    expect(outcome).toMatchObject({ verdict: 'pass' })
    expect(headlineOf(record, outcome)).toContain('web-v2 is at 20%, as before')
    expect(productionOf(record, outcome).text).not.toContain('since')
  })

  test('gets no stamps where a controller of another implementation acts on it', async () => {
    const sandbox = await sandboxWith(gatewayMesh({ v1: 80, v2: 20 }, [kind]))
    const { ref } = GATEWAY_ROUTES[kind]
    const before = specOf(sandbox, kind)
    const status = {
      parents: [{ controllerName: 'example.com/other', parentRef: { name: 'gateway-api' } }],
    }
    sandbox.objects.patch(ref, { status })
    const inputs = { ...toV2(kind, '40'), expect: 'stamp' }
    const { outcome } = await runRoute(sandbox, kind, inputs)
    expect(outcome).toMatchObject({ verdict: 'error', code: 'ITS-STAMP-NOT-POSSIBLE' })
    expect(outcome.message).toContain('example.com/other may balance backends with filters')
    expect(outcome.remedy).toBe(
      'Use expect with a mapping of every destination to a regular expression.',
    )
    expect(specOf(sandbox, kind)).toBe(before)
  })
})

describe('Before the write to an HTTPRoute', () => {
  /** What a shift of the route with this spec ends with, and whether it wrote anything. */
  async function ended(spec: JsonObject, inputs: Record<string, string> = {}) {
    const sandbox = await sandboxWith(gatewayMesh({ v1: 80, v2: 20 }, ['http']))
    sandbox.objects.patch(GATEWAY_ROUTES.http.ref, { spec })
    await sandbox.applied()
    const before = specOf(sandbox, 'http')
    const { outcome } = await runRoute(sandbox, 'http', { ...toV2('http', '40'), ...inputs })
    expect(specOf(sandbox, 'http')).toBe(before)
    return outcome
  }
  const backend = (name: string, weight: number, more = {}) => ({ name, port: 80, weight, ...more })

  test('a request that another rule gets is an error that says what the probe must send', async () => {
    const matches = [{ path: { type: 'PathPrefix', value: '/api' } }]
    const rules = [
      { name: 'api', matches, backendRefs: [backend('web-v1', 80), backend('web-v2', 20)] },
      { backendRefs: [backend('web-v1', 1)] },
    ]
    const outcome = await ended({ rules }, { route: 'rule:api' })
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(outcome.message).toContain('rule[1]')
    expect(outcome.remedy).toContain('probe-path')
  })

  test('a name that is neither a destination nor a Service is an error with a suggestion', async () => {
    const outcome = await ended({}, { subset: 'web-v22' })
    expect(outcome.message).toContain(
      'Service demo/web-v22 not found, and the rule has no destination of that name (web-v1, web-v2).',
    )
    expect(outcome.remedy).toContain('Did you mean web-v2')
  })

  test('a rule whose weights are all 0 is an error that names this cause and no other', async () => {
    const rules = [{ backendRefs: [backend('web-v1', 0), backend('web-v2', 0)] }]
    const outcome = await ended({ rules })
    expect(outcome).toMatchObject({ reason: 'preflight', code: 'ITS-RULE-WITHOUT-WEIGHT' })
    expect(outcome.problems?.filter(({ severity }) => severity === 'error')).toHaveLength(1)
    expect(outcome.remedy).toContain('Set the weight of a backend above 0')
  })

  test('a backend without room for a stamp is an error that says so', async () => {
    const set = Array.from({ length: 16 }, (_, index) => ({ name: `x-${index}`, value: '1' }))
    const filters = [{ type: 'ResponseHeaderModifier', responseHeaderModifier: { set } }]
    const rules = [{ backendRefs: [backend('web-v1', 80), backend('web-v2', 20, { filters })] }]
    const outcome = await ended({ rules }, { expect: 'stamp' })
    expect(outcome.message).toContain(
      'because in rule[0], backendRefs[1].filters.responseHeaderModifier.set has 16 headers, and no more fit in.',
    )
  })

  test('a new destination with a dot in its name is an error, because no Service can have that name', async () => {
    const outcome = await ended({}, { subset: 'web-v2.demo.svc.cluster.local' })
    expect(outcome).toMatchObject({ reason: 'input', code: 'ITS-DESTINATION-NOT-FOUND' })
    expect(outcome.message).toContain('no Service can have that name')
  })

  test('a backend of another namespace without a ReferenceGrant is an error', async () => {
    const rules = [
      {
        backendRefs: [backend('web-v1', 80), backend('web-v2', 20, { namespace: 'istio-system' })],
      },
    ]
    const outcome = await ended({ rules })
    const codes = outcome.problems?.map(({ code }) => code)
    expect(codes).toEqual(
      expect.arrayContaining(['ITS-REFERENCE-NOT-GRANTED', 'ITS-ROUTE-NOT-ACCEPTED']),
    )
  })
})

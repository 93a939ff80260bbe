import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/kube/json.ts'
import { kindOf } from '../../../src/routes/kinds.ts'
import type { RouteObject } from '../../../src/routes/route-object.ts'
import { apiOf, NEVER, sandboxWith } from '../../kube/support/cluster.ts'
import { only } from '../support/objects.ts'
import {
  backend,
  condition,
  KINDS,
  matching,
  onPath,
  parentStatus,
  type RouteParts,
  routeOf,
  rulesIn,
} from './support/routes.ts'

const ACCEPTED = condition('Accepted', 'True')
const RESOLVED = condition('ResolvedRefs', 'True')
const NOT_FOUND = { reason: 'BackendNotFound', message: 'backend(v2.demo) not found\n  at all' }

function withStatus(...parents: JsonObject[]): RouteParts {
  return { status: { parents } }
}

function rejection(parts: RouteParts): string | undefined {
  const object = routeOf([matching([onPath('/')])], parts)
  return kindOf(object).rejection?.(object)
}

describe('A controller refuses the newest generation', () => {
  test('if it says so for that generation, in its own words', () => {
    const parts = withStatus(
      parentStatus([ACCEPTED, condition('ResolvedRefs', 'False', NOT_FOUND)], {
        parent: { name: 'edge', namespace: 'gateways', sectionName: 'http', port: 80 },
      }),
    )
    expect(rejection(parts)).toBe(
      'istio.io/gateway-controller says ResolvedRefs is False (BackendNotFound), "backend(v2.demo) not found at all", for Gateway gateways/edge, listener http, port 80',
    )
  })

  test('at any of its parents, whichever controller it is', () => {
    const refused = condition('Accepted', 'False', { reason: 'NotAllowedByListeners' })
    const other = { controller: 'example.com/other', parent: { name: 'inner' } }
    expect(rejection(withStatus(parentStatus([ACCEPTED]), parentStatus([refused], other)))).toBe(
      'example.com/other says Accepted is False (NotAllowedByListeners) for Gateway demo/inner',
    )
  })

  test('if it left out a part of it', () => {
    const partly = condition('PartiallyInvalid', 'True', { reason: 'UnsupportedValue' })
    expect(rejection(withStatus(parentStatus([ACCEPTED, partly])))).toMatch(
      /PartiallyInvalid is True \(UnsupportedValue\)/,
    )
  })

  test.each<[string, RouteParts]>([
    ['no status', {}],
    ['no parent', withStatus()],
    ['no condition', withStatus(parentStatus([]))],
    ['acceptance', withStatus(parentStatus([ACCEPTED, RESOLVED]))],
    [
      'a refusal of an older generation',
      withStatus(parentStatus([condition('Accepted', 'False', { observedGeneration: 2 })])),
    ],
    [
      'a refusal without a generation',
      withStatus(parentStatus([{ type: 'Accepted', status: 'False' }])),
    ],
    ['a refusal that is unknown', withStatus(parentStatus([condition('Accepted', 'Unknown')]))],
    ['another condition', withStatus(parentStatus([condition('ResolvedWaypoints', 'False')]))],
  ])('not with %s', (_, parts) => {
    expect(rejection(parts)).toBeUndefined()
  })

  test('with a text of any length that is cut', () => {
    const message = 'x'.repeat(10_000)
    const parts = withStatus(parentStatus([condition('Accepted', 'False', { message })]))
    expect(rejection(parts)?.length).toBeLessThan(500)
  })
})

describe('Replies can be stamped', () => {
  function refusal(kind: 'HTTPRoute' | 'GRPCRoute', ...controllers: string[]) {
    const parents = controllers.map((controller) => parentStatus([ACCEPTED], { controller }))
    const object = routeOf([matching([])], { kind, ...withStatus(...parents) })
    return kindOf(object).stampRefusal?.(object)
  }

  test('where every controller of the route is one of Istio', () => {
    const [gateway, mesh] = ['istio.io/gateway-controller', 'istio.io/mesh-controller']
    expect(refusal('HTTPRoute', gateway, mesh)).toBeUndefined()
    expect(refusal('GRPCRoute', gateway)).toBeUndefined()
  })

  test('not where another one takes part, or none is known', () => {
    expect(refusal('HTTPRoute', 'istio.io/gateway-controller', 'example.com/other')?.why).toMatch(
      /^example\.com\/other may balance backends with filters in another way/,
    )
    const unknown = refusal('HTTPRoute')
    expect(unknown?.why).toMatch(/^no controller has written a status of HTTPRoute web/)
    expect(unknown?.remedy).toContain('parentRefs name a Gateway that exists')
  })

  test('not by a TLSRoute or TCPRoute', () => {
    for (const kind of KINDS) {
      const rule = only(rulesIn(routeOf([{ backendRefs: [backend('v1')] }], { kind })))
      expect(rule.format.stamp === undefined).toBe(kind === 'TLSRoute' || kind === 'TCPRoute')
    }
  })
})

describe('Before the write', () => {
  /** The codes of what the checks find about the first rule. */
  async function found(object: RouteObject, index = 0) {
    const sandbox = await sandboxWith()
    const api = apiOf(sandbox.kubeconfig)
    const rule = rulesIn(object)[index]
    if (rule === undefined) throw new Error('there is no rule')
    const checks = kindOf(object).preflightChecks.map((check) =>
      check({ api, object, rule }, NEVER),
    )
    const problems = (await Promise.all(checks)).flat()
    expect(sandbox.calls).toEqual([])
    return problems.map(({ code, severity }) => `${severity} ${code}`)
  }
  const fine = withStatus(parentStatus([ACCEPTED, RESOLVED]))

  test('a route that its controller accepts has no findings', async () => {
    expect(await found(routeOf([matching([onPath('/')])], fine))).toEqual([])
  })

  test('a route that its controller refuses is an error', async () => {
    const refused = withStatus(parentStatus([condition('Accepted', 'False')]))
    expect(await found(routeOf([matching([onPath('/')])], refused))).toEqual([
      'error ITS-ROUTE-NOT-ACCEPTED',
    ])
  })

  test('a generation that no controller has looked at is a warning', async () => {
    const old = withStatus(parentStatus([condition('Accepted', 'True', { observedGeneration: 2 })]))
    expect(await found(routeOf([matching([onPath('/')])], old))).toEqual([
      'warning ITS-ROUTE-NOT-OBSERVED',
    ])
  })

  test('a rule that gets no request is an error', async () => {
    const twice = routeOf([matching([onPath('/')]), matching([onPath('/')])], fine)
    expect(await found(twice, 1)).toEqual(['error ITS-RULE-SHADOWED'])
    expect(await found(twice, 0)).toEqual([])
  })

  test('session persistence is a warning, and weights that are all 0 are an error', async () => {
    const rule = { backendRefs: [backend('v1', 0)], sessionPersistence: { type: 'Cookie' } }
    expect(await found(routeOf([rule], fine))).toEqual([
      'warning ITS-SESSION-PERSISTENCE',
      'error ITS-RULE-WITHOUT-WEIGHT',
    ])
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../../src/kube/json.ts'
import { parseRoute } from '../../../../src/options/parse/route.ts'
import {
  httpRules,
  tlsRules,
  virtualServiceRules,
} from '../../../../src/routes/istio/rules/virtual-service-rules.ts'
import { kindOf } from '../../../../src/routes/kinds.ts'
import type { RouteObject } from '../../../../src/routes/route-object.ts'
import { findRule, keyOf } from '../../../../src/routes/rule-identity.ts'
import { selectRule, uniqueName } from '../../../../src/routes/select-rule.ts'
import { parsedObject, virtualServiceJson } from '../../support/objects.ts'

const SPLIT: JsonObject = {
  route: [
    { destination: { host: 'shop', subset: 'v1' }, weight: 80 },
    { destination: { host: 'shop', subset: 'v2' }, weight: 20 },
  ],
}

function objectWith(spec: JsonObject): RouteObject {
  return parsedObject(
    virtualServiceJson([], {
      metadata: { name: 'shop' },
      spec: { gateways: ['edge'], tcp: null, ...spec },
    }),
  )
}

/** The position of the rule that route selects, or the problem as text. */
function found(object: RouteObject, route: string, named: readonly string[] = []): string {
  const selector = route === '' ? { kind: 'any' as const } : parseRoute(route)
  if (selector === undefined) throw new Error(`${route} is no route`)
  const answer = selectRule(object, selector, named)
  if (answer.ok) return answer.value.position
  return answer.problems.map(({ what, remedy }) => `${what} ${remedy}`.trim()).join('\n')
}

describe('An http rule', () => {
  test('is named by its name, and found again by name and match', () => {
    const match = [{ uri: { prefix: '/a' } }]
    const object = objectWith({ http: [{ name: 'canary', match, ...SPLIT }, SPLIT] })
    expect(httpRules(object)).toMatchObject([
      {
        name: 'http:canary',
        position: 'http[0]',
        identity: { name: 'canary', match },
        path: ['spec', 'http', 0],
        listeners: [{ gateway: 'demo/edge', port: undefined, match: match[0] }],
        destinations: [{ subset: 'v1' }, { subset: 'v2' }],
      },
      { name: 'http[1]', position: 'http[1]', identity: null },
    ])
  })

  test('is never found as the tcp rule with the same match', () => {
    const match = [{ port: 80 }]
    const object = objectWith({ tcp: [{ match, ...SPLIT }], tls: [{ match, ...SPLIT }] })
    const rules = virtualServiceRules(object)
    expect(rules.map((rule) => findRule(object, keyOf(object, rule))?.position)).toEqual([
      'tls[0]',
      'tcp[0]',
    ])
  })

  test('that is one of several with the same name and match keeps its place among them', () => {
    const object = objectWith({ http: [SPLIT, { name: 'a', ...SPLIT }, SPLIT] })
    const [, , third] = httpRules(object)
    expect(third && keyOf(object, third)).toEqual({ protocol: 'http', match: null, nth: 1 })
    expect(third && findRule(object, keyOf(object, third))?.position).toBe('http[2]')
  })

  test.each([
    [{ redirect: { uri: '/' } }, { kind: 'redirect' }],
    [{ directResponse: { status: 503 } }, { kind: 'direct-response' }],
    [{ delegate: { name: 'a' } }, { kind: 'delegate', name: 'a', namespace: 'demo' }],
    [{ delegate: { name: 'a', namespace: 'b' } }, { kind: 'delegate', name: 'a', namespace: 'b' }],
    [{}, { kind: 'none' }],
  ])('%j lacks destinations, and takes part in matching', (rule, lacksDestinations) => {
    const [only] = httpRules(objectWith({ http: [rule] }))
    expect(only).toMatchObject({ lacksDestinations, destinations: [] })
    expect(only?.listeners).toHaveLength(1)
  })
})

test('A tls rule is named by its first SNI, and found again by its match', () => {
  const match = [{ port: 443, sniHosts: ['a.example', 'b.example'] }, { sniHosts: ['c.example'] }]
  expect(tlsRules(objectWith({ tls: [{ match, ...SPLIT }] }))).toMatchObject([
    { name: 'tls:a.example', position: 'tls[0]', identity: match, destinations: [{}, {}] },
  ])
})

describe('route', () => {
  const object = objectWith({
    http: [
      { match: [{ uri: { prefix: '/old' } }], redirect: { uri: '/new' } },
      { name: 'api', match: [{ uri: { prefix: '/api' } }], ...SPLIT },
      { name: 'twice', match: [{ method: { exact: 'GET' } }], ...SPLIT },
      { name: 'twice', ...SPLIT },
    ],
    tls: [
      { match: [{ sniHosts: ['*.example'] }], ...SPLIT },
      { match: [{ sniHosts: ['a.example', 'b.example'] }], ...SPLIT },
    ],
    tcp: [{ match: [{ port: 9000 }], ...SPLIT }],
  })

  test.each([
    ['http:api', 'http[1]'],
    ['http[3]', 'http[3]'],
    ['tls:a.example', 'tls[1]'],
    ['tls:b.example', 'tls[1]'],
    ['tls:c.example', 'tls[0]'],
    ['tls[0]', 'tls[0]'],
    ['tcp', 'tcp[0]'],
    ['tcp:9000', 'tcp[0]'],
  ])('%s selects %s', (route, position) => {
    expect(found(object, route)).toBe(position)
  })

  test('that is missing where several rules fit is answered with every candidate, and with those that have no weights', () => {
    expect(found(object, '')).toBe(
      `Several rules of VirtualService shop fit. Set route to one of these:
  http:api (uri prefix /api, to shop/v1, shop/v2, at demo/edge)
  http[2] (to shop/v1, shop/v2, at demo/edge)
  http[3] (to shop/v1, shop/v2, at demo/edge)
  tls:*.example (to shop/v1, shop/v2, at demo/edge)
  tls:a.example (to shop/v1, shop/v2, at demo/edge)
  tcp:9000 (to shop/v1, shop/v2, at demo/edge)
These have no weights:
  http[0] (redirects its requests)`,
    )
  })

  test('that names a redirect is answered with the rules that have weights', () => {
    expect(found(object, 'http[0]')).toMatch(
      /^Rule http\[0\] of VirtualService shop redirects its requests, so it has no weights\. Set route to one of these:\n {2}http:api /,
    )
  })

  test('may be missing where only one rule has destinations and gets requests', () => {
    const one = objectWith({ http: [{ match: [{ port: 1 }], redirect: {} }, SPLIT, SPLIT] })
    expect(found(one, '')).toBe('http[1]')
    expect(found(one, 'http')).toBe('http[1]')
  })

  test('may be missing where only one rule has the destinations that the inputs name', () => {
    const single = {
      match: [{ uri: { exact: '/' } }],
      route: [{ destination: { host: 'shop', subset: 'v1' } }],
    }
    expect(found(objectWith({ http: [single, SPLIT] }), '', ['v1'])).toBe('http[1]')
  })

  test('of a delegate names the object that has its rules', () => {
    const delegate = { name: 'reviews', namespace: 'prod' }
    expect(found(objectWith({ http: [{ delegate }] }), '')).toBe(
      'Rule http[0] of VirtualService shop has its rules in VirtualService reviews of namespace prod, so it has no weights. Set object to VirtualService/reviews and namespace to prod.',
    )
    expect(found(objectWith({ http: [{ delegate }, { redirect: {} }] }), '')).toBe(
      'No rule of VirtualService shop has destinations. These have no weights:\n  http[0] (has its rules in VirtualService reviews of namespace prod)\n  http[1] (redirects its requests)',
    )
  })

  test('accepts every name in the list of candidates', () => {
    const name = fc.constantFrom('', 'a', 'b', ' a', 'a\nb', 'a:b', '[0]')
    const match = fc.constantFrom<Json>(
      null,
      [],
      [{ uri: { prefix: '/' } }],
      [{ uri: { prefix: '/a' } }],
      [{ gateways: ['mesh'] }],
    )
    const http = fc.array(
      fc.record({ name, match, route: fc.constant<Json>(SPLIT.route ?? null) }),
      {
        maxLength: 4,
      },
    )
    const tls = fc.array(
      fc.record({
        match: fc.constantFrom<Json>([], [{ sniHosts: ['a'] }], [{ sniHosts: ['*'] }]),
        route: fc.constant<Json>(SPLIT.route ?? null),
      }),
      { maxLength: 3 },
    )
    fc.assert(
      fc.property(http, tls, (https, tlses) => {
        const any = objectWith({ http: https, tls: tlses })
        const rules = virtualServiceRules(any)
        for (const rule of rules)
          expect(found(any, uniqueName(kindOf(any), rule, rules))).toBe(rule.position)
      }),
      { seed: 5, numRuns: 300 },
    )
  })
})

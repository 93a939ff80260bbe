import { describe, expect, test } from 'vitest'
import { kindNamed } from '../../../src/routes/kinds.ts'
import { findRule, keyOf } from '../../../src/routes/rule-identity.ts'
import { selectRule } from '../../../src/routes/select-rule.ts'
import type { RouteSelector } from '../../../src/routes/wanted.ts'
import { only } from '../support/objects.ts'
import { backend, KINDS, matching, onPath, routeOf, rulesIn } from './support/routes.ts'

const ANY: RouteSelector = { kind: 'any' }

/** The position of the rule that is chosen, or what is wrong. */
function chosen(object: ReturnType<typeof routeOf>, selector: RouteSelector, named: string[] = []) {
  const found = selectRule(object, selector, named)
  if (found.ok) return found.value.position
  return found.problems.map(({ what, remedy }) => `${what}\n${remedy}`.trim()).join('\n')
}

describe('The rules of a route', () => {
  test('have names, positions, hosts, and the listeners of every parent for every match', () => {
    const parents = [
      { name: 'edge', sectionName: 'http' },
      { name: 'inner', namespace: 'gateways', port: 8080 },
      { group: '', kind: 'Service', name: 'web' },
      { group: 'gateway.networking.k8s.io', kind: 'ListenerSet', name: 'more' },
    ]
    const [a, b] = [onPath('/a'), onPath('/b', 'Exact')]
    const rules = [matching([a, b], { name: 'first' }), { backendRefs: [backend('v2')] }]
    const object = routeOf(rules, { parents, hostnames: ['shop.example.com'] })
    const [first, second] = rulesIn(object)
    expect(first).toMatchObject({
      name: 'rule:first',
      position: 'rule[0]',
      protocol: 'http',
      index: 0,
      identity: { name: 'first', matches: [a, b] },
      path: ['spec', 'rules', 0],
      hosts: ['shop.example.com'],
      listeners: [
        { gateway: 'demo/edge', port: undefined, section: 'http', match: a },
        { gateway: 'demo/edge', port: undefined, section: 'http', match: b },
        { gateway: 'gateways/inner', port: 8080, match: a },
        { gateway: 'gateways/inner', port: 8080, match: b },
        { gateway: 'mesh', port: undefined, match: a },
        { gateway: 'mesh', port: undefined, match: b },
      ],
    })
    expect(second).toMatchObject({ name: 'rule[1]', identity: null, hosts: ['shop.example.com'] })
    expect(kindNamed('HTTPRoute').boundGateways(object)).toEqual([
      'demo/edge',
      'gateways/inner',
      'mesh',
    ])
  })

  test.each([
    ['HTTPRoute', 'http'],
    ['GRPCRoute', 'grpc'],
    ['TLSRoute', 'tls'],
    ['TCPRoute', 'tcp'],
  ] as const)('of a %s distribute what their protocol does', (kind, protocol) => {
    const rule = only(rulesIn(routeOf([{ backendRefs: [backend('v1')] }], { kind })))
    expect(rule.protocol).toBe(protocol)
    expect(rule.format.stamp === undefined).toBe(protocol === 'tls' || protocol === 'tcp')
    expect(kindNamed(kind).disturbs(rule) === undefined).toBe(
      protocol === 'http' || protocol === 'grpc',
    )
  })

  test('without backends redirect their requests, or have no destinations', () => {
    const filters = [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https' } }]
    const rules = rulesIn(routeOf([{ filters }, {}, { backendRefs: [] }]))
    expect(rules.map(({ lacksDestinations }) => lacksDestinations)).toEqual([
      { kind: 'redirect' },
      { kind: 'none' },
      { kind: 'none' },
    ])
  })

  test('keep their places where an item of the list is empty', () => {
    const backendRefs = [null, backend('v1')]
    const rule = only(rulesIn(routeOf([null as never, { backendRefs } as never])))
    expect(rule.position).toBe('rule[1]')
    expect(rule.destinations.map(({ host }) => host)).toEqual(['', 'v1'])
  })
})

describe('The input route', () => {
  const object = routeOf([
    matching([onPath('/a')], { name: 'a' }),
    matching([onPath('/b')], { name: 'b' }),
    matching([onPath('/c')]),
  ])

  test('names a rule by its name or its position', () => {
    expect(chosen(object, { kind: 'rule', text: 'b' })).toBe('rule[1]')
    expect(chosen(object, { kind: 'rule', index: 2 })).toBe('rule[2]')
  })

  test('is required where several rules fit, and the error lists them in the forms that it accepts', () => {
    expect(chosen(object, ANY)).toBe(
      `Several rules of HTTPRoute web fit.
Set route to one of these:
  rule:a (path prefix /a, to v1, at demo/edge)
  rule:b (path prefix /b, to v1, at demo/edge)
  rule[2] (path prefix /c, to v1, at demo/edge)`,
    )
    expect(chosen(object, { kind: 'rule', text: 'x' })).toMatch(
      /^HTTPRoute web has no rule rule:x\.\nSet route to one of these:/,
    )
  })

  test('can be left out where one rule has the destinations that the inputs name', () => {
    const some = routeOf([
      matching([onPath('/a')]),
      matching([onPath('/b')], { backendRefs: [backend('v1'), backend('v2', 0)] }),
    ])
    expect(chosen(some, ANY, ['v2'])).toBe('rule[1]')
    expect(chosen(some, ANY, ['demo/v2:80'])).toBe('rule[1]')
  })

  test('can be left out where the other rules get no requests', () => {
    const twice = routeOf([matching([onPath('/a')]), matching([onPath('/a')])])
    expect(chosen(twice, ANY)).toBe('rule[0]')
  })

  test('cannot choose a rule with a backend that is no Service', () => {
    const group = 'inference.networking.k8s.io'
    const pool = { group, kind: 'InferencePool', name: 'models' }
    expect(chosen(routeOf([{ backendRefs: [backend('v1'), pool] }]), ANY)).toBe(
      `Rule rule[0] of HTTPRoute web has the backend InferencePool.${group} models, which is no Service. Its weights cannot be shifted.
Choose a rule whose backends are all Services.`,
    )
  })

  test('cannot choose a rule whose parents are all of a kind that is not supported', () => {
    const parents = [{ kind: 'ListenerSet', name: 'more' }]
    const rule = { backendRefs: [backend('v1')] }
    expect(chosen(routeOf([rule, rule], { parents }), ANY)).toMatch(
      /^No rule of HTTPRoute web can get requests\./,
    )
  })
})

describe('A rule is found again', () => {
  test('by its name and matches, also where the API server filled in what a file leaves out', () => {
    const file = routeOf([
      { name: 'a', backendRefs: [backend('v1')] },
      { matches: [{ path: { value: '/b' } }], backendRefs: [backend('v1')] },
      {
        matches: [
          { headers: [{ name: 'x', value: '1' }], queryParams: [{ name: 'q', value: '' }] },
        ],
        backendRefs: [backend('v1')],
      },
    ])
    const root = { type: 'PathPrefix', value: '/' }
    const cluster = routeOf([
      {
        matches: [
          {
            path: root,
            headers: [{ type: 'Exact', name: 'x', value: '1' }],
            queryParams: [{ type: 'Exact', name: 'q', value: '' }],
          },
        ],
        backendRefs: [backend('v1')],
      },
      { matches: [onPath('/b')], backendRefs: [backend('v1')] },
      { name: 'a', matches: [{ path: root }], backendRefs: [backend('v1')] },
    ])
    const found = rulesIn(file).map((rule) => findRule(cluster, keyOf(file, rule))?.index)
    expect(found).toEqual([2, 1, 0])
  })

  test.each(KINDS)('in a %s', (kind) => {
    const object = routeOf([{ backendRefs: [backend('v1')] }], { kind })
    const rule = only(rulesIn(object))
    expect(findRule(object, keyOf(object, rule))).toEqual(rule)
  })

  test('of a GRPCRoute, with the type of a method filled in', () => {
    const rules = (type: object) => [
      { matches: [{ method: { service: 'a.B', ...type } }], backendRefs: [backend('v1')] },
    ]
    const [file, cluster] = [{}, { type: 'Exact' }].map((type) =>
      routeOf(rules(type), { kind: 'GRPCRoute' }),
    )
    if (!file || !cluster) throw new Error('there is no route')
    expect(findRule(cluster, keyOf(file, only(rulesIn(file))))?.index).toBe(0)
  })

  test('A patch is let through only on a rule with the same name and matches', () => {
    const matches = [onPath('/a')]
    const rule = only(rulesIn(routeOf([matching(matches, { name: 'a' })])))
    expect(kindNamed('HTTPRoute').guard(rule)).toEqual([
      { op: 'test', path: '/spec/rules/0/name', value: 'a' },
      { op: 'test', path: '/spec/rules/0/matches', value: matches },
    ])
  })
})

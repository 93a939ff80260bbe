import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/kube/json.ts'
import { kindOf } from '../../../src/routes/kinds.ts'
import type { HttpRequest, ProbeRequest } from '../../../src/routes/probe-request.ts'
import type { RouteObject } from '../../../src/routes/route-object.ts'
import { backend, matching, onPath, request, routeOf } from './support/routes.ts'

/** The position of the rule that is hit, or what is known instead. */
function hit(object: RouteObject, sent: ProbeRequest): string {
  const found = kindOf(object).hit(object, sent)
  if (found.kind === 'rule') return found.rule.position
  return found.kind === 'none' ? 'none' : `unknown: ${found.why}`
}

function hitPath(rules: readonly JsonObject[], path: string, more: Partial<HttpRequest> = {}) {
  return hit(routeOf(rules), request(path, more))
}

describe('A request hits', () => {
  test.each<[string, string, string]>([
    ['/shop', '/shop', 'rule[0]'],
    ['/shop', '/shop/', 'rule[0]'],
    ['/shop', '/shop/a?b=c', 'rule[0]'],
    ['/shop', '/shop?b=c', 'rule[0]'],
    ['/shop', '/shopping', 'none'],
    ['/shop', '/', 'none'],
    ['/shop/', '/shop', 'rule[0]'],
    ['/shop/', '/shop/a', 'rule[0]'],
    ['/shop/', '/shopping', 'none'],
    ['/', '/', 'rule[0]'],
    ['/', '/anything', 'rule[0]'],
    ['/Shop', '/shop', 'none'],
  ])('a prefix %s by whole path elements: %s is %s', (prefix, path, expected) => {
    expect(hitPath([matching([onPath(prefix)])], path)).toBe(expected)
  })

  test.each<[string, string, string, string]>([
    ['Exact', '/a', '/a', 'rule[0]'],
    ['Exact', '/a', '/a/', 'none'],
    ['Exact', '/a', '/a?b', 'rule[0]'],
    ['RegularExpression', '/a.*', '/abc', 'rule[0]'],
    ['RegularExpression', 'b', '/abc', 'none'],
    ['RegularExpression', '/[a-z]+/\\d+', '/a/1?x=y', 'rule[0]'],
    ['RegularExpression', '.*', '/anything', 'rule[0]'],
  ])('a path of type %s that is %s: %s is %s', (type, value, path, expected) => {
    expect(hitPath([matching([onPath(value, type)])], path)).toBe(expected)
  })

  test('a rule without matches with everything', () => {
    expect(hitPath([{ backendRefs: [backend('v1')] }], '/any')).toBe('rule[0]')
  })

  test('an exact path before prefixes, and these before expressions, wherever they are in the list', () => {
    const rules = [
      matching([onPath('/a.*', 'RegularExpression')]),
      matching([onPath('/a')]),
      matching([onPath('/a', 'Exact')]),
    ]
    expect(hitPath(rules, '/a')).toBe('rule[2]')
    expect(hitPath(rules, '/a/b')).toBe('rule[1]')
    expect(hitPath(rules, '/abc')).toBe('rule[0]')
  })

  test('the longest prefix, then a method, then the most headers, then the most query parameters', () => {
    const header = (name: string) => ({ name, value: '1' })
    const rules = [
      matching([onPath('/')]),
      matching([{ ...onPath('/a'), queryParams: [header('q'), header('r')] }]),
      matching([{ ...onPath('/a'), headers: [header('x')] }]),
      matching([{ ...onPath('/a'), headers: [header('x'), header('y')] }]),
      matching([{ ...onPath('/a'), method: 'GET' }]),
      matching([onPath('/a/b')]),
    ]
    const both: Partial<HttpRequest> = {
      headers: [
        ['x', '1'],
        ['y', '1'],
      ],
    }
    expect(hitPath(rules, '/a/b?q=1&r=1', both)).toBe('rule[5]')
    expect(hitPath(rules, '/a?q=1&r=1', both)).toBe('rule[4]')
    expect(hitPath(rules, '/a?q=1&r=1', { ...both, method: 'PUT' })).toBe('rule[3]')
    expect(hitPath(rules, '/a?q=1&r=1', { headers: [['x', '1']], method: 'PUT' })).toBe('rule[2]')
    expect(hitPath(rules, '/a?q=1&r=1', { method: 'PUT' })).toBe('rule[1]')
    expect(hitPath(rules, '/a', { method: 'PUT' })).toBe('rule[0]')
  })

  test('the first of rules with equal matches', () => {
    expect(hitPath([matching([onPath('/a')]), matching([onPath('/a')])], '/a')).toBe('rule[0]')
  })

  test('a rule by any of its matches', () => {
    const rules = [matching([onPath('/a'), onPath('/b')]), matching([onPath('/')])]
    expect(['/a', '/b', '/c'].map((path) => hitPath(rules, path))).toEqual([
      'rule[0]',
      'rule[0]',
      'rule[1]',
    ])
  })

  test('a rule only where headers and query parameters have their values', () => {
    const rules = [
      matching([
        {
          ...onPath('/'),
          headers: [{ name: 'X-Canary', type: 'RegularExpression', value: 'y.*' }],
          queryParams: [{ name: 'q', value: '1' }],
        },
      ]),
    ]
    const sent = (value: string) => ({ headers: [['x-canary', value] as const] })
    expect(hitPath(rules, '/?q=1', sent('yes'))).toBe('rule[0]')
    expect(hitPath(rules, '/?q=1', sent('no'))).toBe('none')
    expect(hitPath(rules, '/?q=2', sent('yes'))).toBe('none')
    expect(hitPath(rules, '/?q=1')).toBe('none')
  })

  test('none at another gateway, port or listener', () => {
    const parents = [{ name: 'edge', sectionName: 'http', port: 80 }]
    const object = routeOf([matching([onPath('/')])], { parents })
    expect(hit(object, request('/', { section: 'http' }))).toBe('rule[0]')
    expect(hit(object, request('/'))).toBe('rule[0]')
    expect(hit(object, request('/', { section: 'https' }))).toBe('none')
    expect(hit(object, request('/', { port: 81 }))).toBe('none')
    expect(hit(object, request('/', { gateway: 'demo/other' }))).toBe('none')
  })

  test.each<[string[], string, string]>([
    [['shop.example.com'], 'shop.example.com', 'rule[0]'],
    [['shop.example.com'], 'SHOP.example.com:8080', 'rule[0]'],
    [['shop.example.com'], 'other.example.com', 'none'],
    [['*.example.com'], 'a.b.example.com', 'rule[0]'],
    [['*.example.com'], 'example.com', 'none'],
    [['a.example', '*.example.com'], 'shop.example.com', 'rule[0]'],
  ])('a route with the hosts %j for %s: %s', (hostnames, authority, expected) => {
    const object = routeOf([matching([onPath('/')])], { hostnames })
    expect(hit(object, request('/', { authority }))).toBe(expected)
  })
})

describe('Which rule a request hits is unknown', () => {
  test('where the gateway may normalize its path', () => {
    const rules = [matching([onPath('/a')]), matching([onPath('/')])]
    expect(hitPath(rules, '/a//b')).toMatch(/^unknown: the gateway may normalize the path/)
  })

  test('where a match has a field or a type of a later version', () => {
    const later = [matching([{ ...onPath('/'), cookies: [] }])]
    expect(hitPath(later, '/')).toBe(
      'unknown: the match has the field cookies, which this version cannot evaluate',
    )
    expect(hitPath([matching([onPath('/a', 'Glob')])], '/a')).toBe(
      'unknown: the match has path of type Glob, which this version cannot evaluate',
    )
    const typed = [{ name: 'x', type: 'Prefix', value: '' }]
    expect(hitPath([matching([{ headers: typed }])], '/a', { headers: [['x', '1']] })).toBe(
      'unknown: the match has headers of type Prefix, which this version cannot evaluate',
    )
  })

  test('but not where a rule that is sure comes first', () => {
    const rules = [matching([{ ...onPath('/'), cookies: [] }]), matching([onPath('/a')])]
    expect(hitPath(rules, '/a')).toBe('rule[1]')
  })
})

describe('A call of gRPC hits', () => {
  function call(rules: readonly JsonObject[], path: string, headers: HttpRequest['headers'] = []) {
    const object = routeOf(rules, { kind: 'GRPCRoute' })
    return hit(object, request(path, { method: 'POST', headers }))
  }
  const method = (of: JsonObject, more: JsonObject = {}) => matching([{ method: of, ...more }])

  test('the rule of its method before that of its service, and that before one of any service', () => {
    const rules = [
      { backendRefs: [backend('v1')] },
      method({ method: 'Get' }),
      method({ service: 'shop.Cart' }),
      method({ service: 'shop.Cart', method: 'Get' }),
    ]
    expect(call(rules, '/shop.Cart/Get')).toBe('rule[3]')
    expect(call(rules, '/shop.Cart/Put')).toBe('rule[2]')
    expect(call(rules, '/shop.Other/Get')).toBe('rule[1]')
    expect(call(rules, '/shop.Other/Put')).toBe('rule[0]')
  })

  test('no service whose name only begins like that of the rule', () => {
    expect(call([method({ service: 'shop.Cart' })], '/shop.CartTwo/Get')).toBe('none')
  })

  test('a rule by an expression for its service or method', () => {
    const type = 'RegularExpression'
    expect(call([method({ type, service: 'shop\\..+' })], '/shop.Cart/Get')).toBe('rule[0]')
    expect(call([method({ type, method: '(?:Get|Put)' })], '/shop.Cart/Put')).toBe('rule[0]')
    expect(call([method({ type, service: 'a', method: 'B.*' })], '/a/Bee')).toBe('rule[0]')
    expect(call([method({ type, service: 'a', method: 'B.*' })], '/a/See')).toBe('none')
  })

  test('the rule with the most headers of several for its method', () => {
    const one = { headers: [{ name: 'x', value: '1' }] }
    const rules = [
      method({ service: 'a', method: 'B' }),
      method({ service: 'a', method: 'B' }, one),
    ]
    expect(call(rules, '/a/B', [['x', '1']])).toBe('rule[1]')
    expect(call(rules, '/a/B')).toBe('rule[0]')
  })
})

describe('A connection hits', () => {
  test('the only rule of a TCPRoute at its listener', () => {
    const object = routeOf([{ backendRefs: [backend('v1')] }], { kind: 'TCPRoute' })
    const at = { gateway: 'demo/edge', port: 9000, protocol: 'tcp' } as const
    expect(hit(object, at)).toBe('rule[0]')
    expect(hit(object, { ...at, gateway: 'demo/other' })).toBe('none')
  })

  test.each<[string[] | undefined, string, string]>([
    [['a.example'], 'a.example', 'rule[0]'],
    [['a.example'], 'b.example', 'none'],
    [['*.example'], 'b.example', 'rule[0]'],
    [['a.example'], '', 'none'],
    [undefined, 'b.example', 'rule[0]'],
    [undefined, '', 'rule[0]'],
  ])('a TLSRoute with the hosts %j by the name %j: %s', (hostnames, sni, expected) => {
    const parts = { kind: 'TLSRoute', ...(hostnames ? { hostnames } : {}) } as const
    const object = routeOf([{ backendRefs: [backend('v1')] }], parts)
    expect(hit(object, { gateway: 'demo/edge', port: 443, protocol: 'tls', sni })).toBe(expected)
  })
})

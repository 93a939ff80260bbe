import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../../src/kube/json.ts'
import { hit } from '../../../../src/routes/istio/match/hit.ts'
import { httpHit } from '../../../../src/routes/istio/match/http-hit.ts'
import { tlsHit } from '../../../../src/routes/istio/match/tls-hit.ts'
import type { HttpRequest, ProbeRequest } from '../../../../src/routes/probe-request.ts'
import type { RouteObject } from '../../../../src/routes/route-object.ts'
import { http, httpObject, request } from '../../support/http-objects.ts'
import { route } from '../../support/objects.ts'

/** The names of the rules that a request hits or may hit, or `none`. */
function names(object: RouteObject, asked: ProbeRequest): string {
  const found = hit(object, asked)
  if (found.kind === 'unknown') return `unknown: ${found.candidates.map(({ name }) => name)}`
  return found.kind === 'rule' ? found.rule.name : 'none'
}

function hitBy(rules: readonly JsonObject[], more: Partial<HttpRequest> = {}): string {
  return names(httpObject(rules), request(more))
}

describe('a request hits the first http rule with a match that it meets', () => {
  // The example of Istio's reference for VirtualService.
  const reviews = [
    http('reviews-v2', [
      { uri: { prefix: '/wpcatalog' } },
      { uri: { prefix: '/consumercatalog' } },
    ]),
    http('reviews-v1'),
  ]

  test.each([
    ['/wpcatalog/1', 'http:reviews-v2'],
    ['/consumercatalog', 'http:reviews-v2'],
    ['/other', 'http:reviews-v1'],
  ])('%s: %s', (path, expected) => {
    expect(hitBy(reviews, { path })).toBe(expected)
  })

  test('it hits none where no match is met', () => {
    expect(hitBy([http('a', [{ uri: { exact: '/a' } }])])).toBe('none')
  })

  test('rules behind one that takes everything are never hit', () => {
    const rules = [http('all', [{ uri: { prefix: '/' } }]), http('a', [{ uri: { exact: '/a' } }])]
    expect(hitBy(rules, { path: '/a' })).toBe('http:all')
  })

  test('a redirect is hit like any other rule', () => {
    const redirect = http('move', [{ uri: { prefix: '/old' } }], { redirect: { uri: '/new' } })
    expect(hitBy([redirect, http('all')], { path: '/old/1' })).toBe('http:move')
  })
})

describe('a match applies only where it says', () => {
  test.each<[JsonObject, Partial<HttpRequest>, string]>([
    [{ port: 80 }, {}, 'http:own'],
    [{ port: 443 }, {}, 'http:all'],
    [{ port: 0 }, {}, 'http:own'],
    [{ gateways: ['public'] }, {}, 'http:own'],
    [{ gateways: ['mesh'] }, {}, 'http:all'],
    [{ gateways: ['other/public'] }, {}, 'http:all'],
    [
      { sourceLabels: { app: 'a' } },
      { pods: { namespace: 'n', labels: { app: 'a' } } },
      'http:own',
    ],
    [
      { sourceLabels: { app: 'a' } },
      { pods: { namespace: 'n', labels: { app: 'b' } } },
      'http:all',
    ],
    [{ sourceLabels: { app: 'a' } }, {}, 'unknown: http:own,http:all'],
    [{ sourceLabels: { app: 'a' }, gateways: ['public'] }, {}, 'http:own'],
    [{ sourceNamespace: 'n' }, { pods: { namespace: 'n', labels: {} } }, 'http:own'],
    [{ sourceNamespace: 'm' }, { pods: { namespace: 'n', labels: {} } }, 'http:all'],
    [{ sourceNamespace: 'n' }, {}, 'unknown: http:own,http:all'],
  ])('%j for %j: %s', (match, more, expected) => {
    expect(hitBy([http('own', [match]), http('all')], more)).toBe(expected)
  })

  test('an object has no rule at a gateway that spec.gateways does not name', () => {
    const rules = [http('a', [{ gateways: ['demo/public'] }])]
    expect(names(httpObject(rules, { spec: { gateways: ['mesh'] } }), request())).toBe('none')
  })
})

describe('the host of a request must be one of the hosts of the object', () => {
  test.each([
    [['shop.example.com'], 'SHOP.example.com:8080', 'http:all'],
    [['shop.example.com'], 'other.example.com', 'none'],
    [['*.example.com'], 'a.b.example.com', 'http:all'],
    [['*.example.com'], 'example.com', 'none'],
    [['*'], '[::1]:80', 'http:all'],
    [['reviews'], 'reviews.demo.svc.cluster.local', 'http:all'],
    [['reviews'], 'reviews', 'none'],
  ])('hosts %j and %s: %s', (hosts, authority, expected) => {
    expect(names(httpObject([http('all')], { spec: { hosts } }), request({ authority }))).toBe(
      expected,
    )
  })
})

describe('what cannot be decided is unknown, with every rule that the request may hit', () => {
  const claim = { headers: { '@request.auth.claims.group': { exact: 'admin' } } }

  test('a rule that may match and the first that does', () => {
    const rules = [http('a', [claim]), http('b'), http('c')]
    expect(hitBy(rules)).toBe('unknown: http:a,http:b')
  })

  test('a rule that may match by one match and does by another is hit', () => {
    expect(hitBy([http('a', [claim, { uri: { prefix: '/' } }]), http('b')])).toBe('http:a')
  })

  test('the only rule, if it may not match', () => {
    expect(hitBy([http('a', [claim])])).toBe('unknown: http:a')
  })

  test('a rule that delegates, whose rules are in another object', () => {
    const delegate = { match: [{ uri: { prefix: '/a' } }], delegate: { name: 'more' } }
    expect(hitBy([delegate, http('all')], { path: '/a/b' })).toBe('unknown: http[0],http:all')
    expect(hitBy([delegate, http('all')], { path: '/b' })).toBe('http:all')
    expect(hit(httpObject([delegate]), request({ path: '/a' }))).toMatchObject({
      why: 'rule http[0] delegates to the rules of VirtualService demo/more',
    })
  })
})

/** An object, and its hosts as a server admits them. */
function served(
  name: string,
  rules: readonly JsonObject[],
  hosts: string[] = ['shop.example.com'],
) {
  const named = rules.map((rule) => ({ ...rule, name: `${name}-${String(rule.name)}` }))
  return { object: httpObject(named, { metadata: { name, uid: name }, spec: { hosts } }), hosts }
}

describe('of several objects with the host of the request', () => {
  function hitAmong(
    objects: readonly ReturnType<typeof served>[],
    more: Partial<HttpRequest> = {},
  ) {
    const found = httpHit(objects, request(more))
    return found.kind === 'rule' ? found.rule.name : found.kind
  }

  const api = http('api', [{ uri: { prefix: '/api' } }])

  test('the first one gets what it matches, and the others the rest', () => {
    const both = [served('a', [api]), served('b', [api, http('all')])]
    expect(hitAmong(both, { path: '/api/1' })).toBe('http:a-api')
    expect(hitAmong(both, { path: '/other' })).toBe('http:b-all')
  })

  test('a rule that takes everything comes behind the rules of later objects', () => {
    const both = [served('a', [http('all')]), served('b', [api, http('all')])]
    expect(hitAmong(both, { path: '/api/1' })).toBe('http:b-api')
    expect(hitAmong(both, { path: '/other' })).toBe('http:a-all')
  })

  test('those with the host itself hide those with a wildcard', () => {
    const both = [served('a', [http('all')], ['*.example.com']), served('b', [api])]
    expect(hitAmong(both, { path: '/other' })).toBe('none')
    expect(hitAmong(both, { path: '/other', authority: 'x.example.com' })).toBe('http:a-all')
  })
})

describe('a TLS connection hits the rule with the most specific name', () => {
  function tls(sniHosts: string[], more: JsonObject = {}): JsonObject {
    return { match: [{ sniHosts, ...more }], route: [route('v1')] }
  }

  function hitBySni(rules: readonly JsonObject[], sni: string, port = 443): string {
    const object = httpObject([], { spec: { tls: [...rules], hosts: ['*'] } })
    return names(object, { protocol: 'tls', gateway: 'demo/public', port, sni })
  }

  const rules = [tls(['*.example.com']), tls(['a.example.com']), tls(['*.b.example.com'])]

  test.each([
    ['a.example.com', 'tls:a.example.com'],
    ['A.example.com', 'tls:a.example.com'],
    ['c.example.com', 'tls:*.example.com'],
    ['c.d.example.com', 'tls:*.example.com'],
    ['c.b.example.com', 'tls:*.b.example.com'],
    ['example.com', 'none'],
    ['', 'none'],
  ])('%s: %s', (sni, expected) => {
    expect(hitBySni(rules, sni)).toBe(expected)
  })

  test('a connection without a name hits only a rule for every name', () => {
    expect(hitBySni([...rules, tls(['*'])], '')).toBe('tls:*')
    expect(hitBySni([...rules, tls(['*'])], 'a.test')).toBe('tls:*')
  })

  test('of several rules with the same name, the first one gets the connection', () => {
    const later = tls(['b.example.com', 'a.example.com'])
    expect(hitBySni([tls(['a.example.com']), later], 'a.example.com')).toBe('tls:a.example.com')
    // Istio leaves out the whole match that repeats a name.
    expect(hitBySni([tls(['a.example.com']), later], 'b.example.com')).toBe('none')
  })

  test('port and gateways of a match count, and clients only at sidecars', () => {
    expect(hitBySni([tls(['a.test'], { port: 8443 })], 'a.test')).toBe('none')
    expect(hitBySni([tls(['a.test'], { gateways: ['mesh'] })], 'a.test')).toBe('none')
    const client = tls(['a.test'], { sourceLabels: { app: 'a' } })
    expect(hitBySni([client], 'a.test')).toBe('tls:a.test')
    const object = httpObject([], { spec: { tls: [client], gateways: ['mesh'] } })
    const atSidecar = { protocol: 'tls', gateway: 'mesh', port: 443, sni: 'a.test' } as const
    expect(names(object, atSidecar)).toBe('unknown: tls:a.test')
  })

  test('rules of an earlier object come first', () => {
    const make = (name: string, sni: string[]) =>
      httpObject([], { metadata: { name, uid: name }, spec: { tls: [tls(sni)], hosts: ['*'] } })
    const asked = { protocol: 'tls', gateway: 'demo/public', port: 443, sni: 'a.test' } as const
    expect(tlsHit([make('one', ['a.test']), make('two', ['a.test'])], asked)).toMatchObject({
      object: { name: 'one' },
    })
    expect(tlsHit([make('one', ['*.test']), make('two', ['a.test'])], asked)).toMatchObject({
      object: { name: 'two' },
    })
  })
})

test('a tcp connection hits the first rule with destinations at its port', () => {
  const rules: Json[] = [
    { match: [{ port: 31400 }], route: [] },
    { match: [{ port: 31401 }], route: [route('v1')] },
    { match: [{ sourceLabels: { app: 'a' } }], route: [route('v1')] },
    { route: [route('v2')] },
  ]
  const object = httpObject([], { spec: { tcp: rules } })
  const at = (port: number) => {
    const found = hit(object, { protocol: 'tcp', gateway: 'demo/public', port })
    return found.kind === 'rule' ? found.rule.position : found.kind
  }
  expect(at(31400)).toBe('tcp[2]')
  expect(at(31401)).toBe('tcp[1]')
})

const VALUE = fc.constantFrom('/', '/a', '/a/b', 'GET', 'jason')
const STRING_MATCH = fc.oneof(
  VALUE.map((exact) => ({ exact })),
  VALUE.map((prefix) => ({ prefix })),
  fc.constantFrom('/a.*', 'GET|PUT', '.*', '*').map((regex) => ({ regex })),
)
const MATCH = fc
  .record(
    {
      uri: STRING_MATCH,
      method: STRING_MATCH,
      headers: fc.record({ user: STRING_MATCH }),
      withoutHeaders: fc.record({ user: STRING_MATCH }),
      queryParams: fc.record({ key: STRING_MATCH }),
      port: fc.constantFrom(0, 80, 443),
      gateways: fc.constantFrom(['public'], ['mesh'], ['public', 'mesh']),
    },
    { requiredKeys: [] },
  )
  .map((match) => ({ ...match }) as JsonObject)
const MATCHES = fc.array(MATCH, { minLength: 1, maxLength: 3 })
const REQUEST = fc
  .record({
    path: fc.constantFrom('/', '/a', '/a/b', '/a?key=jason', '/b?key'),
    method: fc.constantFrom('GET', 'PUT'),
    headers: fc.constantFrom([], [['user', 'jason'] as const]),
  })
  .map(request)

describe('for every object and request,', () => {
  test('the rule that is hit is the first one that is hit in an object of its own', () => {
    fc.assert(
      fc.property(fc.array(MATCHES, { maxLength: 4 }), REQUEST, (lists, asked) => {
        const rules = lists.map((match, index) => http(`r${index}`, match))
        const alone = rules.find((rule) => names(httpObject([rule]), asked) !== 'none')
        expect(names(httpObject(rules), asked)).toBe(alone ? `http:${String(alone.name)}` : 'none')
      }),
      { numRuns: 300 },
    )
  })

  test('a rule with several matches is hit where one of them would be', () => {
    fc.assert(
      fc.property(MATCHES, REQUEST, (matches, asked) => {
        const each = matches.map((match) => names(httpObject([http('r', [match])]), asked))
        expect(names(httpObject([http('r', matches)]), asked)).toBe(
          each.includes('http:r') ? 'http:r' : 'none',
        )
      }),
    )
  })

  test('a request for the host of two objects hits the one whose rules match it alone', () => {
    fc.assert(
      fc.property(fc.tuple(MATCHES, MATCHES), REQUEST, ([one, other], asked) => {
        const [a, b] = [served('a', [http('r', one)]), served('b', [http('r', other)])]
        const found = httpHit([a, b], asked)
        const alone = [a, b].map(({ object }) => hit(object, asked).kind === 'rule')
        expect(found.kind).toBe(alone.includes(true) ? 'rule' : 'none')
        if (found.kind === 'rule' && !alone.every(Boolean))
          expect(found.object.name).toBe(alone[0] ? 'a' : 'b')
      }),
      { numRuns: 300 },
    )
  })
})

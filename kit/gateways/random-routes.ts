import * as fc from 'fast-check'
import type { JsonObject } from '../../src/kube/json.ts'
import { requestHit } from '../../src/routes/gateway-api/match/route-hit.ts'
import { hostnamesOf } from '../../src/routes/gateway-api/rules/listeners.ts'
import { rulesOf } from '../../src/routes/kinds.ts'
import type { HitAmong } from '../../src/routes/match/first-of.ts'
import type { HttpRequest } from '../../src/routes/probe-request.ts'
import { parseRouteObject } from '../../src/routes/route-object.ts'

/** Routes of the Gateway API and requests for a comparison of who decides which rule a request hits. */

export type RouteKind = 'HTTPRoute' | 'GRPCRoute'

/** DOMAIN is replaced by one that no other routes have. */
const HOSTS = ['a.DOMAIN', 'b.DOMAIN', '*.DOMAIN', 'x.a.DOMAIN', '*.a.DOMAIN']

const EXPRESSIONS = ['/a.*', '/[^/]+', '/a/b', '.*', '/(a|b)/?', '/a/b/c?.*']
const PATH = fc.oneof(
  fc.record({
    type: fc.constantFrom('Exact', 'PathPrefix'),
    value: fc.constantFrom('/', '/a', '/a/', '/a/b', '/ab'),
  }),
  fc.record({ type: fc.constant('RegularExpression'), value: fc.constantFrom(...EXPRESSIONS) }),
)
const named = (...names: readonly string[]) =>
  fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...names),
      type: fc.constantFrom('Exact', 'RegularExpression'),
      value: fc.constantFrom('1', '2', '.*', '1|2'),
    }),
    { minLength: 1, maxLength: 2, selector: ({ name }) => name.toLowerCase() },
  )
const HTTP_MATCH = fc.record(
  {
    path: PATH,
    method: fc.constantFrom('GET', 'PUT'),
    headers: named('x-a', 'X-B'),
    queryParams: named('q', 'Q'),
  },
  { requiredKeys: [] },
)
const CALLED = [
  { service: 'a.S' },
  { method: 'M' },
  { service: 'a.S', method: 'M' },
  { type: 'RegularExpression', service: 'a\\..*' },
  { type: 'RegularExpression', method: 'M|N' },
  { type: 'RegularExpression', service: '[ab]\\.S', method: 'N' },
]
const GRPC_MATCH = fc.record(
  { method: fc.constantFrom(...CALLED), headers: named('x-a', 'X-B') },
  { requiredKeys: [] },
)

/** Hostnames and rules of one route; a rule without matches has none. */
export type Drawn = { hostnames: string[]; rules: (JsonObject[] | null)[] }

function drawnOf(match: fc.Arbitrary<object>): fc.Arbitrary<Drawn[]> {
  const matches = match.map((one) => one as JsonObject)
  const rule = fc.option(fc.array(matches, { minLength: 1, maxLength: 2 }), { freq: 5 })
  const one = fc.record({
    hostnames: fc.subarray(HOSTS, { minLength: 1, maxLength: 2 }),
    rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
  })
  return fc.array(one, { minLength: 1, maxLength: 3 })
}

export const ROUTES: Readonly<Record<RouteKind, fc.Arbitrary<Drawn[]>>> = {
  HTTPRoute: drawnOf(HTTP_MATCH),
  GRPCRoute: drawnOf(GRPC_MATCH),
}

const HEADERS = fc.constantFrom<(readonly [string, string])[]>(
  [],
  [['x-a', '1']],
  [
    ['x-a', '1'],
    ['x-b', '2'],
  ],
  [['x-b', '12']],
)
const AUTHORITY = fc.constantFrom(
  'a.DOMAIN',
  'B.DOMAIN',
  'x.a.DOMAIN:8080',
  'y.a.DOMAIN',
  'c.DOMAIN',
)

/** What a request is made of. */
export const REQUESTS: Readonly<Record<RouteKind, fc.Arbitrary<RouteRequest>>> = {
  HTTPRoute: fc.record({
    path: fc.constantFrom(
      '/',
      '/a',
      '/a/',
      '/ab',
      '/a/b',
      '/a/bc',
      '/b',
      '/a?q=1',
      '/a?q=2&q=1&Q=',
    ),
    method: fc.constantFrom('GET', 'PUT'),
    authority: AUTHORITY,
    headers: HEADERS,
  }),
  GRPCRoute: fc.record({
    path: fc.constantFrom('/a.S/M', '/a.S/N', '/b.S/M', '/b.S/X', '/a.Sx/M', '/'),
    method: fc.constant('POST'),
    authority: AUTHORITY,
    headers: HEADERS,
  }),
}

export type RouteRequest = Pick<HttpRequest, 'path' | 'method' | 'authority' | 'headers'>

/** The rule of several routes that a request hits at a listener: `NAME rule[INDEX]`, `none` or `unknown`. */
export function routeHitAt(routes: readonly JsonObject[], request: HttpRequest): string {
  const served = routes.map((one) => {
    const object = parseRouteObject(one)
    if (object === undefined) throw new Error('not a route')
    return { object, rules: rulesOf(object), hosts: hostnamesOf(object) }
  })
  const found: HitAmong = requestHit(served, request)
  return found.kind === 'rule' ? `${found.object.name} rule[${found.rule.index}]` : found.kind
}

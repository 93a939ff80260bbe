import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/kube/json.ts'
import { coveringRule } from '../../../src/routes/gateway-api/match/covering-rule.ts'
import { type Candidate, precedence } from '../../../src/routes/gateway-api/match/precedence.ts'
import { requestHit } from '../../../src/routes/gateway-api/match/route-hit.ts'
import { hostnamesOf } from '../../../src/routes/gateway-api/rules/listeners.ts'
import { kindOf } from '../../../src/routes/kinds.ts'
import type { RouteObject } from '../../../src/routes/route-object.ts'
import { backend, matching, onPath, request, routeOf, rulesIn } from './support/routes.ts'

type Written = { type: string; value: string; method?: string; headers: string[]; query: string[] }

const written: fc.Arbitrary<Written> = fc.record(
  {
    type: fc.constantFrom('Exact', 'PathPrefix', 'RegularExpression'),
    value: fc.constantFrom('/', '/a', '/a/b', '/ab', '/a/', '/a/b/c'),
    method: fc.constantFrom('GET', 'PUT'),
    headers: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
    query: fc.uniqueArray(fc.constantFrom('q', 'r'), { maxLength: 2 }),
  },
  { requiredKeys: ['type', 'value', 'headers', 'query'] },
)

function matchOf({ type, value, method, headers, query }: Written): JsonObject {
  const named = (names: string[]) => names.map((name) => ({ name, type: 'Exact', value: '1' }))
  return {
    ...onPath(value, type),
    ...(method === undefined ? {} : { method }),
    ...(headers.length > 0 ? { headers: named(headers) } : {}),
    ...(query.length > 0 ? { queryParams: named(query) } : {}),
  }
}

type Sent = { path: string; method: string; headers: string[]; query: string[] }

const sent: fc.Arbitrary<Sent> = fc.record({
  path: fc.constantFrom('/', '/a', '/a/', '/a/b', '/ab', '/a/b/c', '/a/bc', '/x'),
  method: fc.constantFrom('GET', 'PUT'),
  headers: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
  query: fc.uniqueArray(fc.constantFrom('q', 'r'), { maxLength: 2 }),
})

function requestOf({ path, method, headers, query }: Sent) {
  const text = query.map((name) => `${name}=1`).join('&')
  return request(text === '' ? path : `${path}?${text}`, {
    method,
    headers: headers.map((name) => [name, '1'] as const),
  })
}

/** The specification's text, word by word, for the matches of one route that a request meets. */
function firstBySpecification(matches: readonly Written[], one: Sent): number | undefined {
  const meets = ({ type, value, method, headers, query }: Written) => {
    const prefix = value.length > 1 ? value.replace(/\/$/, '') : value
    const onPathElements =
      prefix === '/' || one.path === prefix || one.path.slice(0, prefix.length + 1) === `${prefix}/`
    const isPath = type === 'PathPrefix' ? onPathElements : one.path === value
    return (
      isPath &&
      (method ?? one.method) === one.method &&
      headers.every((name) => one.headers.includes(name)) &&
      query.every((name) => one.query.includes(name))
    )
  }
  const rank = ({ type, value, method, headers, query }: Written, index: number) => [
    type === 'Exact' ? 1 : 0,
    type === 'PathPrefix' ? 1 : 0,
    // The length of a prefix without a slash at its end. istiod also compares those of expressions.
    type === 'PathPrefix' && value.length > 1 ? value.replace(/\/$/, '').length : value.length,
    method === undefined ? 0 : 1,
    headers.length,
    query.length,
    -index,
  ]
  const met = matches.flatMap((match, index) =>
    meets(match) ? [{ index, rank: rank(match, index) }] : [],
  )
  met.sort((a, b) => {
    const at = a.rank.findIndex((value, position) => value !== b.rank[position])
    return (b.rank[at] ?? 0) - (a.rank[at] ?? 0)
  })
  return met[0]?.index
}

test('A request hits the rule that the specification says, whatever rules a route has', () => {
  fc.assert(
    fc.property(fc.array(written, { minLength: 1, maxLength: 8 }), sent, (matches, one) => {
      const object = routeOf(matches.map((match) => matching([matchOf(match)])))
      const found = kindOf(object).hit(object, requestOf(one))
      const index = found.kind === 'rule' ? found.rule.index : undefined
      expect(index).toBe(firstBySpecification(matches, one))
    }),
    { numRuns: 1000 },
  )
})

test('A rule that another one covers is hit by no request, whatever rules a route has', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(written, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 5 }),
      sent,
      (lists, one) => {
        const object = routeOf(lists.map((list) => matching(list.map(matchOf))))
        const found = kindOf(object).hit(object, requestOf(one))
        const rules = rulesIn(object)
        if (found.kind === 'rule') expect(coveringRule(found.rule, rules)).toBeUndefined()
        for (const rule of rules) expect(coveringRule(rule, rules)).not.toBe(rule)
      },
    ),
    { numRuns: 300 },
  )
})

const ROUTES: readonly RouteObject[] = [
  routeOf([{}], { name: 'b', createdAt: '2026-03-01T10:00:00Z' }),
  routeOf([{}], { name: 'a', createdAt: '2026-03-01T10:00:00Z' }),
  routeOf([{}], { name: 'a', namespace: 'other', createdAt: '2026-02-01T10:00:00Z' }),
]

const candidate: fc.Arbitrary<Candidate> = fc
  .record({
    object: fc.constantFrom(...ROUTES),
    host: fc.constantFrom('*', '*.example.com', 'a.example.com', '*.a.example.com', 'b.example'),
    match: written,
  })
  .map(({ object, host, match }) => {
    const [rule] = rulesIn(object)
    if (rule === undefined) throw new Error('there is no rule')
    return { object, rule, host, match: matchOf(match) }
  })

test('The order of matches of several routes is the same whichever way they are compared', () => {
  fc.assert(
    fc.property(candidate, candidate, candidate, (a, b, c) => {
      expect(Math.sign(precedence(a, b)) + Math.sign(precedence(b, a))).toBe(0)
      if (precedence(a, b) <= 0 && precedence(b, c) <= 0)
        expect(precedence(a, c)).toBeLessThanOrEqual(0)
    }),
    { numRuns: 1000 },
  )
})

describe('Of several routes, a request hits', () => {
  /** `NAMESPACE/NAME` of the route that is hit. */
  function hit(routes: readonly RouteObject[], path = '/a', authority = 'shop.example.com') {
    const served = routes.map((object) => ({
      object,
      rules: rulesIn(object),
      hosts: hostnamesOf(object),
    }))
    const found = requestHit(served, request(path, { authority }))
    return found.kind === 'rule' ? `${found.object.namespace}/${found.object.name}` : found.kind
  }
  const route = (name: string, more: Parameters<typeof routeOf>[1] = {}, path = '/a') =>
    routeOf([matching([onPath(path)])], { name, ...more })

  test('that with the whole host, then that with the longest wildcard, whatever their matches', () => {
    const routes = [
      route('any', {}, '/a/b'),
      route('wide', { hostnames: ['*.com'] }, '/a/b'),
      route('narrow', { hostnames: ['*.example.com'] }, '/a/b'),
      route('whole', { hostnames: ['shop.example.com'] }),
    ]
    expect(hit(routes, '/a/b')).toBe('demo/whole')
    expect(hit(routes, '/a/b', 'other.example.com')).toBe('demo/narrow')
    expect(hit(routes, '/a/b', 'other.com')).toBe('demo/wide')
    expect(hit(routes, '/a/b', 'other.org')).toBe('demo/any')
  })

  test('none where the most specific host has no match for it', () => {
    const routes = [route('any'), route('whole', { hostnames: ['shop.example.com'] }, '/b')]
    expect(hit(routes, '/a')).toBe('none')
  })

  test('the more specific match of one host', () => {
    expect(hit([route('old'), route('new', {}, '/a/b')], '/a/b')).toBe('demo/new')
  })

  test('the older of two routes with equal matches, then the first by namespace and name', () => {
    const old = { createdAt: '2026-01-01T00:00:00Z' }
    expect(hit([route('a'), route('z', old)])).toBe('demo/z')
    expect(hit([route('b'), route('a')])).toBe('demo/a')
    expect(hit([route('a', { namespace: 'x' }), route('b')])).toBe('demo/b')
  })

  test('a route only with the hosts that the listener admits', () => {
    const object = route('web', { hostnames: ['shop.example.com', 'cart.example.com'] })
    const served = { object, rules: rulesIn(object), hosts: ['cart.example.com'] }
    expect(requestHit([served], request('/a')).kind).toBe('none')
  })
})

test('A rule of a GRPCRoute without matches comes after every other one, even after an empty match', () => {
  const object = routeOf([{ backendRefs: [backend('v1')] }, matching([{}])], { kind: 'GRPCRoute' })
  const [first, second] = rulesIn(object)
  if (first === undefined || second === undefined) throw new Error('there are two rules')
  const found = kindOf(object).hit(object, request('/a.S/M', { method: 'POST' }))
  expect(found).toMatchObject({ kind: 'rule', rule: { index: second.index } })
  expect(coveringRule(first, [first, second])).toBe(second)
  expect(coveringRule(second, [first, second])).toBeUndefined()
})

describe('A rule is covered', () => {
  /** Which rule covers each one. */
  function covering(
    rules: JsonObject[],
    kind: 'HTTPRoute' | 'GRPCRoute' | 'TCPRoute' = 'HTTPRoute',
  ) {
    const all = rulesIn(routeOf(rules, { kind }))
    return all.map((rule) => coveringRule(rule, all)?.index)
  }

  test('by an earlier one with the same matches', () => {
    expect(covering([matching([onPath('/a')]), matching([onPath('/a/')])])).toEqual([undefined, 0])
  })

  test('by one for every path where it has an expression, because this is compared last', () => {
    const regex = matching([onPath('/a.*', 'RegularExpression')])
    expect(covering([regex, matching([onPath('/')])])).toEqual([1, undefined])
  })

  test('not by one that is compared later, or that has further conditions', () => {
    const header = { headers: [{ name: 'x', value: '1' }] }
    expect(covering([matching([onPath('/')]), matching([onPath('/a')])])).toEqual([
      undefined,
      undefined,
    ])
    expect(
      covering([matching([{ ...onPath('/a'), ...header }]), matching([onPath('/a')])]),
    ).toEqual([undefined, undefined])
  })

  test('only if all of its matches are, by whichever rules', () => {
    const [a, b] = [matching([onPath('/a')]), matching([onPath('/b')])]
    expect(covering([a, b, matching([onPath('/a'), onPath('/b')])])).toEqual([
      undefined,
      undefined,
      0,
    ])
    expect(covering([a, matching([onPath('/a'), onPath('/b')])])).toEqual([undefined, undefined])
  })

  test('if it is not the first rule of a TCPRoute', () => {
    const rule = { backendRefs: [backend('v1')] }
    expect(covering([rule, rule], 'TCPRoute')).toEqual([undefined, 0])
  })
})

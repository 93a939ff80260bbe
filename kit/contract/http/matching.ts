import { beforeAll, describe, expect, test } from 'vitest'
import { type Json, type JsonObject, textAt } from '../../../sandbox/objects/json.ts'
import type { HttpAsk } from '../../sandbox/talk-http.ts'
import { patch } from '../api/objects.ts'
import type { Mesh } from '../gateway/mesh.ts'
import { get, HOST, lendObject, says, serveRules, WEB_ROUTE } from './mesh.ts'

/** A match, a request to a path of its own, and whether the request meets the match. */
type Case = [
  what: string,
  match: (path: string) => JsonObject,
  ask: (path: string) => Partial<HttpAsk>,
  fits: boolean,
]

const asking = (headers: Readonly<Record<string, string>>) => (path: string) => ({
  path,
  headers: Object.entries(headers),
})
const plain = (path: string) => ({ path })
const on = (more: JsonObject) => (path: string) => ({ uri: { prefix: path }, ...more })
const header = (match: Json) => on({ headers: { 'x-kind': match } })
const without = (match: Json) => on({ withoutHeaders: { 'x-kind': match } })
const query = (match: Json) => on({ queryParams: { kind: match } })

const CASES: readonly Case[] = [
  ['a path that is equal', (path) => ({ uri: { exact: path } }), plain, true],
  [
    'an equal path with a query',
    (path) => ({ uri: { exact: path } }),
    (path) => ({ path: `${path}?a=b` }),
    true,
  ],
  [
    'a longer path where it must be equal',
    (path) => ({ uri: { exact: path } }),
    (path) => ({ path: `${path}/` }),
    false,
  ],
  [
    'a prefix that ends within a segment',
    (path) => ({ uri: { prefix: path } }),
    (path) => ({ path: `${path}more` }),
    true,
  ],
  [
    'a regular expression for the whole path',
    (path) => ({ uri: { regex: `${path}/[0-9]+` } }),
    (path) => ({ path: `${path}/42?a=b` }),
    true,
  ],
  [
    'a regular expression for a part of the path',
    (path) => ({ uri: { regex: `${path}/[0-9]+` } }),
    (path) => ({ path: `${path}/42/a` }),
    false,
  ],
  [
    'a prefix in another case',
    (path) => ({ uri: { prefix: path } }),
    (path) => ({ path: path.toUpperCase() }),
    false,
  ],
  [
    'a prefix in another case that does not matter',
    (path) => ({ uri: { prefix: path }, ignoreUriCase: true }),
    (path) => ({ path: path.toUpperCase() }),
    true,
  ],
  [
    'an equal path in another case that does not matter',
    (path) => ({ uri: { exact: path }, ignoreUriCase: true }),
    (path) => ({ path: path.toUpperCase() }),
    true,
  ],
  [
    'a regular expression in another case, which always matters',
    (path) => ({ uri: { regex: `${path}.*` }, ignoreUriCase: true }),
    (path) => ({ path: path.toUpperCase() }),
    false,
  ],
  [
    'a path with dots, as it is without them',
    (path) => ({ uri: { exact: path } }),
    (path) => ({ path: `/a/..${path}` }),
    true,
  ],
  ['a header that is equal', header({ exact: 'one' }), asking({ 'X-Kind': 'one' }), true],
  ['a header that is longer', header({ exact: 'one' }), asking({ 'x-kind': 'ones' }), false],
  ['a header in another case', header({ exact: 'one' }), asking({ 'x-kind': 'One' }), false],
  ['the prefix of a header', header({ prefix: 'one' }), asking({ 'x-kind': 'ones' }), true],
  [
    'a regular expression for the whole header',
    header({ regex: 'o.e' }),
    asking({ 'x-kind': 'one' }),
    true,
  ],
  [
    'a regular expression for a part of the header',
    header({ regex: 'o.e' }),
    asking({ 'x-kind': 'ones' }),
    false,
  ],
  [
    'a regular expression without regard to case',
    header({ regex: '(?i)one' }),
    asking({ 'x-kind': 'ONE' }),
    true,
  ],
  ['an empty header that is there', header({}), asking({ 'x-kind': '' }), true],
  ['a header that is there', header({}), asking({ 'x-kind': 'one' }), true],
  ['a header that is missing', header({}), plain, false],
  [
    'the second of two values of a header',
    header({ exact: 'two' }),
    (path) => ({
      path,
      headers: [
        ['x-kind', 'one'],
        ['x-kind', 'two'],
      ],
    }),
    true,
  ],
  [
    'a header without an unwanted value',
    without({ exact: 'one' }),
    asking({ 'x-kind': 'two' }),
    true,
  ],
  ['a missing header without an unwanted value', without({ exact: 'one' }), plain, true],
  [
    'a header with an unwanted value',
    without({ exact: 'one' }),
    asking({ 'x-kind': 'one' }),
    false,
  ],
  ['a header that must not be there', without({}), asking({ 'x-kind': 'one' }), false],
  ['a missing header that must not be there', without({}), plain, true],
  [
    'a query parameter that is equal',
    query({ exact: 'one' }),
    (path) => ({ path: `${path}?a=b&kind=one` }),
    true,
  ],
  [
    'a query parameter as it is encoded',
    query({ exact: 'one%20two' }),
    (path) => ({ path: `${path}?kind=one%20two` }),
    true,
  ],
  [
    'a query parameter as it is decoded',
    query({ exact: 'one two' }),
    (path) => ({ path: `${path}?kind=one%20two` }),
    false,
  ],
  [
    'the second of two values of a query parameter',
    query({ exact: 'two' }),
    (path) => ({ path: `${path}?kind=one&kind=two` }),
    false,
  ],
  [
    'a query parameter without a value that must be there',
    query({}),
    (path) => ({ path: `${path}?kind` }),
    true,
  ],
  ['a query parameter that is missing', query({}), plain, false],
  ['a method', on({ method: { exact: 'POST' } }), (path) => ({ path, method: 'POST' }), true],
  ['another method', on({ method: { exact: 'POST' } }), plain, false],
  ['a scheme', on({ scheme: { exact: 'http' } }), plain, true],
  ['another scheme', on({ scheme: { exact: 'https' } }), plain, false],
  ['an authority', on({ authority: { exact: HOST } }), plain, true],
  [
    'an authority with a port',
    on({ authority: { exact: HOST } }),
    (path) => ({ path, host: `${HOST}:8080` }),
    false,
  ],
  ['the gateway, by its short name', on({ gateways: ['web-gateway'] }), plain, true],
  [
    'the gateway with its namespace, whatever the labels',
    on({ gateways: ['demo/web-gateway'], sourceLabels: { app: 'other' } }),
    plain,
    true,
  ],
  ['another gateway', on({ gateways: ['mesh'] }), plain, false],
  ["labels of the gateway's Pods", on({ sourceLabels: { istio: 'ingressgateway' } }), plain, true],
  ['labels of other Pods', on({ sourceLabels: { app: 'other' } }), plain, false],
  ["the namespace of the gateway's Pods", on({ sourceNamespace: 'istio-system' }), plain, true],
  ['another namespace', on({ sourceNamespace: 'demo' }), plain, false],
  [
    'two conditions of which one does not hold',
    on({ method: { exact: 'GET' }, headers: { 'x-kind': { exact: 'one' } } }),
    plain,
    false,
  ],
]

export function testMatching(mesh: () => Mesh): void {
  const pathOf = (index: number) => `/case-${index}/x`

  describe('a match is met by', () => {
    beforeAll(async () => {
      const rules = CASES.map(([, match], index) => says('yes', match(pathOf(index))))
      await serveRules(mesh(), ...rules, says('no'))
    })
    const met = CASES.map((each, index) => [each[0], index, each] as const)

    test.each(met.filter(([, , [, , , fits]]) => fits))('%s', async (_, index, [, , ask]) => {
      expect((await get(mesh(), '/', ask(pathOf(index)))).body).toBe('yes')
    })

    test.each(met.filter(([, , [, , , fits]]) => !fits))('no %s', async (_, index, [, , ask]) => {
      expect((await get(mesh(), '/', ask(pathOf(index)))).body).toBe('no')
    })
  })

  test('a regular expression * is refused by istiod', async () => {
    const match = [{ headers: { 'x-kind': { regex: '*' } } }]
    const operations = [{ op: 'replace', path: '/spec/http', value: [{ match, ...says('') }] }]
    const { status, body } = await patch(mesh().admin, `${WEB_ROUTE}?dryRun=All`, operations)
    expect(status).toBe(400)
    expect(textAt(body, 'message')).toBe(
      'admission webhook "validation.istio.io" denied the request: configuration is invalid: "headers": error parsing regexp: missing argument to repetition operator: `*`; Istio uses RE2 style regex-based match (https://github.com/google/re2/wiki/Syntax)',
    )
  })

  describe('the rule that a request takes', () => {
    const served = async (...rules: readonly Json[]) => {
      await serveRules(mesh(), ...rules)
      return (await get(mesh(), '/a/b', { headers: [['x-kind', 'one']] })).body
    }

    test('is the first that fits, not the one that fits best', async () => {
      const shorter = says('first', { uri: { prefix: '/a' } })
      const longer = says('second', { uri: { prefix: '/a/b' } })
      expect(await served(says('other', { uri: { prefix: '/b' } }), shorter, longer)).toBe('first')
    })

    test('is one of which any match fits', async () => {
      const rule = says(
        'yes',
        { uri: { exact: '/c' } },
        { headers: { 'x-kind': { exact: 'one' } } },
      )
      expect(await served(rule, says('no'))).toBe('yes')
    })

    test('is never one behind a rule without a match', async () => {
      expect(await served(says('all'), says('later', { uri: { prefix: '/a' } }))).toBe('all')
    })

    test('is none where no match fits, which is answered with 404', async () => {
      await serveRules(mesh(), says('no', { uri: { prefix: '/z' } }))
      const { status, body, headers } = await get(mesh(), '/a/b')
      expect({ status, body }).toEqual({ status: 404, body: '' })
      expect(headers).toMatchObject({ server: 'istio-envoy', 'content-length': '0' })
      expect(headers).not.toHaveProperty('x-envoy-upstream-service-time')
    })
  })

  describe('of several VirtualServices for a host,', () => {
    const another = (...rules: readonly JsonObject[]) =>
      lendObject(mesh(), 'VirtualService', {
        hosts: [HOST],
        gateways: ['web-gateway'],
        http: [...rules],
      })

    test('the rules are joined, those of the oldest first', async () => {
      await another(
        says('young /a', { uri: { prefix: '/a' } }),
        says('young /b', { uri: { prefix: '/b' } }),
      )
      await serveRules(mesh(), says('old /a', { uri: { prefix: '/a' } }))
      expect((await get(mesh(), '/a')).body).toBe('old /a')
      expect((await get(mesh(), '/b')).body).toBe('young /b')
    })

    test('a rule that takes every request comes last, even if its object is the oldest', async () => {
      await another(says('young /a', { uri: { prefix: '/a' } }), says('young'))
      await serveRules(mesh(), says('old'))
      expect((await get(mesh(), '/a')).body).toBe('young /a')
      expect((await get(mesh(), '/b')).body).toBe('old')
    })

    test('one for a wider host counts only where the narrower ones do not cover the host', async () => {
      const wide = (host: string, text: string) =>
        lendObject(mesh(), 'VirtualService', {
          hosts: [host],
          gateways: ['web-gateway'],
          http: [says(text)],
        })
      await wide('*.example.com', 'wide')
      await wide('*.deep.example.com', 'deep')
      await serveRules(mesh(), says('own', { uri: { prefix: '/a' } }))
      const bodyOf = async (host: string) => (await get(mesh(), '/b', { host })).status
      expect((await get(mesh(), '/a', { host: 'WEB.example.com:1234' })).body).toBe('own')
      expect(await bodyOf(HOST)).toBe(404)
      expect((await get(mesh(), '/b', { host: 'x.example.com' })).body).toBe('wide')
      expect((await get(mesh(), '/b', { host: 'x.deep.example.com' })).body).toBe('deep')
      expect(await bodyOf('example.com')).toBe(404)
    })
  })

  describe('a rule that delegates to another VirtualService', () => {
    const delegate = async (http: readonly JsonObject[], spec: JsonObject = {}) =>
      lendObject(mesh(), 'VirtualService', { http: [...http], ...spec })
    const rule = (name: string, ...match: readonly JsonObject[]): JsonObject => ({
      ...(match.length === 0 ? {} : { match: [...match] }),
      delegate: { name, namespace: 'demo' },
      headers: { response: { set: { 'x-from': 'root' } } },
    })
    const ask = async (path: string) => {
      const { status, body, headers } = await get(mesh(), path)
      return status === 404 ? 404 : `${body} ${headers['x-from'] ?? ''}`
    }

    test('has its rules, as far as their matches are within its own', async () => {
      const name = await delegate([
        says('a', { uri: { prefix: '/a/a' } }),
        says('b', { uri: { exact: '/a/b' } }),
        says('outside', { uri: { prefix: '/b' } }),
        { ...says('rest'), headers: { response: { set: { 'x-from': 'leaf' } } } },
      ])
      await serveRules(mesh(), rule(name, { uri: { prefix: '/a' } }), says('root'))
      expect(await ask('/a/a')).toBe('a root')
      expect(await ask('/a/b')).toBe('b root')
      expect(await ask('/a/c')).toBe('rest leaf')
      expect(await ask('/b')).toBe('root ')
    })

    test('has none where the other is not exported to its namespace, or is missing', async () => {
      const name = await delegate([says('a')], { exportTo: ['istio-system'] })
      await serveRules(mesh(), rule(name, { uri: { prefix: '/a' } }), rule('missing'))
      expect(await ask('/a')).toBe(404)
    })
  })
}

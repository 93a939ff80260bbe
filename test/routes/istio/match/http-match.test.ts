import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/kube/json.ts'
import { isCatchAll, matchesRequest } from '../../../../src/routes/istio/match/http-match.ts'
import type { HttpRequest } from '../../../../src/routes/probe-request.ts'
import { request } from '../../support/http-objects.ts'

function matches(match: JsonObject, more: Partial<HttpRequest> = {}) {
  return matchesRequest(match, request(more))
}

describe('the path of a request, without its query, is compared with uri', () => {
  test.each<[JsonObject, string, boolean]>([
    [{ exact: '/a' }, '/a', true],
    [{ exact: '/a' }, '/a?b=1', true],
    [{ exact: '/a' }, '/a/', false],
    [{ prefix: '/a' }, '/abc', true],
    [{ prefix: '/a/' }, '/a', false],
    [{ regex: '/v[12]/.*' }, '/v2/items', true],
    [{ regex: '/v[12]' }, '/v2/items', false],
    [{}, '/anything', true],
  ])('%j and %s: %s', (uri, path, expected) => {
    expect(matches({ uri }, { path })).toBe(expected)
  })

  test('ignoreUriCase counts for exact and prefix, and not for a regular expression', () => {
    const path = '/API/Items'
    expect(matches({ uri: { prefix: '/api' } }, { path })).toBe(false)
    expect(matches({ uri: { prefix: '/api' }, ignoreUriCase: true }, { path })).toBe(true)
    expect(matches({ uri: { exact: '/api/items' }, ignoreUriCase: true }, { path })).toBe(true)
    expect(matches({ uri: { regex: '/api/.*' }, ignoreUriCase: true }, { path })).toBe(false)
  })

  test.each(['/a//b', '/a/../b', '/a%2fb', '/a/.'])(
    'whether %s matches is undecided, because the mesh decides how it is normalized',
    (path) => {
      expect(matches({ uri: { prefix: '/a' } }, { path })).toEqual({
        why: `the gateway may normalize the path ${path} before it matches it`,
      })
      expect(matches({ uri: { prefix: '/' } }, { path })).toBe(true)
    },
  )
})

describe('method, scheme and authority are compared as the request has them', () => {
  test.each<[JsonObject, Partial<HttpRequest>, boolean]>([
    [{ method: { exact: 'POST' } }, {}, false],
    [{ method: { regex: 'GET|HEAD' } }, {}, true],
    [{ scheme: { exact: 'https' } }, {}, false],
    [{ scheme: { exact: 'https' } }, { scheme: 'https' }, true],
    [{ authority: { exact: 'shop.example.com' } }, {}, true],
    [{ authority: { exact: 'shop.example.com' } }, { authority: 'shop.example.com:8080' }, false],
    [{ authority: { prefix: 'shop.' } }, { authority: 'shop.example.com:8080' }, true],
  ])('%j and %j: %s', (match, more, expected) => {
    expect(matches(match, more)).toBe(expected)
  })
})

describe('headers are compared by name in any case', () => {
  const headers = [
    ['end-user', 'jason'],
    ['x-list', 'a'],
    ['x-list', 'b'],
    ['x-empty', ''],
  ] as const

  test.each<[JsonObject, boolean]>([
    [{ 'End-User': { exact: 'jason' } }, true],
    [{ 'end-user': { prefix: 'ja' } }, true],
    [{ 'end-user': { regex: 'ja' } }, false],
    [{ 'x-list': { regex: '[ab,]+' } }, true],
    [{ 'x-list': { exact: 'c' } }, false],
    [{ 'x-empty': {} }, true],
    [{ 'x-missing': {} }, false],
    [{ 'x-missing': { regex: '.*' } }, false],
    [{ 'x-empty': { regex: '*' } }, true],
    [{ host: { exact: 'shop.example.com' } }, true],
    [{ 'end-user': { exact: 'jason' }, 'x-missing': { exact: 'a' } }, false],
  ])('headers %j: %s', (map, expected) => {
    expect(matches({ headers: map }, { headers })).toBe(expected)
  })

  test.each<[JsonObject, boolean]>([
    [{ 'end-user': { exact: 'jason' } }, false],
    [{ 'end-user': { exact: 'anna' } }, true],
    [{ 'end-user': {} }, false],
    [{ 'x-missing': {} }, true],
    [{ 'x-missing': { exact: 'a' } }, true],
    // A missing header counts as an empty one here.
    [{ 'x-missing': { regex: '.*' } }, false],
  ])('withoutHeaders %j: %s', (map, expected) => {
    expect(matches({ withoutHeaders: map }, { headers })).toBe(expected)
  })

  test.each<[JsonObject]>([
    [{ headers: { 'x-list': { exact: 'a,b' } } }],
    [{ headers: { 'x-list': { exact: 'b' } } }],
    [{ withoutHeaders: { 'x-list': { exact: 'b' } } }],
  ])('a repeated header that versions of Envoy compare differently is undecided: %j', (match) => {
    expect(matches(match, { headers })).toEqual({ why: expect.stringContaining('more than once') })
  })

  test.each(['@request.auth.claims.group', 'x-forwarded-for', 'x-request-id'])(
    'a match on %s is undecided',
    (name) => {
      expect(matches({ headers: { [name]: { exact: 'a' } } })).toEqual({
        why: expect.stringContaining(name),
      })
    },
  )
})

describe('the first value of a query parameter is compared, as it is written', () => {
  // The examples of Istio's reference for queryParams.
  test.each<[string, JsonObject, boolean]>([
    ['/?key=true', { exact: 'true' }, true],
    ['/?key', { exact: '' }, true],
    ['/?key=123', { regex: '\\d+$' }, true],
    ['/?key=a123', { regex: '\\d+$' }, false],
    ['/?key=1&key=2', { exact: '2' }, false],
    ['/?key=%41', { exact: 'A' }, false],
    ['/?other=key', {}, false],
    ['/?a=1&key=', {}, true],
    ['/', {}, false],
  ])('%s and %j: %s', (path, key, expected) => {
    expect(matches({ queryParams: { key } }, { path })).toBe(expected)
  })
})

test('all conditions of a match must hold, and one that fails decides although others are undecided', () => {
  const claim = { '@request.auth.claims.a': { exact: 'b' } }
  expect(matches({ headers: claim, method: { exact: 'PUT' } })).toBe(false)
  expect(matches({ headers: claim, method: { exact: 'GET' } })).toHaveProperty('why')
})

test('a field that Istio may add later makes a match undecided', () => {
  expect(matches({ cookies: { a: { exact: 'b' } } })).toEqual({
    why: 'the match has the field cookies, which this version cannot evaluate',
  })
})

test.each<[JsonObject, boolean]>([
  [{}, true],
  [{ uri: { prefix: '/' } }, true],
  [{ uri: { regex: '.*' } }, true],
  [{ uri: { regex: '/.*' } }, false],
  [{ uri: { prefix: '/' }, method: { exact: 'GET' } }, false],
  [{ headers: {} }, true],
  [{ withoutHeaders: { a: {} } }, false],
  [{ port: 80, gateways: ['public'], name: 'all', statPrefix: 'a' }, true],
])('a match takes everything: %j: %s', (match, expected) => {
  expect(isCatchAll(match)).toBe(expected)
})

const NAME = fc.constantFrom('a', 'b', 'x-c')
const TEXT = fc.string({ unit: fc.constantFrom('a', 'b', '1', '-'), maxLength: 4 })
const MATCH = fc.oneof(
  TEXT.map((exact) => ({ exact })),
  TEXT.map((prefix) => ({ prefix })),
  fc.constantFrom('*', '.*', 'a+', '[ab]*').map((regex) => ({ regex })),
)

test('a header that is there meets withoutHeaders exactly where it does not meet headers', () => {
  fc.assert(
    fc.property(NAME, TEXT, MATCH, (name, value, match) => {
      const more = { headers: [[name, value]] as const }
      const with_ = matches({ headers: { [name]: match } }, more)
      expect(matches({ withoutHeaders: { [name]: match } }, more)).toBe(!with_)
    }),
  )
})

test('a match that takes everything is met by every request', () => {
  const uri = fc.constantFrom({ prefix: '/' }, { regex: '.*' }, {})
  fc.assert(
    fc.property(
      uri,
      fc.string({ maxLength: 8 }),
      fc.constantFrom('GET', 'PUT'),
      (one, path, method) => {
        expect(isCatchAll({ uri: one })).toBe(true)
        expect(matches({ uri: one }, { path: `/${path}`, method })).toBe(true)
      },
    ),
  )
})

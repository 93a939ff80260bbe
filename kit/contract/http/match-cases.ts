import type { Json, JsonObject } from '../../../sandbox/objects/json.ts'
import type { HttpAsk } from '../../sandbox/talk-http.ts'
import { HOST } from './mesh.ts'

/** A match, a request to a path of its own, and whether the request meets the match. */
export type Case = [
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

export const CASES: readonly Case[] = [
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

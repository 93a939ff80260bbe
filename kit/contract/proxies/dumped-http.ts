import { describe, expect, test } from 'vitest'
import { dig, type Json, type JsonObject } from '../../../sandbox/objects/json.ts'
import { GROUP } from '../api/objects.ts'
import { lendSpec, type Mesh } from '../gateway/mesh.ts'
import { HOST, serveRules, to } from '../http/mesh.ts'
import { everyProxy, routesNamed, routesOf } from './dump.ts'

const V1 = 'outbound|80|v1|web.demo.svc.cluster.local'
const V2 = 'outbound|80|v2|web.demo.svc.cluster.local'
const STAMP = 'x-contract-stamp'

function stamped(value: string): JsonObject {
  return { headers: { response: { set: { [STAMP]: value } } } }
}

const ADDS = (value: string) => [
  { header: { key: STAMP, value }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
]

export function testDumpedHttp(mesh: () => Mesh): void {
  /** Gives the VirtualService these rules, and checks the routes behind the one that says that they are served. */
  const dump = async (rules: readonly Json[], check: (routes: readonly Json[]) => void) => {
    await serveRules(mesh(), ...rules)
    await everyProxy(mesh(), async (proxy) => {
      const table = await routesNamed(proxy, `http.${mesh().web.http}`)
      check(routesOf(table, HOST).slice(1))
    })
  }

  describe('the dump of an http rule', () => {
    test('has the weights and the headers of its destinations', () =>
      dump(
        [
          {
            route: [
              to('v1', { weight: 75, ...stamped('a') }),
              to('v2', { weight: 25, ...stamped('b') }),
            ],
          },
        ],
        ([route]) =>
          expect(dig(route, 'route', 'weighted_clusters', 'clusters')).toEqual([
            { name: V1, weight: 75, response_headers_to_add: ADDS('a') },
            { name: V2, weight: 25, response_headers_to_add: ADDS('b') },
          ]),
      ))

    test('leaves out a destination with a weight of 0, and keeps a list of clusters', () =>
      dump(
        [
          {
            route: [
              to('v1', { weight: 100, ...stamped('a') }),
              to('v2', { weight: 0, ...stamped('b') }),
            ],
          },
        ],
        ([route]) =>
          expect(dig(route, 'route', 'weighted_clusters', 'clusters')).toEqual([
            { name: V1, weight: 100, response_headers_to_add: ADDS('a') },
          ]),
      ))

    test('names a single destination itself, whose headers are those of the rule', () =>
      dump([{ route: [to('v2', stamped('b'))] }], ([route]) => {
        expect(dig(route, 'route', 'cluster')).toBe(V2)
        expect(dig(route, 'response_headers_to_add')).toEqual(ADDS('b'))
      }))

    test.each<[string, JsonObject, JsonObject]>([
      ['an exact path', { uri: { exact: '/a' } }, { path: '/a', case_sensitive: true }],
      ['a prefix', { uri: { prefix: '/a' } }, { prefix: '/a', case_sensitive: true }],
      [
        'a prefix in any case',
        { uri: { prefix: '/a' }, ignoreUriCase: true },
        { prefix: '/a', case_sensitive: false },
      ],
      [
        'a regular expression',
        { uri: { regex: '/v[0-9]+' } },
        { safe_regex: { regex: '/v[0-9]+' }, case_sensitive: true },
      ],
      [
        'a method',
        { method: { exact: 'GET' } },
        {
          prefix: '/',
          case_sensitive: true,
          headers: [{ name: ':method', string_match: { exact: 'GET' } }],
        },
      ],
      [
        'a header',
        { headers: { 'x-canary': { prefix: 'y' } } },
        {
          prefix: '/',
          case_sensitive: true,
          headers: [{ name: 'x-canary', string_match: { prefix: 'y' } }],
        },
      ],
      [
        'a header with any value',
        { headers: { 'x-canary': {} } },
        { prefix: '/', case_sensitive: true, headers: [{ name: 'x-canary', present_match: true }] },
      ],
      [
        'the lack of a value',
        { withoutHeaders: { 'x-canary': { exact: 'yes' } } },
        {
          prefix: '/',
          case_sensitive: true,
          headers: [
            {
              name: 'x-canary',
              string_match: { exact: 'yes' },
              invert_match: true,
              treat_missing_header_as_empty: true,
            },
          ],
        },
      ],
      [
        'a query parameter',
        { queryParams: { canary: { exact: 'yes' } } },
        {
          prefix: '/',
          case_sensitive: true,
          query_parameters: [{ name: 'canary', string_match: { exact: 'yes' } }],
        },
      ],
    ])('has %s as Envoy writes it', (_, match, wanted) =>
      dump([{ match: [match], route: [to('v1')] }], ([route]) =>
        expect(dig(route, 'match')).toEqual(wanted),
      ),
    )

    test('has a rule for all requests without further conditions', () =>
      dump([{ route: [to('v1')] }], ([route]) =>
        expect(dig(route, 'match')).toEqual({ prefix: '/' }),
      ))

    test('has a route for each match of a rule, in order', () =>
      dump(
        [
          {
            match: [{ uri: { exact: '/a' } }, { uri: { exact: '/b' } }],
            route: [to('v1', { weight: 90 }), to('v2', { weight: 10 })],
          },
          { route: [to('v2')] },
        ],
        (routes) => {
          expect(
            routes.map((one) => dig(one, 'match', 'path') ?? dig(one, 'match', 'prefix')),
          ).toEqual(['/a', '/b', '/'])
          expect(dig(routes[1], 'route', 'weighted_clusters', 'clusters')).toEqual([
            { name: V1, weight: 90 },
            { name: V2, weight: 10 },
          ])
        },
      ))

    test.each<[string, JsonObject, JsonObject]>([
      ['a header', { httpHeaderName: 'x-user' }, { header: { header_name: 'x-user' } }],
      [
        'the address of the client',
        { useSourceIp: true },
        { connection_properties: { source_ip: true } },
      ],
      ['a query parameter', { httpQueryParameterName: 'q' }, { query_parameter: { name: 'q' } }],
      [
        'a cookie',
        { httpCookie: { name: 'user', path: '/shop', ttl: '60s' } },
        { cookie: { name: 'user', path: '/shop', ttl: '60s' } },
      ],
    ])('has the hash of %s that a DestinationRule demands', async (_, consistentHash, wanted) => {
      const path = `/apis/${GROUP}/v1/namespaces/demo/destinationrules/web`
      const subsets = ['v1', 'v2'].map((name) => ({
        ...{ name, labels: { version: name } },
        ...(name === 'v1' ? { trafficPolicy: { loadBalancer: { consistentHash } } } : {}),
      }))
      await lendSpec(mesh(), path, 'subsets', subsets)
      await dump([{ route: [to('v1', { weight: 50 }), to('v2', { weight: 50 })] }], ([route]) =>
        expect(dig(route, 'route', 'hash_policy')).toEqual([wanted]),
      )
    })

    test.each<[string, JsonObject, boolean]>([
      ['says that requests are sent again', {}, true],
      ['says nothing of retries that are off', { retries: { attempts: 0 } }, false],
    ])('%s', (_, more, retries) =>
      dump([{ route: [to('v1')], ...more }], ([route]) =>
        expect(dig(route, 'route', 'retry_policy') !== undefined).toBe(retries),
      ),
    )
  })
}

import * as fc from 'fast-check'
import type { JsonObject } from '../../src/kube/json.ts'

/** Objects and requests for a comparison of who decides which rule a request hits. */

const HOSTS = ['a.test', 'b.test', '*.test', '*', 'shop', 'x.a.test', '*.a.test']
export const NAMES = ['a.test', 'b.test', '*.test', '*', 'x.a.test', '*.a.test']

const VALUE = fc.constantFrom('/', '/a', '/a/b', '/A', 'GET', 'jason')
const STRING_MATCH = fc.oneof(
  VALUE.map((exact) => ({ exact })),
  VALUE.map((prefix) => ({ prefix })),
  fc.constantFrom('/a.*', 'GET|PUT', '.*', '*', '(?i)/a', '[^/]+').map((regex) => ({ regex })),
)

export const WHERE = {
  port: fc.constantFrom(0, 80, 81),
  gateways: fc.constantFrom<string[][]>(['public'], ['mesh'], ['demo/public', 'mesh']),
}
const CONDITIONS = {
  ...WHERE,
  uri: STRING_MATCH.filter((one) => !('regex' in one) || one.regex !== '*'),
  ignoreUriCase: fc.boolean(),
  method: STRING_MATCH,
  authority: fc.constantFrom({ exact: 'a.test' }, { prefix: 'x' }, { regex: '.*:8080' }),
  headers: fc.dictionary(fc.constantFrom('user', 'X-List'), STRING_MATCH, { maxKeys: 2 }),
  withoutHeaders: fc.dictionary(fc.constantFrom('user', 'other'), STRING_MATCH, { maxKeys: 1 }),
  queryParams: fc.dictionary(fc.constant('key'), STRING_MATCH, { maxKeys: 1 }),
  sourceLabels: fc.constantFrom({ istio: 'ingress' }, { zone: 'b' }),
  sourceNamespace: fc.constantFrom('istio-system', 'demo'),
}
const FIELDS = Object.keys(CONDITIONS)
const MATCH = fc
  .tuple(fc.record(CONDITIONS), fc.subarray(FIELDS, { maxLength: 2 }))
  .map(([match, fields]) =>
    Object.fromEntries(Object.entries(match).filter(([field]) => fields.includes(field))),
  )
  .map((match) => match as JsonObject)

/** Matches of an http rule; null: none. */
export const RULE = fc.option(fc.array(MATCH, { minLength: 1, maxLength: 2 }), { freq: 4 })
/** A rule that answers with a text. */
export const DIRECT = (match: JsonObject[] | null, body: string): JsonObject => ({
  ...(match === null ? {} : { match }),
  directResponse: { status: 200, body: { string: body } },
})

/** Objects of which each rule answers with its own name. */
export function objectsOf<T>(
  rule: fc.Arbitrary<T>,
  specOf: (rules: T[], name: string) => JsonObject,
) {
  const one = fc.record({
    day: fc.integer({ min: 1, max: 3 }),
    namespace: fc.constantFrom('demo', 'prod'),
    hosts: fc.subarray(HOSTS, { minLength: 1, maxLength: 2 }),
    exportTo: fc.constantFrom<string[][]>([], ['*'], ['istio-system'], ['demo']),
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
  })
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((list) =>
    list.map(({ day, namespace, hosts, exportTo, rules }, index): JsonObject => {
      const name = `o${index}`
      const creationTimestamp = `2026-03-0${day}T00:00:00Z`
      return {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { name, namespace, uid: name, resourceVersion: '1', creationTimestamp },
        spec: { hosts, exportTo, gateways: ['demo/public'], ...specOf(rules, name) },
      }
    }),
  )
}

/** Hosts of a Gateway's server. */
export const OFFERED = fc.subarray(['*', 'demo/*', 'prod/*.test', '*.test', './a.test'], {
  minLength: 1,
  maxLength: 2,
})

/** What a request is made of. */
export const ASKED = fc.record({
  path: fc.constantFrom('/', '/a', '/A', '/a/b', '/a?key=jason', '/b?key', '/?key=/a&key=1'),
  method: fc.constantFrom('GET', 'PUT'),
  authority: fc.constantFrom('a.test', 'B.test', 'x.a.test:8080', 'c.d', 'shop'),
  headers: fc.constantFrom(
    [],
    [['user', 'jason'] as const],
    [['x-list', '/a'] as const, ['x-list', 'GET'] as const],
  ),
})

import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/kube/json.ts'
import { coveringRule } from '../../../../src/routes/istio/rules/covering-rule.ts'
import { virtualServiceRules } from '../../../../src/routes/istio/rules/virtual-service-rules.ts'
import { parsedObject, virtualServiceJson } from '../../support/objects.ts'

const TO: JsonObject = { route: [{ destination: { host: 'shop' } }] }

/** Whether the first of two rules takes all traffic of the second. */
function covers(first: JsonObject, second: JsonObject, list = 'http'): boolean {
  const spec = {
    gateways: ['edge', 'mesh'],
    tcp: null,
    [list]: [
      { ...TO, ...first },
      { ...TO, ...second },
    ],
  }
  const rules = virtualServiceRules(parsedObject(virtualServiceJson([], { spec })))
  const [earlier, later] = rules
  return later !== undefined && coveringRule(later, rules) === earlier
}

function matches(first: JsonObject, second: JsonObject): boolean {
  return covers({ match: [first] }, { match: [second] })
}

describe('An http rule takes all requests of a later one', () => {
  test('if it has no match', () => {
    expect(covers({}, { match: [{ uri: { exact: '/a' } }] })).toBe(true)
    expect(covers({}, {})).toBe(true)
    expect(covers({ match: [{ uri: { exact: '/a' } }] }, {})).toBe(false)
  })

  test('if it is a redirect, but not if what it delegates may be less', () => {
    expect(covers({ route: null, redirect: { uri: '/' } }, {})).toBe(true)
    expect(covers({ route: null, delegate: { name: 'a' } }, {})).toBe(false)
  })

  test.each<[JsonObject, JsonObject, boolean]>([
    [{ uri: { prefix: '/' } }, {}, true],
    [{ uri: { regex: '.*' } }, {}, true],
    [{ uri: { prefix: '/a' } }, { uri: { prefix: '/ab' } }, true],
    [{ uri: { prefix: '/a' } }, { uri: { exact: '/a' } }, true],
    [{ uri: { prefix: '/ab' } }, { uri: { prefix: '/a' } }, false],
    [{ uri: { exact: '/a' } }, { uri: { prefix: '/a' } }, false],
    [{ uri: { prefix: '/a' } }, { uri: { regex: '/a.*' } }, false],
    [{ uri: { regex: '/a.*' } }, { uri: { regex: '/a.*' } }, true],
    [{ uri: { prefix: '/A' }, ignoreUriCase: true }, { uri: { exact: '/ab' } }, true],
    [{ uri: { prefix: '/a' } }, { uri: { exact: '/ab' }, ignoreUriCase: true }, false],
    [{ method: { exact: 'GET' } }, { method: { exact: 'GET' }, uri: { exact: '/' } }, true],
    [{ method: { exact: 'GET' } }, { method: { exact: 'PUT' } }, false],
    [{ authority: { prefix: 'a' } }, { authority: { exact: 'a.example' } }, true],
    [{ headers: { a: {} } }, { headers: { a: { exact: 'x' } } }, true],
    [{ headers: { a: { exact: 'x' } } }, { headers: { a: {} } }, false],
    [{ headers: { a: { exact: 'x' } } }, { headers: { a: { exact: 'x' }, b: {} } }, true],
    [{ headers: { b: { exact: 'x' } } }, { headers: { a: { exact: 'x' } } }, false],
    [{ queryParams: { a: { prefix: 'x' } } }, { queryParams: { a: { exact: 'xy' } } }, true],
    [{ withoutHeaders: { a: {} } }, { withoutHeaders: { a: {} } }, true],
    [{ withoutHeaders: { a: {} } }, {}, false],
    [{}, { withoutHeaders: { a: {} } }, true],
    [{ port: 80 }, { port: 80, uri: { exact: '/' } }, true],
    [{ port: 80 }, { uri: { exact: '/' } }, false],
    [{ sourceLabels: { app: 'a' } }, { sourceLabels: { app: 'a', v: '1' } }, true],
    [{ sourceLabels: { app: 'a' } }, {}, false],
    [{ sourceNamespace: 'a' }, {}, false],
    [{ name: 'a' }, { name: 'b' }, true],
  ])('%j before %j: %j', (first, second, is) => {
    expect(matches(first, second)).toBe(is)
  })

  test('only if it takes them at each gateway of the later one', () => {
    expect(matches({ gateways: ['edge'] }, {})).toBe(false)
    expect(matches({ gateways: ['edge'] }, { gateways: ['edge'] })).toBe(true)
    expect(covers({ match: [{ gateways: ['edge'] }, { gateways: ['mesh'] }] }, {})).toBe(true)
  })
})

describe('A tls rule takes all connections of a later one', () => {
  test.each([
    [['a.example'], ['a.example'], true],
    [['a.example', 'b.example'], ['b.example'], true],
    // Istio leaves out the later match with all of its names.
    [['a.example'], ['a.example', 'b.example'], true],
    [['*.example'], ['a.example'], false],
  ])('with %j before %j: %j', (first, second, is) => {
    expect(covers({ match: [{ sniHosts: first }] }, { match: [{ sniHosts: second }] }, 'tls')).toBe(
      is,
    )
  })
})

import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/kube/json.ts'
import { withDelegates } from '../../../../src/routes/istio/match/delegates.ts'
import { mergedMatches } from '../../../../src/routes/istio/match/merged-matches.ts'
import { http, httpObject } from '../../support/http-objects.ts'

/** An object without hosts. */
function delegate(name: string, rules: JsonObject[], namespace = 'demo', spec: JsonObject = {}) {
  return httpObject(rules, {
    metadata: { name, namespace, uid: name },
    spec: { hosts: [], gateways: [], ...spec },
  })
}

function merged(rules: JsonObject[], ...delegates: ReturnType<typeof delegate>[]) {
  const { object, origins } = withDelegates(httpObject(rules), (to) =>
    delegates.find(({ name, namespace }) => name === to.name && namespace === to.namespace),
  )
  return {
    http: object.spec.http,
    origins: origins.map((origin) => `${origin.object.name}[${origin.index}]`),
  }
}

const API = [{ uri: { prefix: '/api' } }]

describe('the rules of a delegate take the place of the rule that delegates', () => {
  // The example of Istio's reference for delegates.
  const productpage = {
    match: [{ uri: { prefix: '/productpage' } }],
    delegate: { name: 'productpage', namespace: 'nsA' },
  }

  test('with its own matches, and without any with those of the root', () => {
    const rules = [http('v1', [{ uri: { prefix: '/productpage/v1/' } }]), http('rest')]
    const found = merged([productpage, http('other')], delegate('productpage', rules, 'nsA'))
    expect(found.origins).toEqual(['productpage[0]', 'productpage[1]', 'tcp-echo[1]'])
    expect(found.http).toMatchObject([
      { name: 'v1', match: [{ uri: { prefix: '/productpage/v1/' } }] },
      { name: 'rest', match: [{ uri: { prefix: '/productpage' } }] },
      { name: 'other' },
    ])
  })

  test('with both names', () => {
    const root = { ...http('root', API), delegate: { name: 'more' } }
    expect(merged([root], delegate('more', [http('inner')])).http).toMatchObject([
      { name: 'root-inner' },
    ])
  })

  test('but not one that conflicts with the root, that is missing, or that has hosts', () => {
    const root = { match: API, delegate: { name: 'more' } }
    const conflicting = http('web', [{ uri: { prefix: '/web' } }])
    expect(merged([root], delegate('more', [conflicting, http('all')])).origins).toEqual([
      'more[1]',
    ])
    expect(merged([root]).origins).toEqual([])
    const hosted = delegate('more', [http('all')], 'demo', { hosts: ['a.test'] })
    expect(merged([root], hosted).origins).toEqual([])
  })

  test('but not one that the namespace of the root does not see', () => {
    const root = { delegate: { name: 'more', namespace: 'prod' } }
    const see = (exportTo: string[]) =>
      merged([root], delegate('more', [http('all')], 'prod', { exportTo })).origins
    expect(see(['.'])).toEqual([])
    expect(see(['demo'])).toEqual(['more[0]'])
    expect(see([])).toEqual(['more[0]'])
  })

  test('with its gateways as its own namespace names them', () => {
    const inner = http('inner', [{ gateways: ['public'] }])
    const root = { delegate: { name: 'more', namespace: 'prod' } }
    expect(merged([root], delegate('more', [inner], 'prod')).http).toMatchObject([
      { match: [{ gateways: ['prod/public'] }] },
    ])
  })
})

describe('matches of a delegate are merged with those of the root', () => {
  test.each<[JsonObject, JsonObject, JsonObject | undefined]>([
    [{ uri: { prefix: '/a' } }, { uri: { exact: '/a/b' } }, { uri: { exact: '/a/b' } }],
    [{ uri: { prefix: '/a/b' } }, { uri: { prefix: '/a' } }, undefined],
    [{ uri: { exact: '/a' } }, { uri: { exact: '/a' } }, { uri: { exact: '/a' } }],
    [{ uri: { exact: '/a' } }, { uri: { prefix: '/a' } }, undefined],
    [{ uri: { regex: '/a.*' } }, { uri: { exact: '/a' } }, undefined],
    [{ uri: { regex: '/a.*' } }, {}, { uri: { regex: '/a.*' } }],
    [
      { method: { exact: 'GET' } },
      { uri: { prefix: '/' } },
      { method: { exact: 'GET' }, uri: { prefix: '/' } },
    ],
    [
      { headers: { a: { exact: '1' } } },
      { headers: { b: {} } },
      { headers: { a: { exact: '1' }, b: {} } },
    ],
    [{ headers: { a: { exact: '1' } } }, { headers: { a: { exact: '2' } } }, undefined],
    [{ port: 80 }, { port: 443 }, undefined],
    [{ port: 80 }, {}, { port: 80 }],
    [{ ignoreUriCase: true }, {}, undefined],
    [{ gateways: ['a/b', 'c/d'] }, { gateways: ['c/d'] }, { gateways: ['c/d'] }],
    [{ gateways: ['a/b'] }, { gateways: ['c/d'] }, undefined],
    [{ sourceNamespace: 'a' }, {}, undefined],
    [
      { sourceLabels: { a: '1' } },
      { sourceLabels: { b: '2' } },
      { sourceLabels: { a: '1', b: '2' } },
    ],
    [{ sourceLabels: { a: '1' } }, { sourceLabels: { a: '2' } }, undefined],
  ])('%j with %j: %j', (root, own, expected) => {
    expect(mergedMatches([root], [own])).toEqual(expected && [expected])
  })

  test('with each of several that do not conflict', () => {
    const roots = [{ uri: { prefix: '/a' } }, { uri: { prefix: '/b' } }, { port: 80 }]
    expect(mergedMatches(roots, [{ uri: { exact: '/a/1' } }])).toEqual([
      { uri: { exact: '/a/1' } },
      { uri: { exact: '/a/1' }, port: 80 },
    ])
  })
})

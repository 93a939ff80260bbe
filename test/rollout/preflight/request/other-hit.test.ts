import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/kube/json.ts'
import { findOtherHit } from '../../../../src/rollout/preflight/request/other-hit.ts'
import { rulesOf } from '../../../../src/routes/kinds.ts'
import type { HttpRequest, ProbeRequest } from '../../../../src/routes/probe-request.ts'
import { http, httpObject, request } from '../../../routes/support/http-objects.ts'
import { route } from '../../../routes/support/objects.ts'

/** What is found about a request that should hit the last rule of an object. */
function found(rules: readonly JsonObject[], asked: Partial<HttpRequest> = {}): string[] {
  const object = httpObject(rules)
  const rule = rulesOf(object).at(-1)
  if (!rule) throw new Error('no rule')
  return findOtherHit({ object, rule }, request(asked), 'shift').map(
    ({ severity, code, what, remedy }) => `${severity} ${code}: ${what}\n${remedy}`,
  )
}

const WEB = http('web', [{ uri: { prefix: '/web' }, headers: { 'end-user': { exact: 'jason' } } }])
const ALL = http('all')

describe('a request that hits its rule', () => {
  test('is not reported', () => {
    expect(found([WEB, ALL])).toEqual([])
    expect(found([ALL])).toEqual([])
  })

  test('is not reported for a rule that nothing hits, which another check reports', () => {
    expect(found([ALL, WEB])).toEqual([])
  })
})

describe('a request that hits another rule is an error that names it', () => {
  test('and the inputs with which it would hit its own', () => {
    const [text] = found([http('api', [{ uri: { prefix: '/api' } }]), WEB], { path: '/api/1' })
    expect(text).toBe(
      [
        'error ITS-PROBE-HITS-OTHER-RULE: The requests of this run would hit rule http:api of demo/tcp-echo instead of rule http:web: GET /api/1 for shop.example.com at port 80 of Gateway demo/public.',
        'Rule http:web needs path that begins with /web and header end-user jason. For example:',
        '  probe-path: /web',
        '  probe-headers: {end-user: "jason"}',
      ].join('\n'),
    )
  })

  test('also where both match, and the other one comes first', () => {
    const [text] = found([http('api', [{ uri: { prefix: '/api' } }]), ALL], { path: '/api' })
    expect(text).toContain(
      'Rule http:api comes first. Set probe-path, probe-headers or probe-host so that only rule http:all matches.',
    )
  })

  test('which may be a redirect', () => {
    const move = http('move', [{ uri: { exact: '/' } }], { redirect: { uri: '/web' } })
    expect(found([move, ALL])[0]).toContain('Rule http[0] redirects them.')
  })

  test('or one of several, if that cannot be decided', () => {
    const claim = http('admin', [{ headers: { '@request.auth.claims.group': { exact: 'a' } } }])
    expect(found([claim, http('get', [{ method: { exact: 'GET' } }]), WEB])[0]).toContain(
      'would hit rule http:admin or rule http:get of demo/tcp-echo instead of rule http:web',
    )
  })
})

describe('a request that hits no rule is an error', () => {
  test.each<[JsonObject, string]>([
    [
      { uri: { regex: '/v\\d' }, method: { exact: 'POST' } },
      'Rule http:r needs path that matches /v\\d and method POST. Set probe-path and probe-method.',
    ],
    [
      { queryParams: { debug: {} }, authority: { exact: 'a.example.com' } },
      'Rule http:r needs host a.example.com and query parameter debug. For example:\n  probe-host: a.example.com\n  probe-path: /x?a=1&debug=true',
    ],
    [
      { withoutHeaders: { 'x-internal': {} } },
      'Rule http:r needs no header x-internal. Set probe-headers.',
    ],
  ])('%j', (match, remedy) => {
    const headers = [['x-internal', '1']] as const
    const [text = ''] = found([http('r', [match])], { path: '/x?a=1', headers })
    expect(text).toMatch(/^error ITS-PROBE-HITS-NO-RULE: /)
    expect(text).toContain(remedy)
  })

  test('and what the nearest of several matches needs is named', () => {
    const matches = [{ uri: { exact: '/a' }, method: { exact: 'PUT' } }, { uri: { exact: '/b' } }]
    expect(found([http('r', matches)])[0]).toContain('needs path /b. For example')
  })
})

test('a warning says why it is not known whether a request hits its rule', () => {
  const claim = http('admin', [{ headers: { '@request.auth.claims.group': { exact: 'a' } } }])
  expect(found([claim, ALL])).toEqual([
    'warning ITS-PROBE-HIT-UNKNOWN: Whether the requests of this run hit rule http:all, instead of rule http:admin, is not known: it depends on the token of the request (@request.auth.claims.group).\nCheck that expect matches replies of rule http:all only.',
  ])
})

test('the name of a TLS connection must lead to the rule', () => {
  const rules = ['a.test', 'b.test'].map((name) => ({
    match: [{ sniHosts: [name] }],
    route: [route('v1')],
  }))
  const object = httpObject([], { spec: { tls: rules, hosts: ['*'] } })
  const rule = rulesOf(object).at(-1)
  if (!rule) throw new Error('no rule')
  const asked: ProbeRequest = { protocol: 'tls', gateway: 'demo/public', port: 443, sni: 'a.test' }
  const [problem] = findOtherHit({ object, rule }, asked, 'shift')
  expect(problem?.what).toBe(
    'The connections of this run would hit rule tls:a.test of demo/tcp-echo instead of rule tls:b.test: TLS for a.test at port 443 of Gateway demo/public.',
  )
  expect(problem?.remedy).toContain('probe-host: b.test')
  expect(findOtherHit({ object, rule }, { ...asked, sni: 'b.test' }, 'shift')).toEqual([])
})

import { describe, expect, test } from 'vitest'
import {
  type Ours,
  placesAt,
  takersBefore,
} from '../../../src/gateways/istio/shadowing/takers-before.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { virtualServiceRules } from '../../../src/routes/istio/rules/virtual-service-rules.ts'
import type { RouteObject } from '../../../src/routes/route-object.ts'
import { http, httpObject } from '../../routes/support/http-objects.ts'
import { route } from '../../routes/support/objects.ts'
import { gateway } from '../support/gateway.ts'

const PLAIN = { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }
const PASSTHROUGH = {
  port: { number: 443, name: 'tls', protocol: 'TLS' },
  tls: { mode: 'PASSTHROUGH' },
  hosts: ['*'],
}
const PODS = { namespace: 'istio-system', labels: { istio: 'ingress' } }

function made(name: string, day: number, spec: JsonObject): RouteObject {
  const creationTimestamp = `2026-03-0${day}T00:00:00Z`
  return httpObject([], { metadata: { name, uid: name, creationTimestamp }, spec })
}

/** The objects that get all traffic of the first rule of one, by host of the server. */
function takers(object: RouteObject, others: readonly RouteObject[], server: JsonObject = PLAIN) {
  const [rule] = virtualServiceRules(object)
  if (!rule) throw new Error('no rule')
  const of = gateway(server)
  const [first] = of.servers
  if (!first) throw new Error('no server')
  const ours: Ours = { object, rule }
  return Object.fromEntries(
    placesAt({ gateway: of, server: first }, ours).map((place) => [
      place.host ?? '',
      takersBefore(place, ours, [object, ...others], PODS).map((taker) => taker.object.name),
    ]),
  )
}

const HOST = 'shop.example.com'
const API = http('api', [{ uri: { prefix: '/api' } }])
const ALL = http('all')

describe('all requests of an http rule go to another object', () => {
  test('that is older and has a match that covers each match of the rule', () => {
    const two = http('two', [{ uri: { prefix: '/api/v1' } }, { uri: { exact: '/api' } }])
    expect(takers(made('ours', 2, { http: [two] }), [made('old', 1, { http: [API] })])).toEqual({
      [HOST]: ['old'],
    })
    const more = http('more', [{ uri: { prefix: '/api' } }, { uri: { prefix: '/web' } }])
    expect(takers(made('ours', 2, { http: [more] }), [made('old', 1, { http: [API] })])).toEqual({
      [HOST]: [],
    })
  })

  test('that is older, if both take everything', () => {
    const ours = made('ours', 2, { http: [ALL] })
    expect(takers(ours, [made('old', 1, { http: [ALL] })])).toEqual({ [HOST]: ['old'] })
    expect(takers(ours, [made('young', 3, { http: [ALL] })])).toEqual({ [HOST]: [] })
  })

  test('but not to an older one that takes everything, which comes behind other matches', () => {
    const ours = made('ours', 2, { http: [API] })
    expect(takers(ours, [made('old', 1, { http: [ALL] })])).toEqual({ [HOST]: [] })
  })

  test('for one host, and not for another that only this object has', () => {
    const ours = made('ours', 2, { http: [ALL], hosts: [HOST, 'other.example.com'] })
    expect(takers(ours, [made('old', 1, { http: [ALL] })])).toEqual({
      [HOST]: ['old'],
      'other.example.com': [],
    })
  })

  test('but not to one with a wildcard or another host, or that the server does not admit', () => {
    const ours = made('ours', 2, { http: [ALL] })
    const wide = made('wide', 1, { http: [ALL], hosts: ['*.example.com'] })
    const other = made('other', 1, { http: [ALL], hosts: ['other.example.com'] })
    expect(takers(ours, [wide, other])).toEqual({ [HOST]: [] })
    const elsewhere = httpObject([ALL], {
      metadata: {
        name: 'x',
        uid: 'x',
        namespace: 'prod',
        creationTimestamp: '2026-01-01T00:00:00Z',
      },
      spec: { gateways: ['demo/public'] },
    })
    expect(takers(ours, [elsewhere])).toEqual({ [HOST]: ['x'] })
    expect(takers(ours, [elsewhere], { ...PLAIN, hosts: ['demo/*'] })).toEqual({ [HOST]: [] })
  })

  test('but not to one whose match depends on the labels of the gateway, if these are not known', () => {
    const ours = made('ours', 2, { http: [API] })
    const labelled = (labels: JsonObject) =>
      made('old', 1, {
        http: [
          http('api', [{ uri: { prefix: '/' }, sourceLabels: labels, method: { regex: '.*' } }]),
        ],
      })
    expect(takers(ours, [labelled({ zone: 'a' })])).toEqual({ [HOST]: [] })
  })

  test('whose own matches are a redirect', () => {
    const moved = http('moved', [{ uri: { prefix: '/api' } }], { redirect: { uri: '/' } })
    expect(takers(made('ours', 2, { http: [API] }), [made('old', 1, { http: [moved] })])).toEqual({
      [HOST]: ['old'],
    })
  })
})

describe('all connections of a tls rule go to another object', () => {
  const tls = (...sniHosts: string[]) => ({ match: [{ sniHosts }], route: [route('v1')] })
  const make = (name: string, day: number, ...rules: JsonObject[]) =>
    made(name, day, { tls: rules, hosts: ['*'] })

  test.each<[string, string[], string[], string[]]>([
    ['that is older and has its name', ['a.test'], ['a.test'], ['old']],
    ['that is older and has one of its names', ['a.test', 'b.test'], ['b.test'], ['old']],
    ['but not one with a wildcard for its name', ['a.test'], ['*.test'], []],
    ['but not one with other names', ['a.test'], ['b.test'], []],
  ])('%s', (_, own, theirs, expected) => {
    const found = takers(
      make('ours', 2, tls(...own)),
      [make('old', 1, tls(...theirs))],
      PASSTHROUGH,
    )
    expect(found).toEqual({ '': expected })
  })

  test('but not if it has a second match with a free name', () => {
    const rule = {
      match: [{ sniHosts: ['a.test'] }, { sniHosts: ['b.test'] }],
      route: [route('v1')],
    }
    const found = takers(make('ours', 2, rule), [make('old', 1, tls('a.test'))], PASSTHROUGH)
    expect(found).toEqual({ '': [] })
  })

  test('but not to a younger one', () => {
    const found = takers(
      make('ours', 2, tls('a.test')),
      [make('young', 3, tls('a.test'))],
      PASSTHROUGH,
    )
    expect(found).toEqual({ '': [] })
  })
})

import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../src/kube/json.ts'
import {
  routePath,
  ruleLabel,
  ruleShares,
  ruleWithRoutes,
  tcpRules,
} from '../../../src/routes/rule.ts'
import { only, route, tcp, virtualService } from '../support/objects.ts'

function ruleOf(match: Json, spec: JsonObject = {}) {
  return only(tcpRules(virtualService([tcp([route('v1')], match)], { spec })))
}

describe('a tcp entry', () => {
  test('is what it matches and where it sends connections', () => {
    const routes = [route('v1', 80), { destination: { host: 'other' } }]
    const match = [{ port: 31400 }]
    expect(tcpRules(virtualService([tcp(routes, match)]))).toEqual([
      {
        kind: 'tcp',
        index: 0,
        match,
        ports: [31400],
        gateways: ['demo/tcp-echo-gateway'],
        listeners: [{ gateway: 'demo/tcp-echo-gateway', port: 31400 }],
        routes,
        destinations: [
          { host: 'tcp-echo', port: 9000, subset: 'v1', weight: 80 },
          { host: 'other', port: undefined, subset: undefined, weight: undefined },
        ],
      },
    ])
  })

  test('takes everything at the gateways of its object where it matches nothing', () => {
    for (const match of [null, []]) {
      expect(ruleOf(match)).toMatchObject({
        ports: [],
        gateways: ['demo/tcp-echo-gateway'],
        listeners: [{ gateway: 'demo/tcp-echo-gateway', port: undefined }],
      })
    }
    expect(ruleOf(null).identity).toBeNull()
  })

  test('belongs to the sidecars where its object names no gateway', () => {
    expect(ruleOf([{ port: 9000 }], { gateways: [] }).gateways).toEqual(['mesh'])
  })

  test('has the ports and gateways of each of its matches', () => {
    const rule = ruleOf([{ port: 1, gateways: ['a', 'mesh'] }, { port: 2 }, { port: 1 }])
    expect(rule.ports).toEqual([1, 2])
    expect(rule.gateways).toEqual(['demo/a', 'mesh', 'demo/tcp-echo-gateway'])
    expect(rule.listeners).toEqual([
      { gateway: 'demo/a', port: 1 },
      { gateway: 'mesh', port: 1 },
      { gateway: 'demo/tcp-echo-gateway', port: 2 },
      { gateway: 'demo/tcp-echo-gateway', port: 1 },
    ])
  })

  test('takes every port where one of its matches names none, or port 0', () => {
    expect(ruleOf([{ port: 1 }, { gateways: ['a'] }]).ports).toEqual([])
    expect(ruleOf([{ port: 0 }]).ports).toEqual([])
  })

  test.each([
    ['tcp-echo-gateway', 'demo/tcp-echo-gateway'],
    ['istio-system/public', 'istio-system/public'],
    ['./public', 'demo/public'],
    ['public.istio-system', 'istio-system/public'],
    ['public.istio-system.svc.cluster.local', 'istio-system/public'],
    ['mesh', 'mesh'],
  ])('bound to %s is bound to %s', (written, gateway) => {
    expect(ruleOf(null, { gateways: [written] }).gateways).toEqual([gateway])
  })

  test('is numbered as in the list, and named as the input route names it', () => {
    const [first, second] = tcpRules(
      virtualService([tcp([route('v1')], [{ port: 1 }, { port: 2 }]), tcp([route('v1')], null)]),
    )
    expect(first && [first.index, ruleLabel(first), routePath(first)]).toEqual([
      0,
      'tcp:1',
      ['spec', 'tcp', 0, 'route'],
    ])
    expect(second && [second.index, ruleLabel(second), routePath(second)]).toEqual([
      1,
      'tcp',
      ['spec', 'tcp', 1, 'route'],
    ])
  })

  test('is not among the http and tls entries', () => {
    const http = [{ route: [route('v1')] }]
    expect(tcpRules(virtualService([], { spec: { http, tls: http } }))).toEqual([])
  })

  test('with other routes is the same entry to other destinations', () => {
    const rule = ruleOf(null)
    const changed = ruleWithRoutes(rule, [route('v2', 7)])
    expect(changed).toEqual({
      ...rule,
      routes: [route('v2', 7)],
      destinations: [{ host: 'tcp-echo', port: 9000, subset: 'v2', weight: 7 }],
    })
  })
})

describe("the shares of an entry's destinations", () => {
  test.each([
    ['a single one has everything, whatever its weight', [undefined], [1]],
    ['even where that is 0', [0], [1]],
    ['weights are proportions', [80, 20], [0.8, 0.2]],
    ['also where they do not sum to 100', [1, 3], [0.25, 0.75]],
    ['one that is missing among several is 0', [50, undefined], [1, 0]],
    ['of nothing but zeros nobody has any', [0, undefined], [0, 0]],
  ])('%s', (_, weights, shares) => {
    const routes = weights.map((weight, index) => route(`v${index}`, weight))
    expect(ruleShares(only(tcpRules(virtualService([tcp(routes)]))))).toEqual(shares)
  })
})

import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../../src/kube/json.ts'
import { ISTIO_FORMAT } from '../../../../src/routes/istio/rules/istio-format.ts'
import { tcpRules } from '../../../../src/routes/istio/rules/virtual-service-rules.ts'
import {
  destinationsPath,
  gatewaysOf,
  portsOf,
  sharesOf,
  withDestinations,
} from '../../../../src/routes/rule.ts'
import { asWritten } from '../../../../src/routes/written-destinations.ts'
import { destinationOf, only, route, tcp, virtualService } from '../../support/objects.ts'

function ruleOf(match: Json, spec: JsonObject = {}) {
  return only(tcpRules(virtualService([tcp([route('v1')], match)], { spec })))
}

describe('A tcp rule', () => {
  test('has its names, its place, what it matches and its destinations', () => {
    const routes = [route('v1', 80), { destination: { host: 'other' } }]
    const match = [{ port: 31400 }]
    expect(tcpRules(virtualService([tcp(routes, match)]))).toEqual([
      {
        name: 'tcp:31400',
        position: 'tcp[0]',
        protocol: 'tcp',
        index: 0,
        identity: match,
        path: ['spec', 'tcp', 0],
        listeners: [{ gateway: 'demo/tcp-echo-gateway', port: 31400 }],
        written: asWritten(routes),
        format: ISTIO_FORMAT,
        destinations: [
          destinationOf('tcp-echo', { port: 9000, subset: 'v1', weight: 80 }),
          destinationOf('other', {}),
        ],
      },
    ])
  })

  test('takes all connections at the gateways of its object where it has no match', () => {
    for (const match of [null, []]) {
      expect(ruleOf(match)).toMatchObject({
        listeners: [{ gateway: 'demo/tcp-echo-gateway', port: undefined }],
      })
    }
    expect(ruleOf(null).identity).toBeNull()
  })

  test('belongs to the sidecars where its object names no gateway', () => {
    expect(gatewaysOf(ruleOf([{ port: 9000 }], { gateways: [] }))).toEqual(['mesh'])
  })

  test('has the ports and gateways of each of its matches', () => {
    const rule = ruleOf([{ port: 1, gateways: ['a', 'mesh'] }, { port: 2 }, { port: 1 }])
    expect(portsOf(rule)).toEqual([1, 2])
    expect(gatewaysOf(rule)).toEqual(['demo/a', 'mesh', 'demo/tcp-echo-gateway'])
    expect(rule.listeners).toEqual([
      { gateway: 'demo/a', port: 1 },
      { gateway: 'mesh', port: 1 },
      { gateway: 'demo/tcp-echo-gateway', port: 2 },
      { gateway: 'demo/tcp-echo-gateway', port: 1 },
    ])
  })

  test('takes every port where one of its matches names none, or port 0', () => {
    expect(portsOf(ruleOf([{ port: 1 }, { gateways: ['a'] }]))).toEqual([])
    expect(portsOf(ruleOf([{ port: 0 }]))).toEqual([])
  })

  test.each([
    ['tcp-echo-gateway', 'demo/tcp-echo-gateway'],
    ['istio-system/public', 'istio-system/public'],
    ['./public', 'demo/public'],
    ['public.istio-system', 'istio-system/public'],
    ['public.istio-system.svc.cluster.local', 'istio-system/public'],
    ['mesh', 'mesh'],
  ])('bound to %s has the gateway %s', (written, gateway) => {
    expect(gatewaysOf(ruleOf(null, { gateways: [written] }))).toEqual([gateway])
  })

  test('has its position in the list, and the name by which the input route selects it', () => {
    const [first, second] = tcpRules(
      virtualService([tcp([route('v1')], [{ port: 1 }, { port: 2 }]), tcp([route('v1')], null)]),
    )
    expect(first && [first.index, first.name, destinationsPath(first)]).toEqual([
      0,
      'tcp:1',
      ['spec', 'tcp', 0, 'route'],
    ])
    expect(second && [second.index, second.name, destinationsPath(second)]).toEqual([
      1,
      'tcp',
      ['spec', 'tcp', 1, 'route'],
    ])
  })

  test('is read from spec.tcp only', () => {
    const http = [{ route: [route('v1')] }]
    expect(tcpRules(virtualService([], { spec: { http, tls: http } }))).toEqual([])
  })

  test('with other destinations is otherwise the same rule', () => {
    const rule = ruleOf(null)
    const changed = withDestinations(rule, asWritten([route('v2', 7)]))
    expect(changed).toEqual({
      ...rule,
      written: asWritten([route('v2', 7)]),
      destinations: [destinationOf('tcp-echo', { port: 9000, subset: 'v2', weight: 7 })],
    })
  })
})

describe("The shares of a rule's destinations", () => {
  test.each([
    ['are 1 for a single destination, whatever its weight', [undefined], [1]],
    ['are 1 for a single destination with weight 0', [0], [1]],
    ['are the proportions of the weights', [80, 20], [0.8, 0.2]],
    ['are proportions where the weights do not add up to 100', [1, 3], [0.25, 0.75]],
    ['are 0 for one of several destinations that has no weight', [50, undefined], [1, 0]],
    ['are all 0 where all weights are 0', [0, undefined], [0, 0]],
  ])('%s', (_, weights, shares) => {
    const routes = weights.map((weight, index) => route(`v${index}`, weight))
    expect(sharesOf(only(tcpRules(virtualService([tcp(routes)]))))).toEqual(shares)
  })
})

import { describe, expect, test } from 'vitest'
import type { ApiServer } from '../../../../src/kube/api-server.ts'
import type { JsonObject } from '../../../../src/kube/json.ts'
import { checkCovered, coveringRule } from '../../../../src/routes/istio/rules/covering-rule.ts'
import { tcpRules } from '../../../../src/routes/istio/rules/virtual-service-rules.ts'
import { route, tcp, virtualService } from '../../support/objects.ts'

const V1 = [route('v1')]

describe('A tcp rule is covered', () => {
  /** The position of the rule that covers the last one. */
  function covering(...matches: (JsonObject[] | null)[]): number | undefined {
    const object = virtualService(matches.map((match) => tcp(V1, match)))
    const rules = tcpRules(object)
    const last = rules.at(-1)
    return last && coveringRule(last, rules)?.index
  }

  test.each([
    ['by one with the same port and gateway', [{ port: 1 }], [{ port: 1 }]],
    ['by one for every port', null, [{ port: 1 }]],
    ['by one with more ports', [{ port: 1 }, { port: 2 }], [{ port: 2 }]],
    ['by one with more gateways', [{ gateways: ['a', 'b'] }], [{ port: 1, gateways: ['b'] }]],
    [
      'by one that also matches clients, which a gateway ignores',
      [{ port: 1, sourceLabels: { app: 'x' } }],
      [{ port: 1, destinationSubnets: ['10.0.0.0/8'] }],
    ],
    [
      'at gateways, although it also belongs to sidecars',
      [{ port: 1 }],
      [{ port: 1, gateways: ['mesh', 'tcp-echo-gateway'] }],
    ],
  ])('%s', (_, first, second) => {
    expect(covering(first, second)).toBe(0)
  })

  test.each([
    ['by one with another port', [{ port: 1 }], [{ port: 2 }]],
    ['by one at another gateway', [{ gateways: ['a'] }], [{ gateways: ['b'] }]],
    ['by one with fewer ports', [{ port: 1 }], [{ port: 1 }, { port: 2 }]],
    ['by one for a single port where it takes every port', [{ port: 1 }], null],
    ['by one for sidecars', [{ gateways: ['mesh'] }], [{ port: 1 }]],
    [
      'by one that has its port and its gateway in different matches',
      [
        { port: 1, gateways: ['a'] },
        { port: 2, gateways: ['b'] },
      ],
      [{ port: 1, gateways: ['b'] }],
    ],
    [
      'where it belongs to sidecars only, which match more than the port',
      [{ port: 1, gateways: ['mesh'], sourceLabels: { app: 'x' } }],
      [{ port: 1, gateways: ['mesh'] }],
    ],
  ])('not %s', (_, first, second) => {
    expect(covering(first, second)).toBeUndefined()
  })

  test('never by one behind it', () => {
    const object = virtualService([tcp(V1, [{ port: 1 }]), tcp(V1, null)])
    const rules = tcpRules(object)
    expect(rules[0] && coveringRule(rules[0], rules)).toBeUndefined()
  })
})

test('A rule that another rule of its object covers is an error of preflight', async () => {
  const object = virtualService([tcp(V1, [{ port: 1 }]), tcp([route('v2')], [{ port: 1 }])])
  const check = (index: number) => {
    const rule = tcpRules(object)[index]
    if (rule === undefined) throw new Error('no such rule')
    return checkCovered({ api: {} as ApiServer, object, rule }, new AbortController().signal)
  }
  expect(await check(0)).toEqual([])
  expect(await check(1)).toMatchObject([
    {
      severity: 'error',
      code: 'ITS-RULE-SHADOWED',
      what: 'Rule tcp[1] of tcp-echo never gets a connection: rule tcp[0] before it matches the same port and gateway.',
    },
  ])
})

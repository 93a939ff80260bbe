import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../src/kube/json.ts'
import type { RouteSelector } from '../../src/options/options.ts'
import { parseRoute } from '../../src/options/parse/route.ts'
import type { RouteObject } from '../../src/routes/route-object.ts'
import { tcpRules } from '../../src/routes/rule.ts'
import { coveringRule, findRule, findRuleAgain, ruleName } from '../../src/routes/select-rule.ts'
import { parsedObject, route, tcp, virtualService, virtualServiceJson } from './support/objects.ts'

const ANY: RouteSelector = { kind: 'any' }
const TCP: RouteSelector = { kind: 'tcp', port: undefined }

function onPort(port: number): RouteSelector {
  return { kind: 'tcp', port }
}

/** Position of the entry that was found, or what is said instead. */
function found(
  object: RouteObject,
  selector: RouteSelector,
  named: readonly string[] = [],
): number | string {
  const answer = findRule(object, selector, named)
  if (answer.ok) return answer.rule.index
  return [answer.says, answer.remedy].filter((part) => part !== '').join(' ')
}

function at(index: number): RouteSelector {
  return { kind: 'tcp', port: undefined, index }
}

const V1 = [route('v1')]

describe('the entry that route means', () => {
  test('is the only one there is, with or without its name', () => {
    const object = virtualService([tcp(V1)])
    expect([ANY, TCP, onPort(31400)].map((selector) => found(object, selector))).toEqual([0, 0, 0])
  })

  test('is chosen by its port among several', () => {
    const object = virtualService([tcp(V1, [{ port: 1 }]), tcp(V1, [{ port: 2 }, { port: 3 }])])
    expect(found(object, onPort(1))).toBe(0)
    expect(found(object, onPort(2))).toBe(1)
    expect(found(object, onPort(3))).toBe(1)
  })

  test('of a port that only an entry for every port takes is that one', () => {
    const object = virtualService([tcp(V1, [{ port: 1 }]), tcp(V1, null)])
    expect(found(object, onPort(1))).toBe(0)
    expect(found(object, onPort(2))).toBe(1)
  })

  test('is listed with all others where several fit', () => {
    const object = virtualService([
      tcp([route('v1', 80), route('v2', 20)], [{ port: 1 }]),
      tcp([{ destination: { host: 'other' } }], [{ port: 2, gateways: ['istio-system/public'] }]),
    ])
    expect(found(object, ANY)).toBe(
      'Several rules of VirtualService tcp-echo fit. Set route to one of these:\n  tcp:1 (to tcp-echo/v1, tcp-echo/v2, at demo/tcp-echo-gateway)\n  tcp:2 (to other, at istio-system/public)',
    )
    expect(found(object, TCP)).toMatch(
      /^Several rules of VirtualService tcp-echo fit tcp\. Set route/,
    )
  })

  test('is listed with all others where none fits', () => {
    expect(found(virtualService([tcp(V1)]), onPort(9000))).toMatch(
      /^VirtualService tcp-echo has no rule tcp:9000\. Set route to one of these:\n {2}tcp:31400 /,
    )
  })

  test('is the one at a gateway where the others belong to sidecars alone', () => {
    const object = virtualService([
      tcp(V1, [{ port: 9000, gateways: ['mesh'] }]),
      tcp(V1, [{ port: 31400 }]),
    ])
    expect(found(object, ANY)).toBe(1)
    expect(found(object, onPort(9000))).toBe(0)
  })

  test("may be a sidecars' one where there is no other", () => {
    expect(found(virtualService([tcp(V1)], { spec: { gateways: ['mesh'] } }), ANY)).toBe(0)
  })

  test('is never one that gets no connection because an entry before it takes them all', () => {
    const object = virtualService([tcp(V1), tcp([route('v2')])])
    expect(found(object, ANY)).toBe(0)
    expect(found(object, onPort(31400))).toBe(0)
  })

  test('is not found where an entry for every port takes its connections, and it is said why', () => {
    const object = virtualService([tcp(V1, null), tcp(V1, [{ port: 31400 }])])
    expect(found(object, onPort(31400))).toContain(
      'No rule tcp:31400 of VirtualService tcp-echo can get connections. Set route to one of these:\n  tcp[0] (to tcp-echo/v1, at demo/tcp-echo-gateway)\n  tcp[1] (to tcp-echo/v1, at demo/tcp-echo-gateway, gets no connection because of tcp[0])',
    )
  })

  test.each([
    [{ http: [{}] }, 'it has only http rules'],
    [{ http: [{}], tls: [{}] }, 'it has only http and tls rules'],
    [{}, 'it has no rules'],
  ])('cannot be in an object with %j besides', (spec, has) => {
    expect(found(virtualService([], { spec }), ANY)).toBe(
      `VirtualService tcp-echo has no tcp rules: ${has}. Only tcp rules can be shifted.`,
    )
  })

  test('is the one at the position that is given, from 0 as in the object, empty items counted', () => {
    const object = parsedObject(
      virtualServiceJson([tcp(V1), tcp(V1, [{ port: 1 }])], {
        spec: { tcp: [null, tcp(V1), 'x', tcp([route('v2')])] },
      }),
    )
    expect(found(object, at(3))).toBe(3)
    expect(found(object, at(1))).toBe(1)
    expect(found(object, at(0))).toMatch(/^VirtualService tcp-echo has no rule tcp\[0\]\./)
  })

  test('is the one with destinations where the other has none', () => {
    expect(found(virtualService([tcp([], [{ port: 1 }]), tcp(V1, [{ port: 2 }])]), ANY)).toBe(1)
  })

  test('is the only one with several that has every destination that the inputs name', () => {
    const object = virtualService([
      tcp([route('v1')], [{ port: 1 }]),
      tcp([route('v1', 80), route('v2', 20)], [{ port: 2 }]),
      tcp([route('v1', 80), route('v3', 20)], [{ port: 3 }]),
    ])
    expect(found(object, ANY, ['v2', 'v1'])).toBe(1)
    expect(found(object, TCP, ['tcp-echo/v3'])).toBe(2)
    expect(found(object, ANY, ['v1'])).toMatch(/^Several rules/)
    expect(found(object, ANY, ['v2', 'v3'])).toMatch(/^Several rules/)
  })

  test.each([
    ['tls:example.com', 'tls', 'a tls'],
    ['http[0]', 'http', 'an http'],
  ] as const)('is not found as %s yet, and it is said plainly', (text, kind, what) => {
    expect(found(virtualService([tcp(V1)]), { kind, text })).toBe(
      `route names ${what} rule. Only tcp rules can be shifted yet.`,
    )
  })

  test('is refused where a destination of it has no host or is empty', () => {
    const object = (item: Json) =>
      parsedObject(virtualServiceJson([], { spec: { tcp: [{ route: [route('v1'), item] }] } }))
    expect(found(object(null), ANY)).toContain(
      'tcp[0].route[1] is empty, so weights cannot be set.',
    )
    expect(found(object({ weight: 1 }), ANY)).toContain('tcp[0].route[1] has no destination.host')
  })

  test('is refused where it has no destinations', () => {
    expect(found(virtualService([tcp([])]), at(0))).toBe(
      'Rule tcp[0] of VirtualService tcp-echo has no destinations.',
    )
  })

  test('can be chosen by every name that the list of candidates gives', () => {
    const match = fc.constantFrom<Json>(
      null,
      [{ port: 1 }],
      [{ port: 2 }],
      [{ port: 1 }, { port: 2 }],
      [{ port: 1, gateways: ['mesh'] }],
      [{ port: 1, sourceLabels: { app: 'x' } }],
      [{ gateways: ['mesh'] }],
      [{ gateways: ['x'] }],
      [{ port: 1 }, { gateways: ['x'] }],
    )
    fc.assert(
      fc.property(fc.array(match, { minLength: 2, maxLength: 5 }), (matches) => {
        const object = virtualService(matches.map((one) => tcp(V1, one)))
        const entries = tcpRules(object)
        for (const rule of entries) {
          const selector = parseRoute(ruleName(rule, entries))
          expect(selector && found(object, selector)).toBe(rule.index)
        }
      }),
      { seed: 3, numRuns: 300 },
    )
  })
})

describe('an entry is covered', () => {
  /** Which entry covers the last. */
  function covering(...matches: (JsonObject[] | null)[]): number | undefined {
    const object = virtualService(matches.map((match) => tcp(V1, match)))
    const entries = tcpRules(object)
    const last = entries.at(-1)
    return last && coveringRule(last, entries)?.index
  }

  test.each([
    ['by one with the same port and gateway', [{ port: 1 }], [{ port: 1 }]],
    ['by one for every port', null, [{ port: 1 }]],
    ['by one with more ports', [{ port: 1 }, { port: 2 }], [{ port: 2 }]],
    ['by one with more gateways', [{ gateways: ['a', 'b'] }], [{ port: 1, gateways: ['b'] }]],
    [
      'although they look at the client too: a gateway does not',
      [{ port: 1, sourceLabels: { app: 'x' } }],
      [{ port: 1, destinationSubnets: ['10.0.0.0/8'] }],
    ],
    [
      'although it is for sidecars besides: at the gateway it never is reached',
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
    ['by one that has a port where it has all', [{ port: 1 }], null],
    ['by one for sidecars', [{ gateways: ['mesh'] }], [{ port: 1 }]],
    [
      'by one whose matches have its port and its gateway, but not together',
      [
        { port: 1, gateways: ['a'] },
        { port: 2, gateways: ['b'] },
      ],
      [{ port: 1, gateways: ['b'] }],
    ],
    [
      'where it is for sidecars alone: they look at more than the port',
      [{ port: 1, gateways: ['mesh'], sourceLabels: { app: 'x' } }],
      [{ port: 1, gateways: ['mesh'] }],
    ],
  ])('not %s', (_, first, second) => {
    expect(covering(first, second)).toBeUndefined()
  })

  test('never by one after it', () => {
    const object = virtualService([tcp(V1, [{ port: 1 }]), tcp(V1, null)])
    const entries = tcpRules(object)
    expect(entries[0] && coveringRule(entries[0], entries)).toBeUndefined()
  })
})

describe('an entry is found again', () => {
  const mine = [{ port: 31400, gateways: ['a'] }]

  test('where others were put before and behind it', () => {
    const object = virtualService([tcp(V1, [{ port: 1 }]), tcp([route('v2')], mine), tcp(V1, null)])
    expect(findRuleAgain(object, mine)?.index).toBe(1)
    expect(findRuleAgain(object, null)?.index).toBe(2)
  })

  test('in whatever order the fields of its match stand by now', () => {
    const object = virtualService([tcp(V1, mine)])
    expect(findRuleAgain(object, [{ gateways: ['a'], port: 31400 }])?.index).toBe(0)
  })

  test('not where its match was changed or it is gone', () => {
    expect(findRuleAgain(virtualService([tcp(V1, [{ port: 31400 }])]), mine)).toBeUndefined()
    expect(findRuleAgain(virtualService([]), mine)).toBeUndefined()
  })

  test('as the first of several, which alone gets connections', () => {
    const object = virtualService([tcp([route('v1')], mine), tcp([route('v2')], mine)])
    expect(findRuleAgain(object, mine)?.index).toBe(0)
  })
})

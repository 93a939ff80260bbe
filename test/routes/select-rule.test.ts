import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../src/kube/json.ts'
import { parseRoute } from '../../src/options/parse/route.ts'
import { tcpRules } from '../../src/routes/istio/rules/virtual-service-rules.ts'
import { kindOf } from '../../src/routes/kinds.ts'
import type { RouteObject } from '../../src/routes/route-object.ts'
import { selectRule, uniqueName } from '../../src/routes/select-rule.ts'
import type { RouteSelector } from '../../src/routes/wanted.ts'
import { parsedObject, route, tcp, virtualService, virtualServiceJson } from './support/objects.ts'

const ANY: RouteSelector = { kind: 'any' }
const TCP: RouteSelector = { kind: 'tcp' }

function onPort(port: number): RouteSelector {
  return { kind: 'tcp', text: String(port) }
}

/** The position of the selected rule, or the problem as text. */
function found(
  object: RouteObject,
  selector: RouteSelector,
  named: readonly string[] = [],
): number | string {
  const answer = selectRule(object, selector, named)
  if (answer.ok) return answer.value.index
  return answer.problems
    .flatMap(({ what, remedy }) => [what, remedy])
    .filter((part) => part !== '')
    .join(' ')
}

function at(index: number): RouteSelector {
  return { kind: 'tcp', index }
}

const V1 = [route('v1')]

describe('The rule that route selects', () => {
  test('is the only one, with or without its name', () => {
    const object = virtualService([tcp(V1)])
    expect([ANY, TCP, onPort(31400)].map((selector) => found(object, selector))).toEqual([0, 0, 0])
  })

  test('is selected by its port among several', () => {
    const object = virtualService([tcp(V1, [{ port: 1 }]), tcp(V1, [{ port: 2 }, { port: 3 }])])
    expect(found(object, onPort(1))).toBe(0)
    expect(found(object, onPort(2))).toBe(1)
    expect(found(object, onPort(3))).toBe(1)
  })

  test('is the one for every port where none names the port', () => {
    const object = virtualService([tcp(V1, [{ port: 1 }]), tcp(V1, null)])
    expect(found(object, onPort(1))).toBe(0)
    expect(found(object, onPort(2))).toBe(1)
  })

  test('is refused with the list of all rules where several fit', () => {
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

  test('is refused with the list of all rules where none fits', () => {
    expect(found(virtualService([tcp(V1)]), onPort(9000))).toMatch(
      /^VirtualService tcp-echo has no rule tcp:9000\. Set route to one of these:\n {2}tcp:31400 /,
    )
  })

  test('is the one at a gateway where the others belong to sidecars only', () => {
    const object = virtualService([
      tcp(V1, [{ port: 9000, gateways: ['mesh'] }]),
      tcp(V1, [{ port: 31400 }]),
    ])
    expect(found(object, ANY)).toBe(1)
    expect(found(object, onPort(9000))).toBe(0)
  })

  test('may belong to sidecars where no other rule exists', () => {
    expect(found(virtualService([tcp(V1)], { spec: { gateways: ['mesh'] } }), ANY)).toBe(0)
  })

  test('is never a rule that gets no connection because of one before it', () => {
    const object = virtualService([tcp(V1), tcp([route('v2')])])
    expect(found(object, ANY)).toBe(0)
    expect(found(object, onPort(31400))).toBe(0)
  })

  test('is refused where a rule for every port takes its connections, and the problem says why', () => {
    const object = virtualService([tcp(V1, null), tcp(V1, [{ port: 31400 }])])
    expect(found(object, onPort(31400))).toContain(
      'No rule tcp:31400 of VirtualService tcp-echo can get connections. Set route to one of these:\n  tcp[0] (to tcp-echo/v1, at demo/tcp-echo-gateway)\n  tcp[1] (to tcp-echo/v1, at demo/tcp-echo-gateway, gets no connection because of tcp[0])',
    )
  })

  test('is missing in an object without rules, and the problem says so', () => {
    expect(found(virtualService([]), ANY)).toBe('VirtualService tcp-echo has no rules.')
  })

  test('is the one at the given position, counted from 0 as in the object with empty items', () => {
    const object = parsedObject(
      virtualServiceJson([tcp(V1), tcp(V1, [{ port: 1 }])], {
        spec: { tcp: [null, tcp(V1), 'x', tcp([route('v2')])] },
      }),
    )
    expect(found(object, at(3))).toBe(3)
    expect(found(object, at(1))).toBe(1)
    expect(found(object, at(0))).toMatch(/^VirtualService tcp-echo has no rule tcp\[0\]\./)
  })

  test('keeps its position in the object, in messages too, if an item without fields is before it', () => {
    const object = parsedObject(
      virtualServiceJson([], {
        spec: { tcp: [{}, tcp(V1, [{ port: 1 }]), tcp(V1, [{ port: 1 }])] },
      }),
    )
    expect(found(object, at(1))).toBe(1)
    expect(found(object, at(0))).toBe(
      'Rule tcp[0] of VirtualService tcp-echo has no destinations. Add destinations to route of the rule, or set the input route to another rule.',
    )
    const message = found(object, at(9))
    expect(message).toMatch(/^VirtualService tcp-echo has no rule tcp\[9\]\./)
    expect(message).toMatch(/\n {2}tcp\[0\] \(to nothing, .*\n {2}tcp\[1\] .*\n {2}tcp\[2\] /)
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

  test('is refused where one of its destinations has no host or is empty', () => {
    const object = (item: Json) =>
      parsedObject(virtualServiceJson([], { spec: { tcp: [{ route: [route('v1'), item] }] } }))
    expect(found(object(null), ANY)).toContain(
      'tcp[0].route[1] is empty, so weights cannot be set.',
    )
    expect(found(object({ weight: 1 }), ANY)).toContain('tcp[0].route[1] has no destination.host')
  })

  test('is refused where it has no destinations', () => {
    expect(found(virtualService([tcp([])]), at(0))).toBe(
      'Rule tcp[0] of VirtualService tcp-echo has no destinations. Add destinations to route of the rule, or set the input route to another rule.',
    )
  })

  test('can be selected by every name in the list of candidates', () => {
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
        const rules = tcpRules(object)
        for (const rule of rules) {
          const selector = parseRoute(uniqueName(kindOf(object), rule, rules))
          expect(selector && found(object, selector)).toBe(rule.index)
        }
      }),
      { seed: 3, numRuns: 300 },
    )
  })
})

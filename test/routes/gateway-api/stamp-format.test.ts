import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/kube/json.ts'
import { FILTER_STAMP } from '../../../src/routes/gateway-api/rules/stamp-format.ts'
import { backend } from './support/routes.ts'

const NAME = 'x-istio-traffic-shift'
const { of, stamped, conflict } = FILTER_STAMP

function modifier(fields: JsonObject): JsonObject {
  return { type: 'ResponseHeaderModifier', responseHeaderModifier: fields }
}

function withFilters(...filters: JsonObject[]): JsonObject {
  return backend('v1', 1, { filters })
}

const OTHER: JsonObject = {
  type: 'RequestHeaderModifier',
  requestHeaderModifier: { set: [{ name: NAME, value: 'of the request' }] },
}

describe('The stamp of a backend', () => {
  test('is a filter that sets a response header', () => {
    const item = stamped(backend('v1'), 'a')
    expect(item).toEqual(withFilters(modifier({ set: [{ name: NAME, value: 'a' }] })))
    expect(of(item)).toBe('a')
    expect(stamped(item, undefined)).toEqual(backend('v1'))
  })

  test('extends a filter of the type that is there, and leaves others alone', () => {
    const before = withFilters(
      OTHER,
      modifier({ set: [{ name: 'x-own', value: '1' }], remove: ['server'] }),
    )
    const after = stamped(stamped(before, 'a'), 'b')
    expect(after).toEqual(
      withFilters(
        OTHER,
        modifier({
          set: [
            { name: 'x-own', value: '1' },
            { name: NAME, value: 'b' },
          ],
          remove: ['server'],
        }),
      ),
    )
    expect([of(before), of(after)]).toEqual([undefined, 'b'])
    expect(stamped(after, undefined)).toEqual(before)
  })

  test('leaves what was empty before as it was', () => {
    for (const before of [
      withFilters(),
      withFilters(modifier({})),
      withFilters(modifier({ set: [] })),
      withFilters(modifier({ set: [], add: [{ name: 'x-own', value: '1' }] })),
      backend('v1'),
    ])
      expect(JSON.stringify(stamped(stamped(before, 'a'), undefined, before))).toBe(
        JSON.stringify(before),
      )
  })

  test('is removed without a trace, whatever filters a backend has', () => {
    const header = fc.record({ name: fc.constantFrom('x-a', 'x-b'), value: fc.string() })
    const fields = fc.record(
      {
        set: fc.array(header, { maxLength: 3 }),
        add: fc.array(header, { maxLength: 3 }),
        remove: fc.array(fc.constantFrom('x-c', 'x-d')),
      },
      { requiredKeys: [] },
    )
    const filters = fc.array(fc.oneof(fc.constant(OTHER), fields.map(modifier)), { maxLength: 2 })
    fc.assert(
      fc.property(fc.option(filters, { nil: undefined }), (list) => {
        fc.pre((list ?? []).filter((one) => one !== OTHER).length < 2)
        const before = list === undefined ? backend('v1') : withFilters(...list)
        const after = stamped(before, 'a')
        expect(of(after)).toBe('a')
        expect(stamped(after, undefined, before)).toEqual(before)
        expect(stamped(stamped(after, undefined), undefined)).toEqual(stamped(before, undefined))
      }),
    )
  })
})

describe('A stamp is refused', () => {
  const headers = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ name: `x-${index}`, value: '' }))

  test.each<[string, JsonObject, JsonObject[], string | undefined]>([
    ['not without filters', {}, [backend('v1')], undefined],
    [
      'where the rule sets the header',
      { filters: [modifier({ set: [{ name: 'X-Istio-Traffic-Shift', value: '' }] })] },
      [backend('v1')],
      'filters.responseHeaderModifier.set of the rule names the header x-istio-traffic-shift',
    ],
    [
      'where the rule removes the header',
      { filters: [modifier({ remove: [NAME] })] },
      [backend('v1')],
      'filters.responseHeaderModifier.remove of the rule names the header x-istio-traffic-shift',
    ],
    [
      'where a backend adds the header',
      {},
      [backend('v1'), withFilters(modifier({ add: [{ name: NAME, value: '' }] }))],
      'backendRefs[1].filters.responseHeaderModifier.add names the header x-istio-traffic-shift',
    ],
    [
      'not where a backend sets it, as an earlier run may have left it',
      {},
      [withFilters(modifier({ set: [{ name: NAME, value: 'old' }] }))],
      undefined,
    ],
    [
      'where a backend sets as many headers as it can',
      {},
      [withFilters(modifier({ set: headers(16) }))],
      'backendRefs[0].filters.responseHeaderModifier.set has 16 headers, and no more fit in',
    ],
    ['not below that', {}, [withFilters(modifier({ set: headers(15) }))], undefined],
    [
      'where a backend has as many filters as it can',
      {},
      [withFilters(...Array.from({ length: 16 }, () => OTHER))],
      'backendRefs[0].filters has 16 items, and no more fit in',
    ],
  ])('%s', (_, rule, items, why) => {
    expect(conflict(rule, items)).toBe(why)
  })
})

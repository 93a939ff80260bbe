import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/kube/json.ts'
import { parseNewDestination } from '../../../../src/routes/istio/rules/destination-place.ts'
import { httpRules } from '../../../../src/routes/istio/rules/virtual-service-rules.ts'
import { weighed, weightOperations } from '../../../../src/routes/weights/weigh.ts'
import { planWeights } from '../../../../src/routes/weights/weight-edit.ts'
import { only, parsedObject, virtualServiceJson } from '../../support/objects.ts'

/** The operations that add a destination at 10% to the http rule with these ones, or the problem as text. */
function added(route: JsonObject[], subset: string, place = parseNewDestination(subset)) {
  const json = virtualServiceJson([], { spec: { http: [{ route }], tcp: null } })
  const rule = only(httpRules(parsedObject(json)))
  const plan = planWeights(rule, { kind: 'weight', subset, percent: 10 }, place)
  if (!plan.ok) return plan.problems.map(({ what, remedy }) => `${what} ${remedy}`).join('\n')
  return weightOperations(rule, weighed(rule, plan.value, plan.value.target))
}

const V1: JsonObject = { destination: { host: 'shop', subset: 'v1' } }
const FIRST = { op: 'add', path: '/spec/http/0/route/0/weight', value: 90 }

describe('A destination that an http rule lacks', () => {
  test('is added as a subset, as a Service, and as a Service with a port', () => {
    expect(added([V1], 'v2')).toEqual([
      FIRST,
      {
        op: 'add',
        path: '/spec/http/0/route/-',
        value: { destination: { host: 'shop', subset: 'v2' }, weight: 10 },
      },
    ])
    const to = (destination: JsonObject) => [
      FIRST,
      { op: 'add', path: '/spec/http/0/route/-', value: { destination, weight: 10 } },
    ]
    expect(added([V1], 'next', { host: 'next' })).toEqual(to({ host: 'next' }))
    expect(added([V1], 'next:8080')).toEqual(to({ host: 'next', port: { number: 8080 } }))
    expect(added([V1], 'next/v2')).toEqual(to({ host: 'next', subset: 'v2' }))
  })

  test('is copied from the one with the largest weight, with the port and the fields that this tool does not know', () => {
    const large = {
      x: 1,
      destination: { host: 'shop', port: { number: 80 }, subset: 'v1' },
      weight: 9,
    }
    const small = { destination: { host: 'shop', subset: 'v0' }, weight: 1 }
    expect(added([small, large], 'v2')).toEqual([
      { op: 'replace', path: '/spec/http/0/route/0/weight', value: 9 },
      { op: 'replace', path: '/spec/http/0/route/1/weight', value: 81 },
      {
        op: 'add',
        path: '/spec/http/0/route/-',
        value: {
          x: 1,
          destination: { host: 'shop', port: { number: 80 }, subset: 'v2' },
          weight: 10,
        },
      },
    ])
  })

  test('is refused where the copied one has headers of its own, but not for a stamp that a run left', () => {
    const set = (headers: JsonObject) => [{ ...V1, headers: { response: { set: headers } } }]
    expect(added(set({ 'x-version': '1' }), 'v2')).toBe(
      'A new destination would be a copy of v1, which has headers of its own. Add the destination to the rule yourself, then set its weight.',
    )
    expect(added(set({ 'x-istio-traffic-shift': 'abc' }), 'v2')).toContainEqual({
      op: 'add',
      path: '/spec/http/0/route/-',
      value: { destination: { host: 'shop', subset: 'v2' }, weight: 10 },
    })
  })
})

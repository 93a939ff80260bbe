import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/kube/json.ts'
import { destinationNames, meantIndex } from '../../../src/routes/destination-names.ts'
import { addedTo, destinationAt } from '../../../src/routes/new-destination.ts'
import { sharesOf } from '../../../src/routes/rule.ts'
import { weighed, weightOperations } from '../../../src/routes/weights/weigh.ts'
import { planWeights } from '../../../src/routes/weights/weight-edit.ts'
import { itemsOf } from '../../../src/routes/written-destinations.ts'
import { backend, ruleWith } from './support/routes.ts'

function names(...backends: JsonObject[]): string[] {
  return destinationNames(ruleWith(backends).destinations)
}

describe('The name of a backend', () => {
  test.each<[string, JsonObject[], string[]]>([
    ['its own name', [backend('v1'), backend('v2')], ['v1', 'v2']],
    [
      'its name and port where another has the name',
      [backend('web'), backend('web', 1, { port: 81 })],
      ['web:80', 'web:81'],
    ],
    [
      'its namespace and name where another has name and port',
      [backend('web'), backend('web', 1, { namespace: 'other' })],
      ['demo/web', 'other/web'],
    ],
    [
      'everything where anything less is shared',
      [
        backend('web'),
        backend('web', 1, { namespace: 'other' }),
        backend('web', 1, { namespace: 'other', port: 81 }),
      ],
      ['demo/web', 'other/web:80', 'web:81'],
    ],
    ['its position where nothing is unique', [backend('web'), backend('web')], ['[0]', '[1]']],
  ])('is %s', (_, backends, expected) => {
    expect(names(...backends)).toEqual(expected)
  })

  test.each([
    ['v2', 1],
    ['v2:80', 1],
    ['demo/v2', 1],
    ['demo/v2:80', 1],
    ['v2:81', undefined],
    ['other/v2', undefined],
    ['far', 2],
    ['other/far', 2],
    ['other/far:80', 2],
    ['demo/far', undefined],
    ['x', undefined],
  ])('%s is understood as far as it is right', (text, index) => {
    const far = backend('far', 1, { namespace: 'other' })
    const rule = ruleWith([backend('v1'), backend('v2'), far])
    expect(meantIndex(rule, text, 'demo')).toBe(index)
  })

  test('names one backend, whatever the rule has', () => {
    const some = fc.record(
      {
        name: fc.constantFrom('a', 'b'),
        port: fc.constantFrom(1, 2),
        namespace: fc.constantFrom('demo', 'other'),
      },
      { requiredKeys: ['name'] },
    )
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 6 }), (refs) => {
        const rule = ruleWith(refs as JsonObject[])
        const all = destinationNames(rule.destinations)
        expect(new Set(all).size).toBe(all.length)
        for (const [index, name] of all.entries())
          expect(meantIndex(rule, name, 'demo')).toBe(index)
      }),
    )
  })
})

describe('The shares of backends', () => {
  test.each<[string, JsonObject[], number[]]>([
    ['proportions of any sum', [backend('a', 30), backend('b', 90)], [0.25, 0.75]],
    ['of weight 1 where none is written', [{ name: 'a', port: 1 }, backend('b', 3)], [0.25, 0.75]],
    ['nothing for a single backend with weight 0', [backend('a', 0)], [0]],
    ['everything for a single backend', [{ name: 'a', port: 1 }], [1]],
    ['nothing where all weights are 0', [backend('a', 0), backend('b', 0)], [0, 0]],
    ['exact for large weights', [backend('a', 999_999), backend('b', 1)], [0.999_999, 0.000_001]],
  ])('are %s', (_, backends, shares) => {
    expect(sharesOf(ruleWith(backends))).toEqual(shares)
  })
})

function planned(backends: JsonObject[], subset: string, percent: number) {
  const rule = ruleWith(backends)
  const plan = planWeights(rule, { kind: 'weight', subset, percent })
  if (!plan.ok) return plan.problems.map(({ what }) => what).join('\n')
  return weightOperations(rule, weighed(rule, plan.value, plan.value.target))
}

describe('The patch of new weights', () => {
  test('adds the weights that are missing', () => {
    expect(planned([{ name: 'v1', port: 80 }, backend('v2', 0)], 'v2', 20)).toEqual([
      { op: 'add', path: '/spec/rules/0/backendRefs/0/weight', value: 80 },
      { op: 'replace', path: '/spec/rules/0/backendRefs/1/weight', value: 20 },
    ])
  })

  test('leaves a missing weight out where it is 1 already', () => {
    expect(planned([{ name: 'v1', port: 80 }, backend('v2', 1)], 'v2', 99)).toEqual([
      { op: 'replace', path: '/spec/rules/0/backendRefs/1/weight', value: 99 },
    ])
  })

  test('has a share of one in a thousand exactly', () => {
    expect(planned([backend('v1', 1), backend('v2', 0)], 'v2', 0.1)).toEqual([
      { op: 'replace', path: '/spec/rules/0/backendRefs/0/weight', value: 999 },
      { op: 'replace', path: '/spec/rules/0/backendRefs/1/weight', value: 1 },
    ])
  })

  test('adds a backend that the rule lacks as a copy of the one with the largest weight', () => {
    expect(
      planned([backend('v1', 90, { namespace: 'far' }), backend('v2', 10)], 'v3:81', 20),
    ).toEqual([
      { op: 'replace', path: '/spec/rules/0/backendRefs/0/weight', value: 72 },
      { op: 'replace', path: '/spec/rules/0/backendRefs/1/weight', value: 8 },
      {
        op: 'add',
        path: '/spec/rules/0/backendRefs/-',
        value: { group: '', kind: 'Service', name: 'v3', port: 81, weight: 20 },
      },
    ])
  })

  test('adds a backend of another namespace', () => {
    expect(planned([backend('v1')], 'other/v2', 20)).toContainEqual({
      op: 'add',
      path: '/spec/rules/0/backendRefs/-',
      value: { group: '', kind: 'Service', namespace: 'other', name: 'v2', port: 80, weight: 20 },
    })
  })

  test('is refused for a name that no Service can have', () => {
    expect(planned([backend('v1')], 'V_2', 20)).toBe(
      '"V_2" is not a destination of the rule (v1), and no Service can have that name.',
    )
  })

  test('is refused where the copied backend has filters', () => {
    const filters = [{ type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['x'] } }]
    const made = addedTo(ruleWith([backend('v1', 1, { filters })]), { host: 'v2' })
    expect(made.ok ? '' : made.problems[0]?.what).toBe(
      'A new destination would be a copy of v1, which has filters of its own.',
    )
  })
})

test('A place that the rule has already is recognized, with or without its namespace', () => {
  const rule = ruleWith([backend('v1'), backend('v2', 0, { namespace: 'demo' })])
  const at = (host: string, port?: number) =>
    destinationAt(rule, port === undefined ? { host } : { host, port }, 'demo')?.host
  expect([at('demo/v1'), at('v2'), at('v2', 81), at('other/v1')]).toEqual([
    'v1',
    'demo/v2',
    undefined,
    undefined,
  ])
})

test.each([
  ['v2', { host: 'v2' }],
  ['v2:81', { host: 'v2', port: 81 }],
  ['other/v2', { host: 'other/v2' }],
  ['other/v2:81', { host: 'other/v2', port: 81 }],
  ['v2:0', undefined],
  ['v2:65536', undefined],
  ['a/b/c', undefined],
  ['V2', undefined],
  ['', undefined],
])('%s as a new backend', (text, place) => {
  expect(ruleWith([backend('v1')]).format.newDestination(text)).toEqual(place)
})

test('A backend moves to another place with all of its fields but the namespace', () => {
  const { format } = ruleWith([backend('v1')])
  const item = { name: 'v1', namespace: 'far', port: 80, other: { field: 1 } }
  expect(format.moved(item, { host: 'v2' })).toEqual({ name: 'v2', port: 80, other: { field: 1 } })
  expect(itemsOf(ruleWith([item]).written)).toEqual([item])
})

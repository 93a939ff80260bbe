import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/kube/json.ts'
import type { Problem } from '../../../src/problem/problem.ts'
import { parseNewDestination } from '../../../src/routes/istio/rules/destination-place.ts'
import { tcpRules } from '../../../src/routes/istio/rules/virtual-service-rules.ts'
import type { Rule } from '../../../src/routes/rule.ts'
import type { NewDestination } from '../../../src/routes/rule-format.ts'
import type { Wanted } from '../../../src/routes/wanted.ts'
import { planWeights, type WeightEdit } from '../../../src/routes/weights/weight-edit.ts'
import { ofHundred } from '../../../src/routes/weights/weights.ts'
import { asWritten } from '../../../src/routes/written-destinations.ts'
import { only, route, tcp, virtualService } from '../support/objects.ts'

function textsOf({ problems }: { problems: readonly Problem[] }): string[] {
  return problems.map(({ what, remedy }) => `${what} ${remedy}`.trim())
}

function ruleOf(...routes: JsonObject[]): Rule {
  return only(tcpRules(virtualService([tcp(routes)])))
}

function weight(subset: string, percent: number): Wanted {
  return { kind: 'weight', subset, percent }
}

function weights(percents: Record<string, number>): Wanted {
  return { kind: 'weights', percents }
}

const CURRENT: Wanted = { kind: 'current' }

function edit(rule: Rule, wanted: Wanted): WeightEdit {
  const planned = planWeights(rule, wanted)
  if (!planned.ok) throw new Error(textsOf(planned).join('\n'))
  return planned.value
}

/** What each destination is to get, by name. */
function targets(rule: Rule, wanted: Wanted): Record<string, number> {
  const { names, target } = edit(rule, wanted)
  return Object.fromEntries(names.map((name, index) => [name, target.parts[index] ?? Number.NaN]))
}

function wrongWith(rule: Rule, wanted: Wanted): string[] {
  const planned = planWeights(rule, wanted)
  return planned.ok ? [] : textsOf(planned)
}

describe('percents with decimals', () => {
  test.each([
    [[1, 0], 'v1', 0.5, { v0: 995, v1: 5 }, 1_000],
    [[1, 0], 'v1', 0.29, { v0: 9_971, v1: 29 }, 10_000],
    [[1, 0], 'v1', 12, { v0: 88, v1: 12 }, 100],
    [[2, 1, 0], 'v2', 0.1, { v0: 666, v1: 333, v2: 1 }, 1_000],
  ])(
    'of %j, %s at %d%% are whole weights with the smallest sum',
    (before, name, percent, after, of) => {
      const rule = ruleOf(...before.map((each, index) => route(`v${index}`, each)))
      expect(targets(rule, weight(name, percent))).toEqual(after)
      expect(edit(rule, weight(name, percent)).target.of).toBe(of)
    },
  )

  test('in a mapping share one sum', () => {
    const rule = ruleOf(route('v1', 1), route('v2', 0), route('v3', 0))
    const { target } = edit(rule, weights({ v1: 50, v2: 33.5, v3: 16.5 }))
    expect(target).toEqual({ parts: [500, 335, 165], of: 1_000 })
  })
})

describe('weight', () => {
  test('gives the other destination the rest', () => {
    const rule = ruleOf(route('v1', 100), route('v2', 0))
    expect(targets(rule, weight('v2', 20))).toEqual({ v1: 80, v2: 20 })
    expect(targets(rule, weight('v1', 0))).toEqual({ v1: 0, v2: 100 })
    expect(edit(rule, weight('v2', 20))).toMatchObject({
      names: ['v1', 'v2'],
      presentShares: [1, 0],
      added: undefined,
    })
  })

  test('gives the other one the rest even where that one has 0', () => {
    const rule = ruleOf(route('v1', 0), route('v2', 100))
    expect(targets(rule, weight('v2', 60))).toEqual({ v1: 40, v2: 60 })
  })

  test.each([
    [[60, 20, 20], 40, { v0: 45, v1: 15, v2: 40 }],
    [[60, 20, 20], 0, { v0: 75, v1: 25, v2: 0 }],
    [[60, 20, 20], 100, { v0: 0, v1: 0, v2: 100 }],
    [[1, 1, 5], 30, { v0: 35, v1: 35, v2: 30 }],
    [[1, 2, 0], 1, { v0: 33, v1: 66, v2: 1 }],
    [[1, 1, 0], 1, { v0: 50, v1: 49, v2: 1 }],
    [[50, undefined, 50], 30, { v0: 70, v1: 0, v2: 30 }],
  ])(
    'leaves several others of %j their proportions when the last gets %i',
    (before, percent, after) => {
      const rule = ruleOf(...before.map((each, index) => route(`v${index}`, each)))
      expect(targets(rule, weight('v2', percent))).toEqual(after)
    },
  )

  test('is refused where all of several others have 0', () => {
    const rule = ruleOf(route('v1', 0), route('v2'), route('v3', 100))
    expect(wrongWith(rule, weight('v3', 50))).toEqual([
      'All other destinations (v1, v2) have weight 0, so there are no proportions to keep. Use weights instead, with a percent for each destination.',
    ])
    expect(targets(rule, weight('v3', 100))).toEqual({ v1: 0, v2: 0, v3: 100 })
  })

  test('of the only destination can only be 100', () => {
    expect(targets(ruleOf(route('v1')), weight('v1', 100))).toEqual({ v1: 100 })
    expect(wrongWith(ruleOf(route('v1')), weight('v1', 20))).toEqual([
      'weight must be 100, because v1 is the only destination of the rule. To add another destination, set subset to its name.',
    ])
  })

  test('is for a destination by any form of its name', () => {
    const byHost = ruleOf(route(undefined, 100, 'a'), route(undefined, 0, 'b'))
    expect(targets(byHost, weight('b', 20))).toEqual({ a: 80, b: 20 })
    const bySubset = ruleOf(route('v1', 50, 'a'), route('v2', 0, 'a'), route('v1', 50, 'b'))
    expect(targets(bySubset, weight('a/v1', 20))).toEqual({ 'a/v1': 20, v2: 0, b: 80 })
  })

  test('is exact, all add up to 100, and the proportions of the others differ by less than a point', () => {
    const present = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 3, maxLength: 8 })
    fc.assert(
      fc.property(present, fc.nat(), fc.integer({ min: 0, max: 100 }), (given, which, percent) => {
        const index = which % given.length
        const others = given.map((each, other) => (other === index ? 0 : each))
        const sum = others.reduce((a, b) => a + b, 0)
        fc.pre(sum > 0)
        const rule = ruleOf(...given.map((each, number) => route(`v${number}`, each)))
        const { parts, of } = edit(rule, weight(`v${index}`, percent)).target
        expect(parts[index]).toBe(percent)
        expect(parts.reduce((a, b) => a + b, 0)).toBe(of)
        for (const [other, target] of parts.entries()) {
          expect(Number.isInteger(target) && target >= 0).toBe(true)
          if (other === index) continue
          const exact = ((others[other] ?? 0) / sum) * (100 - percent)
          expect(Math.abs(target - exact)).toBeLessThan(1)
        }
      }),
      { seed: 1, numRuns: 300 },
    )
  })
})

describe('A subset that the rule lacks', () => {
  test('is added as a copy of the only destination, with all fields that this tool does not read', () => {
    const model: JsonObject = {
      later: { x: 1 },
      destination: { port: { number: 9000 }, subset: 'v1', host: 'tcp-echo', later: [1] },
      weight: 7,
    }
    const { added, names, destinations, presentShares, target } = edit(
      ruleOf(model),
      weight('v2', 20),
    )
    expect(JSON.stringify(added?.written)).toBe(
      JSON.stringify([
        {
          later: { x: 1 },
          destination: { port: { number: 9000 }, subset: 'v2', host: 'tcp-echo', later: [1] },
        },
      ]),
    )
    expect({ names, presentShares, target }).toEqual({
      names: ['v1', 'v2'],
      presentShares: [1, 0],
      target: ofHundred([80, 20]),
    })
    expect(destinations[1]).toMatchObject({
      host: 'tcp-echo',
      port: 9000,
      subset: 'v2',
      weight: undefined,
    })
  })

  test('is added beside one without a subset, which is named by its host', () => {
    const planned = edit(ruleOf(route(undefined)), weight('v2', 20))
    expect(planned.names).toEqual(['tcp-echo', 'v2'])
    expect(planned.added?.written).toEqual(
      asWritten([
        {
          destination: { host: 'tcp-echo', port: { number: 9000 }, subset: 'v2' },
        },
      ]),
    )
  })

  test('is a copy of the one with the largest weight among several, the first of equals', () => {
    const rule = ruleOf(route('v1', 10, 'a'), route('v2', 45, 'b'), route('v3', 45, 'c'))
    const { added, target } = edit(rule, weight('v4', 20))
    expect(added?.written).toEqual(
      asWritten([{ destination: { host: 'b', port: { number: 9000 }, subset: 'v4' } }]),
    )
    expect(target).toEqual(ofHundred([8, 36, 36, 20]))
  })

  test('does not change the destination that it was copied from', () => {
    const rule = ruleOf(route('v1', 7))
    const before = JSON.stringify(rule)
    edit(rule, weight('v2', 20))
    expect(JSON.stringify(rule)).toBe(before)
  })

  test('is refused where all existing destinations have 0', () => {
    const rule = ruleOf(route('v1', 0), route('v2', 0))
    expect(wrongWith(rule, weight('v3', 20))[0]).toMatch(
      /^All other destinations \(v1, v2\) have weight 0/,
    )
  })

  test.each(['V2', 'v_2', 'tcp-echo:9001', 'other/v2', 'a.b', ''])(
    'must have the form of a subset, and %j has not',
    (subset) => {
      expect(wrongWith(ruleOf(route('v1')), weight(subset, 20))).toEqual([
        `"${subset}" is not a destination of the rule (v1), and no subset can have that name.`,
      ])
    },
  )

  test('is refused with a suggestion where it is nearly the name of a destination', () => {
    expect(wrongWith(ruleOf(route('v1', 80), route('v2', 20)), weight('V2', 20))).toEqual([
      '"V2" is not a destination of the rule (v1, v2), and no subset can have that name. Did you mean v2?',
    ])
  })

  test('is refused where its name is a form of another destination', () => {
    const rule = ruleOf(route('v1', 50, 'a'), route('v1', 50, 'b'))
    expect(wrongWith(rule, weight('v1', 20))).toEqual([
      'v1 matches several destinations of the rule. Use one of their names: a, b.',
    ])
  })
})

describe('weights', () => {
  test('gives every destination its percent, in the order of the rule', () => {
    const rule = ruleOf(route('v1', 100), route('v2', 0), route('v3'))
    expect(edit(rule, weights({ v3: 30, v1: 50, v2: 20 })).target).toEqual(ofHundred([50, 20, 30]))
  })

  test('reports every missing and every unknown destination at once', () => {
    const rule = ruleOf(route('v1', 100), route('v2', 0))
    expect(wrongWith(rule, weights({ v1: 50, v3: 30, v4: 20 }))).toEqual([
      'weights has no percent for v2. Include every destination of the rule, with 0 for any that gets nothing.',
      'weights names "v3", which is not a destination of the rule (v1, v2). To add a destination, use subset and weight.',
      'weights names "v4", which is not a destination of the rule (v1, v2). To add a destination, use subset and weight.',
    ])
  })
})

test('A name in weights that is nearly the name of a destination is refused with a suggestion', () => {
  const rule = ruleOf(route('stable', 80), route('canary', 20))
  expect(wrongWith(rule, weights({ stable: 80, canray: 20 }))[1]).toMatch(
    /^weights names "canray", .+ Did you mean canary\?$/,
  )
})

describe('current', () => {
  test('is the proportions of the rule, whatever its weights add up to', () => {
    expect(targets(ruleOf(route('v1', 80), route('v2', 20)), CURRENT)).toEqual({ v1: 80, v2: 20 })
    expect(targets(ruleOf(route('v1', 1), route('v2', 3)), CURRENT)).toEqual({ v1: 25, v2: 75 })
    expect(targets(ruleOf(route('v1')), CURRENT)).toEqual({ v1: 100 })
  })

  test('is refused where all weights are 0', () => {
    expect(wrongWith(ruleOf(route('v1', 0), route('v2')), CURRENT)).toEqual([
      'All weights of the rule are 0, so there is no current split. Use weights, with a percent for each destination.',
    ])
  })
})

test('A rule without destinations cannot be edited', () => {
  expect(wrongWith(ruleOf(), weight('v2', 20))).toEqual(['The rule has no destinations.'])
})

test('Two equal destinations are named by their positions', () => {
  const rule = ruleOf(route('v1', 50), route('v1', 50))
  expect(targets(rule, CURRENT)).toEqual({ '[0]': 50, '[1]': 50 })
  expect(targets(rule, weight('[1]', 20))).toEqual({ '[0]': 80, '[1]': 20 })
})

describe('A destination in another place', () => {
  const planAt = (rule: Rule, place: NewDestination) => {
    const planned = planWeights(rule, weight('new', 20), place)
    if (!planned.ok) throw new Error(textsOf(planned).join('\n'))
    return planned.value
  }

  test('on another host keeps the port and has no subset', () => {
    const { added, names, target } = planAt(ruleOf(route('v1', 1)), { host: 'other' })
    expect(added?.written).toEqual(
      asWritten([{ destination: { host: 'other', port: { number: 9000 } } }]),
    )
    expect({ names, target }).toEqual({ names: ['v1', 'other'], target: ofHundred([80, 20]) })
  })

  test('with a port of its own has that port', () => {
    const { added, names } = planAt(ruleOf(route(undefined, 1)), { host: 'tcp-echo', port: 1 })
    expect(added?.written).toEqual(
      asWritten([{ destination: { host: 'tcp-echo', port: { number: 1 } } }]),
    )
    expect(names).toEqual(['tcp-echo:9000', 'tcp-echo:1'])
  })

  test('in a subset of another host has both', () => {
    const { added } = planAt(ruleOf(route('v1', 1)), { host: 'other', subset: 'v1' })
    expect(added?.written).toEqual(
      asWritten([
        {
          destination: { host: 'other', port: { number: 9000 }, subset: 'v1' },
        },
      ]),
    )
  })

  test.each(['headers', 'filters'])(
    'is refused where the copied one has %s of its own',
    (field) => {
      const rule = ruleOf({ ...route('v1', 1), [field]: { x: 1 } })
      expect(wrongWith(rule, weight('v2', 20))).toEqual([
        `A new destination would be a copy of v1, which has ${field} of its own. Add the destination to the rule yourself, then set its weight.`,
      ])
    },
  )
})

test.each([
  ['tcp-echo/v2', { host: 'tcp-echo', subset: 'v2' }],
  ['a.b.svc.cluster.local/v2', { host: 'a.b.svc.cluster.local', subset: 'v2' }],
  ['other:9001', { host: 'other', port: 9001 }],
  ['other.demo', { host: 'other.demo' }],
  ['other', undefined],
  ['a/b/c', undefined],
  ['a/B', undefined],
  ['a:0', undefined],
  ['a:70000', undefined],
  ['A.b', undefined],
  ['', undefined],
])('%j is read as the place %j', (text, place) => {
  expect(parseNewDestination(text)).toEqual(place)
})

test('A destination in weights may have any form that only it has, and not two forms', () => {
  const rule = ruleOf(route('v1', 50), route('v2', 50))
  expect(targets(rule, weights({ 'tcp-echo/v1': 30, v2: 70 }))).toEqual({ v1: 30, v2: 70 })
  expect(wrongWith(rule, weights({ 'tcp-echo/v1': 30, v1: 20, v2: 50 }))).toEqual([
    'weights names tcp-echo/v1 and v1, which are the same destination. Remove one of the two.',
  ])
})

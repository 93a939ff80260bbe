import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, type Json, type JsonObject, objectsAt } from '../../../src/kube/json.ts'
import {
  tcpRules,
  virtualServiceRules,
} from '../../../src/routes/istio/rules/virtual-service-rules.ts'
import {
  guardOperations,
  removeAnnotations,
  setAnnotation,
} from '../../../src/routes/object/object-guards.ts'
import type { Rule } from '../../../src/routes/rule.ts'
import { findRule, keyOf } from '../../../src/routes/rule-identity.ts'
import type { Wanted } from '../../../src/routes/wanted.ts'
import { restoreOperation, weighed, weightOperations } from '../../../src/routes/weights/weigh.ts'
import { planWeights, type WeightEdit } from '../../../src/routes/weights/weight-edit.ts'
import { giveShares, ofHundred } from '../../../src/routes/weights/weights.ts'
import { itemsOf } from '../../../src/routes/written-destinations.ts'
import { patched } from '../../kube/support/apply-patch.ts'
import { anyVirtualService } from '../support/any-virtual-service.ts'
import { only, parsedObject, route, tcp, virtualServiceJson } from '../support/objects.ts'

const JOURNAL = 'istio-traffic-shift/journal'

function hundredths(percent = 0): number {
  return Math.round(percent * 100)
}

/** Weights for every destination of a rule, or a weight for one that the rule has or lacks. */
function anyWanted(rule: Rule): fc.Arbitrary<Wanted> {
  const subsets = rule.destinations.flatMap(({ subset }) => subset ?? [])
  const percent = fc.oneof(
    fc.integer({ min: 0, max: 100 }),
    fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100),
  )
  const one = fc
    .constantFrom(...subsets, 'new')
    .chain((subset) => percent.map((each): Wanted => ({ kind: 'weight', subset, percent: each })))
  const cuts = fc.array(percent, { minLength: subsets.length - 1, maxLength: subsets.length - 1 })
  const all = cuts.map((given): Wanted => {
    const margins = [0, ...given.toSorted((a, b) => a - b), 100]
    const percents = subsets.map((subset, i) => [
      subset,
      hundredths(margins[i + 1]) - hundredths(margins[i]),
    ])
    return {
      kind: 'weights',
      percents: Object.fromEntries(percents.map(([subset, part]) => [subset, Number(part) / 100])),
    }
  })
  return fc.oneof(one, all)
}

/** The rules that have weights. */
function rulesIn(json: Json): Rule[] {
  return virtualServiceRules(parsedObject(json)).filter(
    ({ destinations }) => destinations.length > 0,
  )
}

function sameRule(json: Json, { position }: Rule): Rule | undefined {
  return rulesIn(json).find((rule) => rule.position === position)
}

type Case = { json: JsonObject; rule: Rule; edit: WeightEdit }

/** An object, one of its rules, and an edit of it. */
const anyCase: fc.Arbitrary<Case> = anyVirtualService
  .chain((json) => fc.tuple(fc.constant(json), fc.constantFrom(...rulesIn(json))))
  .chain(([json, rule]) => fc.tuple(fc.constant(json), fc.constant(rule), anyWanted(rule)))
  .map(([json, rule, wanted]) => {
    const planned = planWeights(rule, wanted)
    return planned.ok ? { json, rule, edit: planned.value } : undefined
  })
  .filter((found) => found !== undefined)

function writes({ rule, edit }: Case) {
  return weightOperations(rule, weighed(rule, edit, edit.target))
}

/** The destinations of the same rule in another state of the object. */
function routesOf(json: Json, rule: Rule): JsonObject[] {
  return objectsAt(json, ...rule.path, 'route')
}

/** A document as text, in which the rule has no weights and no more destinations than it had. */
function withoutWeights(json: Json, rule: Rule): string {
  const copy = structuredClone(json)
  const routes = at(copy, ...rule.path, 'route')
  if (!Array.isArray(routes)) throw new Error('no routes')
  routes.splice(itemsOf(rule.written).length)
  for (const each of objectsAt(routes)) delete each.weight
  return JSON.stringify(copy)
}

describe('For any VirtualService and any wanted weights', () => {
  test('the patch changes only the weights of the rule and adds at most a destination', () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const after = patched(given.json, writes(given))
        expect(withoutWeights(after, given.rule)).toBe(withoutWeights(given.json, given.rule))
      }),
      { seed: 1, numRuns: 150 },
    )
  })

  test('the patch sets the wanted weights and does not rewrite those in force', () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const { rule, edit, json } = given
        const routes = routesOf(patched(json, writes(given)), rule)
        expect(routes.map((each) => each.weight ?? 0)).toEqual(edit.target.parts)
        for (const [index, before] of itemsOf(rule.written).entries())
          if (routes.length > 1 && (before.weight ?? 0) === edit.target.parts[index])
            expect(JSON.stringify(routes[index])).toBe(JSON.stringify(before))
      }),
      { seed: 2, numRuns: 150 },
    )
  })

  test('the destination that the patch adds is a copy of another one with the subset and a weight', () => {
    const adding = anyCase.filter(({ edit }) => edit.added !== undefined)
    fc.assert(
      fc.property(adding, (given) => {
        const added = routesOf(patched(given.json, writes(given)), given.rule).at(-1)
        const bare = (each: JsonObject | undefined) => {
          const { weight: _, destination, ...rest } = each ?? {}
          return JSON.stringify([rest, { ...(destination as JsonObject), subset: '' }])
        }
        expect(at(added, 'destination', 'subset')).toBe('new')
        expect(added?.weight ?? 0).toBe(given.edit.target.parts.at(-1))
        expect(itemsOf(given.rule.written).map(bare)).toContain(bare(added))
      }),
      { seed: 3, numRuns: 50 },
    )
  })

  test('the restore gives back the object byte for byte, without the journal and its empty mapping', () => {
    fc.assert(
      fc.property(anyCase, fc.string(), (given, journal) => {
        const before = parsedObject(given.json)
        const operations = [
          ...guardOperations(before),
          ...writes(given),
          ...setAnnotation(before, JOURNAL, journal),
        ]
        const written = patched(given.json, operations)
        const object = parsedObject(written)
        expect(object.annotations[JOURNAL]).toBe(journal)
        const rule = findRule(object, keyOf(parsedObject(given.json), given.rule))
        if (rule === undefined) throw new Error('no rule')
        const restored = patched(written, [
          ...guardOperations(object),
          restoreOperation(rule, given.rule.written),
          ...removeAnnotations(object, JOURNAL),
        ])
        expect(JSON.stringify(restored)).toBe(JSON.stringify(given.json))
      }),
      { seed: 4, numRuns: 150 },
    )
  })

  test('a second step of the same shift writes only weights, on the destinations that exist', () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 0, max: 100 }), (given, percent) => {
        const first = patched(given.json, writes(given))
        const rule = sameRule(first, given.rule)
        const subset = given.edit.names.at(-1) ?? ''
        const planned = rule && planWeights(rule, { kind: 'weight', subset, percent })
        if (!rule || !planned?.ok) return fc.pre(false)
        const edit = planned.value
        expect(edit.added).toBeUndefined()
        const operations = weightOperations(rule, weighed(rule, edit, edit.target))
        expect(operations.every(({ path }) => path.endsWith('/weight'))).toBe(true)
        expect(withoutWeights(patched(first, operations), rule)).toBe(withoutWeights(first, rule))
      }),
      { seed: 5, numRuns: 100 },
    )
  })

  test('the parsed object and its rules are never changed', () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const before = JSON.stringify([given.json, given.rule])
        writes(given)
        restoreOperation(given.rule, given.rule.written)
        expect(JSON.stringify([given.json, given.rule])).toBe(before)
      }),
      { seed: 6, numRuns: 50 },
    )
  })
})

describe('The patch of an edit', () => {
  function operations(routes: JsonObject[], wanted: Wanted) {
    const rule = only(tcpRules(parsedObject(virtualServiceJson([tcp(routes)]))))
    const planned = planWeights(rule, wanted)
    if (!planned.ok) throw new Error('not planned')
    return weightOperations(rule, weighed(rule, planned.value, planned.value.target))
  }

  test('replaces weights that are written and adds those that are missing', () => {
    const wanted: Wanted = { kind: 'weight', subset: 'v2', percent: 20 }
    expect(operations([route('v1', 100), route('v2')], wanted)).toEqual([
      { op: 'replace', path: '/spec/tcp/0/route/0/weight', value: 80 },
      { op: 'add', path: '/spec/tcp/0/route/1/weight', value: 20 },
    ])
  })

  test('adds a second destination at the end of the list, with its weight', () => {
    const wanted: Wanted = { kind: 'weight', subset: 'v2', percent: 20 }
    expect(operations([route('v1')], wanted)).toEqual([
      { op: 'add', path: '/spec/tcp/0/route/0/weight', value: 80 },
      { op: 'add', path: '/spec/tcp/0/route/-', value: route('v2', 20) },
    ])
  })

  test('has no operation for a weight that is there already, or is 0 and not written', () => {
    const wanted: Wanted = { kind: 'weights', percents: { v1: 0, v2: 30, v3: 70 } }
    expect(operations([route('v1'), route('v2', 50), route('v3', 70)], wanted)).toEqual([
      { op: 'replace', path: '/spec/tcp/0/route/1/weight', value: 30 },
    ])
  })

  test('writes the weight of a destination that is no longer alone', () => {
    const wanted: Wanted = { kind: 'weight', subset: 'v2', percent: 100 }
    expect(operations([route('v1', 100)], wanted)).toEqual([
      { op: 'replace', path: '/spec/tcp/0/route/0/weight', value: 0 },
      { op: 'add', path: '/spec/tcp/0/route/-', value: route('v2', 100) },
    ])
  })

  test('is empty where the weights are in force already', () => {
    const wanted: Wanted = { kind: 'weights', percents: { v1: 80, v2: 20 } }
    expect(operations([route('v1', 80), route('v2', 20)], wanted)).toEqual([])
  })
})

describe('Shares and percents', () => {
  test.each([
    [
      [0.8, 0.2],
      [80, 20],
    ],
    [
      [1 / 3, 2 / 3],
      [100 / 3, 200 / 3],
    ],
    [
      [0.1 + 0.2, 0.7],
      [30, 70],
    ],
    [[1], [100]],
  ])('%j and %j say the same', (shares, percents) => {
    expect(giveShares(ofHundred(percents), shares)).toBe(true)
  })

  test.each([
    [
      [0.8, 0.2],
      [79, 21],
    ],
    [
      [1 / 3, 2 / 3],
      [33, 67],
    ],
    [[1], [100, 0]],
    [
      [0, 0],
      [100, 0],
    ],
  ])('%j and %j do not', (shares, percents) => {
    expect(giveShares(ofHundred(percents), shares)).toBe(false)
  })
})

import { describe, expect, test } from 'vitest'
import { generated } from '../../../kit/manifest/generated.ts'
import { findObject } from '../../../src/manifest/find-object.ts'
import { destinationNames } from '../../../src/routes/destination-names.ts'
import { ROUTE_KINDS } from '../../../src/routes/kinds.ts'
import {
  guardOperations,
  removeAnnotations,
  setAnnotation,
} from '../../../src/routes/object/object-guards.ts'
import type { RouteObject } from '../../../src/routes/route-object.ts'
import type { Rule } from '../../../src/routes/rule.ts'
import { findRule, keyOf } from '../../../src/routes/rule-identity.ts'
import { selectRule } from '../../../src/routes/select-rule.ts'
import { restoreOperation, weighed, weightOperations } from '../../../src/routes/weights/weigh.ts'
import { planWeights, type WeightEdit } from '../../../src/routes/weights/weight-edit.ts'
import { patched } from '../../kube/support/apply-patch.ts'
import { parsedObject } from '../support/objects.ts'

const JOURNAL = 'istio-traffic-shift/journal'

type Case = { kind: string; object: RouteObject; rule: Rule; edit: WeightEdit; isOne: boolean }

/** Objects of generated manifests as a cluster has them, and what their edit means. */
const CASES = Array.from({ length: 300 }, (_, seed) => generated(seed)).flatMap(
  ({ text, name, route, wanted }): Case[] => {
    const found = findObject(text, name)
    if (!found.ok) return []
    const metadata = { namespace: 'demo', name: name.name, uid: 'u', resourceVersion: '41' }
    // In JSON no two places share a value, as an alias of YAML and its anchor do.
    const object = parsedObject(JSON.parse(JSON.stringify({ ...found.value.object.raw, metadata })))
    const rule = selectRule(object, route)
    if (!rule.ok || wanted.kind === 'current') return []
    const place =
      wanted.kind === 'weight' ? rule.value.format.newDestination(wanted.subset) : undefined
    const plan = planWeights(rule.value, wanted, place)
    const isOne = wanted.kind === 'weight'
    return plan.ok ? [{ kind: name.kind, object, rule: rule.value, edit: plan.value, isOne }] : []
  },
)

test('The generated objects are of every kind', () => {
  const kinds = new Set(CASES.map(({ kind }) => kind))
  expect([...kinds].sort()).toEqual(ROUTE_KINDS.map(({ kind }) => kind).sort())
})

describe.each(ROUTE_KINDS.map(({ kind }) => kind))('For any %s and any wanted weights', (kind) => {
  const cases = CASES.filter((one) => one.kind === kind)

  test('the restore gives back the object byte for byte', () => {
    for (const { object, rule, edit } of cases) {
      const after = weighed(rule, edit, edit.target)
      const written = patched(object.raw, [
        ...guardOperations(object),
        ...weightOperations(rule, after),
        ...setAnnotation(object, JOURNAL, 'journal'),
      ])
      const now = parsedObject(written)
      const found = findRule(now, keyOf(object, rule))
      if (found === undefined) throw new Error('no rule')
      const restored = patched(written, [
        restoreOperation(found, rule.written),
        ...removeAnnotations(now, JOURNAL),
      ])
      expect(JSON.stringify(restored)).toBe(JSON.stringify(object.raw))
    }
  })

  test('the weights are whole, and the other destinations keep their proportions by largest remainder', () => {
    for (const { edit, isOne } of cases) {
      const { parts, of } = edit.target
      expect(parts.reduce((a, b) => a + b, 0)).toBe(of)
      expect(parts.every(Number.isInteger)).toBe(true)
      // The one that the inputs name is known by its share: only the others keep their proportions.
      if (isOne) expect(parts.some((_, index) => keepsProportions(edit, index))).toBe(true)
    }
  })

  test('no two destinations have one name', () => {
    for (const { rule, edit } of cases) {
      for (const names of [destinationNames(rule.destinations), edit.names])
        expect(new Set(names).size).toBe(names.length)
    }
  })
})

/** Whether all destinations but the one at `index` have their proportions, as near as whole numbers can be. */
function keepsProportions({ presentShares, target }: WeightEdit, index: number): boolean {
  const { parts, of } = target
  const others = parts.map((part, at) => ({ part, share: presentShares[at] ?? 0, at }))
  const left = others.filter(({ at }) => at !== index)
  const sum = left.reduce((all, { share }) => all + share, 0)
  const rest = of - (parts[index] ?? 0)
  // One other destination gets all that is left, also where it had nothing.
  if (left.length === 1) return left[0]?.part === rest
  const exact = left.map(({ part, share }) => ({ part, exact: (share / sum) * rest }))
  const up = exact.filter((one) => one.part > one.exact + 1e-9)
  const down = exact.filter((one) => one.part <= one.exact + 1e-9)
  const remainder = (value: number) => value - Math.floor(value + 1e-9)
  const leastUp = Math.min(...up.map((one) => remainder(one.exact)))
  const mostDown = Math.max(...down.map((one) => remainder(one.exact)))
  const isNear = exact.every((one) => Math.abs(one.part - one.exact) < 1)
  return isNear && (up.length === 0 || leastUp >= mostDown - 1e-9)
}

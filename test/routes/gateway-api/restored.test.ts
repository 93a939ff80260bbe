import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../src/kube/json.ts'
import { restoredDestinations } from '../../../src/routes/compare-written.ts'
import { sharesOf, withDestinations } from '../../../src/routes/rule.ts'
import { asWritten, itemsOf } from '../../../src/routes/written-destinations.ts'
import { ruleWith } from './support/routes.ts'

const weight = fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined })

function named(weights: readonly (number | undefined)[]): JsonObject[] {
  return weights.map((one, index) => ({
    name: `v${index}`,
    port: 80,
    ...(one === undefined ? {} : { weight: one }),
  }))
}

test('The previous shares return beside a backend that another client added, which gets nothing', () => {
  fc.assert(
    fc.property(fc.array(weight, { minLength: 1, maxLength: 4 }), (weights) => {
      const rule = ruleWith(named(weights))
      const added = { name: 'theirs', port: 80, weight: 7 }
      const present = asWritten([...named(weights.map(() => 5)), added])
      const writes = { original: rule.written, written: [asWritten(named(weights.map(() => 5)))] }
      const restored = restoredDestinations(present, writes, rule.format)
      if (restored === undefined) throw new Error('nothing is restored')
      expect(itemsOf(restored).at(-1)).toEqual({ ...added, weight: 0 })
      expect(sharesOf(withDestinations(rule, restored))).toEqual([...sharesOf(rule), 0])
    }),
  )
})

test('Backends that no other client changed get back what they had, with weights that were left out', () => {
  const rule = ruleWith(named([undefined, 0]))
  const written = asWritten(named([80, 20]))
  const restored = restoredDestinations(
    written,
    { original: rule.written, written: [written] },
    rule.format,
  )
  expect(restored).toEqual(rule.written)
})

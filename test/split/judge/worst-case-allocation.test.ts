import fc from 'fast-check'
import { expect, test } from 'vitest'
import { worstCaseAllocation } from '../../../src/split/judge/worst-case-allocation.ts'
import { dirichletMultinomial } from '../../../src/split/numeric/dirichlet-multinomial.ts'
import { assignments } from '../assignments.ts'

const target = [0.6, 0.3, 0.1]
const factor = dirichletMultinomial(target, [0.5, 0.5, 0.5])
const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)

test('no other allocation of the unclassified samples makes the factor less', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 3, maxLength: 3 }),
      fc.integer({ min: 0, max: 12 }),
      (counts, unclassified) => {
        const filled = worstCaseAllocation(target, 0.5)(counts, unclassified)
        const samples = sumOf(counts) + unclassified
        expect(sumOf(filled)).toBe(samples)
        const least = Math.min(
          ...assignments(counts, unclassified).map((filledIn) => factor(filledIn, samples)),
        )
        expect(factor(filled, samples)).toBeCloseTo(least, 9)
      },
    ),
    { seed: 4 },
  )
})

test('the allocation does not depend on the calls before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 1, maxLength: 80 }),
      (samples) => {
        const warm = worstCaseAllocation(target, 0.5)
        const counts = [0, 0, 0]
        let unclassified = 0
        for (const sample of samples) {
          if (sample < 0) unclassified++
          else counts[sample] = (counts[sample] ?? 0) + 1
          const total = sumOf(counts) + unclassified
          const cold = worstCaseAllocation(target, 0.5)(counts, unclassified)
          expect(factor(warm(counts, unclassified), total)).toBeCloseTo(factor(cold, total), 9)
        }
      },
    ),
    { seed: 5 },
  )
})

test('a destination without a share is allocated nothing', () => {
  expect(worstCaseAllocation([0, 0.5, 0.5], 0.5)([0, 3, 0], 5)).toEqual([0, 4, 4])
})

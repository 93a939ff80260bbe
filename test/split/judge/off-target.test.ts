import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bandsOf } from '../../../src/split/judge/band.ts'
import { offTarget } from '../../../src/split/judge/off-target.ts'
import { dirichletMultinomial } from '../../../src/split/numeric/dirichlet-multinomial.ts'
import { assignments } from '../assignments.ts'

const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)
const bands = (target: readonly number[], tolerance = 0.05) =>
  bandsOf(
    target,
    target.map(() => tolerance),
  )

/** The evidence as it is written down, without logarithms. */
function written(target: readonly number[], counts: readonly number[], old?: readonly number[]) {
  const samples = sumOf(counts)
  const anyShares = Math.exp(
    dirichletMultinomial(
      target,
      target.map(() => 0.5),
    )(counts, samples),
  )
  const margins = target.flatMap((share, i) =>
    [Math.max(0, share - 0.05), Math.min(1, share + 0.05)].map((margin) => {
      const hits = counts[i] ?? 0
      return (margin / share) ** hits * ((1 - margin) / (1 - share)) ** (samples - hits)
    }),
  )
  const meanMargin = margins.reduce((sum, ratio) => sum + ratio, 0) / margins.length
  if (old === undefined) return 0.5 * anyShares + 0.5 * meanMargin
  const againstOld = counts.reduce(
    (product, count, i) => product * ((old[i] ?? 0) / (target[i] ?? 0)) ** count,
    1,
  )
  return 0.4 * anyShares + 0.4 * meanMargin + 0.2 * againstOld
}

test('half of the weight is on any shares and half on the margins, or two fifths each and a fifth on the previous weights', () => {
  for (const [target, counts, old] of [
    [[0.2, 0.8], [3, 37], undefined],
    [
      [0.2, 0.8],
      [0, 30],
      [0, 1],
    ],
    [[0.8, 0.1, 0.1], [30, 9, 2], undefined],
    [
      [0.8, 0.1, 0.1],
      [30, 0, 2],
      [0.5, 0, 0.5],
    ],
  ] as const) {
    const evidence = offTarget(bands(target), old)
    expect(Math.exp(evidence.logEvidence(counts, sumOf(counts)))).toBeCloseTo(
      written(target, counts, old),
      8,
    )
  }
})

test('under the target the mean of the evidence stays 1', () => {
  const samples = 10
  for (const old of [undefined, [0.5, 0.5], [0, 1]]) {
    const evidence = offTarget(bands([0.2, 0.8]), old)
    let mean = 0
    for (let outcome = 0; outcome < 2 ** samples; outcome++) {
      const hits = outcome.toString(2).replaceAll('0', '').length
      const probability = 0.2 ** hits * 0.8 ** (samples - hits)
      mean += probability * Math.exp(evidence.logEvidence([hits, samples - hits], samples))
    }
    expect(mean).toBeCloseTo(1, 9)
  }
})

test('a sample where the target has no share is infinite evidence, however many samples are unclassified', () => {
  const evidence = offTarget(bands([0, 1]), undefined)
  expect(evidence.logEvidence([1, 10], 11)).toBe(Number.POSITIVE_INFINITY)
  expect(evidence.leastLogEvidence([1, 10], 5)).toBe(Number.POSITIVE_INFINITY)
  expect(evidence.samplesToReach(4.6, [1, 10], 5)).toBe(0)
  expect(evidence.leastLogEvidence([0, 10], 5)).toBeLessThan(0)
})

test('between two destinations the least over unclassified samples is exact', () => {
  fc.assert(
    fc.property(
      fc.constantFrom([0.2, 0.8], [0.01, 0.99], [0.5, 0.5], [0, 1], [0.2, 0.8, 0]),
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 0, max: 60 }),
      fc.boolean(),
      (target, one, other, unclassified, oldKnown) => {
        const counts = target.map((share, i) => (share === 0 ? 0 : i === 0 ? one : other))
        const old = oldKnown
          ? target.map((_, i) => (i === 0 ? 0.35 : i === 1 ? 0.65 : 0))
          : undefined
        const evidence = offTarget(bands(target), old)
        const brute = Math.min(
          ...assignments(counts, unclassified).map((all) => evidence.logEvidence(all, sumOf(all))),
        )
        expect(evidence.leastLogEvidence(counts, unclassified)).toBeCloseTo(brute, 9)
      },
    ),
    { seed: 6 },
  )
})

test('among three the bound never exceeds the least and is close where an attempt is about to fail', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 3, maxLength: 3 }),
      fc.integer({ min: 0, max: 8 }),
      fc.boolean(),
      (counts, unclassified, oldKnown) => {
        const evidence = offTarget(bands([0.8, 0.1, 0.1]), oldKnown ? [0.2, 0.3, 0.5] : undefined)
        const brute = Math.min(
          ...assignments(counts, unclassified).map((all) => evidence.logEvidence(all, sumOf(all))),
        )
        const bound = evidence.leastLogEvidence(counts, unclassified)
        expect(bound).toBeLessThanOrEqual(brute + 1e-9)
        if (brute > 4.7) expect(bound).toBeGreaterThan(brute - 0.7)
      },
    ),
    { seed: 7, numRuns: 300 },
  )
})

test('the level is not reached sooner than predicted, and a level that is reached is predicted as 0', () => {
  fc.assert(
    fc.property(
      fc.constantFrom([0.2, 0.8], [0.8, 0.1, 0.1], [0.3, 0.7, 0]),
      fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 150 }),
      fc.boolean(),
      (target, samples, oldKnown) => {
        const old = oldKnown
          ? target.map((_, i) => (i === 0 ? 0 : 1 / (target.length - 1)))
          : undefined
        const evidence = offTarget(bands(target), old)
        const possible = target.filter((share) => share > 0).length
        const counts = target.map(() => 0)
        let unclassified = 0
        let earliest = 0
        for (const [before, sample] of samples.entries()) {
          const destination = Math.floor((sample / 0.97) * possible)
          if (sample > 0.97) unclassified++
          else counts[destination] = (counts[destination] ?? 0) + 1
          const reached = evidence.leastLogEvidence(counts, unclassified) >= 2
          if (reached) expect(before + 1).toBeGreaterThanOrEqual(earliest)
          const more = evidence.samplesToReach(2, counts, unclassified)
          expect(more === 0).toBe(reached)
          earliest = Math.max(earliest, before + 1 + more)
          if (reached) return
        }
      },
    ),
    { seed: 8, numRuns: 300 },
  )
})

test('a million samples and shares of 0 and 1 give no NaN', () => {
  fc.assert(
    fc.property(
      fc.constantFrom([0.2, 0.8], [0.001, 0.999], [0, 1], [1, 0], [0.5, 0.5, 0], [1]),
      fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 3, maxLength: 3 }),
      fc.integer({ min: 0, max: 1000 }),
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      (target, some, unclassified, tolerance) => {
        const counts = some.slice(0, target.length)
        for (const old of [undefined, target, target.map((_, i) => (i === 0 ? 1 : 0))]) {
          const evidence = offTarget(bands(target, tolerance), old)
          expect(evidence.logEvidence(counts, sumOf(counts))).not.toBeNaN()
          expect(evidence.leastLogEvidence(counts, unclassified)).not.toBeNaN()
          expect(evidence.samplesToReach(4.6, counts, unclassified)).toBeGreaterThanOrEqual(0)
        }
      },
    ),
    { seed: 9 },
  )
})

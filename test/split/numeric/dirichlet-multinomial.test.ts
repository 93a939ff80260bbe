import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dirichletMultinomial } from '../../../src/split/numeric/dirichlet-multinomial.ts'

function countsOf(samples: readonly number[], destinations: number): number[] {
  const counts = Array.from({ length: destinations }, () => 0)
  for (const sample of samples) counts[sample] = (counts[sample] ?? 0) + 1
  return counts
}

test('the sequential p-value of the published regression test of ssrm comes out', () => {
  const shares = [0.1, 0.5, 0.4]
  const factor = dirichletMultinomial(
    shares,
    shares.map((share) => 10_000 * share),
  )
  const samples = [3, 3, 3, 3, 1, 3, 3, 1, 2, 3].map((number) => number - 1)
  let p = 1
  for (let seen = 1; seen <= samples.length; seen++) {
    p = Math.min(p, Math.exp(-factor(countsOf(samples.slice(0, seen), 3), seen)))
  }
  expect(Math.abs(p - 0.9980534145723241)).toBeLessThan(1e-9)
})

test('counts give the same as one factor a sample, in any order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 200 }),
      fc.double({ min: 0.1, max: 50, noNaN: true }),
      (samples, parameter) => {
        const shares = [0.7, 0.2, 0.1]
        const factor = dirichletMultinomial(shares, [parameter, parameter, parameter])
        const counts = [0, 0, 0]
        let bySample = 0
        for (const [before, sample] of samples.entries()) {
          const count = counts[sample] ?? 0
          bySample += Math.log(
            (parameter + count) / ((3 * parameter + before) * (shares[sample] ?? 0)),
          )
          counts[sample] = count + 1
        }
        expect(factor(counts, samples.length)).toBeCloseTo(bySample, 8)
      },
    ),
    { seed: 1 },
  )
})

test('under the shares its mean stays 1', () => {
  const shares = [0.3, 0.7]
  const factor = dirichletMultinomial(shares, [0.5, 0.5])
  for (const samples of [1, 2, 7]) {
    let mean = 0
    for (let outcome = 0; outcome < 2 ** samples; outcome++) {
      const hits = outcome.toString(2).replaceAll('0', '').length
      const probability = 0.3 ** hits * 0.7 ** (samples - hits)
      mean += probability * Math.exp(factor([hits, samples - hits], samples))
    }
    expect(mean).toBeCloseTo(1, 10)
  }
})

test('a destination without a share refutes the shares once it is seen, and not before', () => {
  const factor = dirichletMultinomial([0, 1], [0.5, 0.5])
  expect(factor([1, 5], 6)).toBe(Number.POSITIVE_INFINITY)
  expect(factor([0, 5], 5)).toBeLessThan(0)
})

import { expect, test } from 'vitest'
import { sampleFrom, seededRandom } from '../../../kit/split/samples.ts'
import { dependence } from '../../../src/split/judge/dependence.ts'

function evidenceOf(destinations: number, samples: Iterable<number>): number {
  const seen = dependence(destinations)
  for (const sample of samples) seen.observe(sample)
  return seen.logEvidence()
}

test('the evidence of dependence is the Krichevsky-Trofimov estimate of the chain over the likeliest independent shares', () => {
  // 0 0 1 0 1: from 0 to 0, 1, 1 and from 1 to 0.
  const markov = (0.5 / 1) * (0.5 / 2) * (0.5 / 1) * (1.5 / 3)
  const independent = 0.5 ** 2 * 0.5 ** 2
  expect(Math.exp(evidenceOf(2, [0, 0, 1, 0, 1]))).toBeCloseTo(markov / independent, 12)
})

test('a client that is pinned in blocks, alternates or cycles is detected', () => {
  const blocks = Array.from({ length: 400 }, (_, i) => Math.floor(i / 20) % 2)
  const turns = Array.from({ length: 100 }, (_, i) => i % 2)
  const cycle = Array.from({ length: 100 }, (_, i) => i % 3)
  for (const [destinations, samples] of [
    [2, blocks],
    [2, turns],
    [3, cycle],
  ] as const) {
    expect(evidenceOf(destinations, samples)).toBeGreaterThan(Math.log(1e5))
  }
})

test('independent samples reach 1/alpha in at most alpha of the runs', () => {
  const random = seededRandom(12)
  let reached = 0
  for (let run = 0; run < 500; run++) {
    const seen = dependence(2)
    for (let sample = 0; sample < 400; sample++) {
      seen.observe(sampleFrom([0.2, 0.8], random))
      if (seen.logEvidence() >= Math.log(1 / 0.05)) {
        reached++
        break
      }
    }
  }
  expect(reached).toBeLessThanOrEqual(25)
})

test('one destination alone, and no samples at all, are no evidence', () => {
  expect(
    evidenceOf(
      1,
      Array.from({ length: 1000 }, () => 0),
    ),
  ).toBeCloseTo(0, 9)
  expect(evidenceOf(3, [])).toBe(0)
  expect(
    evidenceOf(
      2,
      Array.from({ length: 1_000_000 }, () => 1),
    ),
  ).toBeLessThan(0)
})

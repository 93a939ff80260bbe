import { expect, test } from 'vitest'
import { overdispersion } from '../../../src/split/counts/overdispersion.ts'
import { seededUniform } from '../../../src/split/numeric/seeded-uniform.ts'

/** ln of the beta-binomial likelihood of one order, sample by sample: a Polya urn. */
function urn(hits: number, misses: number, mean: number, correlated: number): number {
  const total = (1 - correlated) / correlated
  let log = 0
  for (let i = 0; i < hits; i++) log += Math.log((mean * total + i) / (total + i))
  for (let i = 0; i < misses; i++) log += Math.log(((1 - mean) * total + i) / (total + hits + i))
  return log
}

test('the evidence is the mean over design effects of the likelihood of batches that differ', () => {
  const evidence = overdispersion([0.2, 0.8])
  evidence.observe([9, 11])
  evidence.observe([1, 29])
  const terms = [2, 5, 20, 100].map((effect) => {
    const first = urn(9, 11, 0.2, Math.min(0.9, (effect - 1) / 19))
    const second = urn(1, 29, (9 + 20 * 0.2) / 40, Math.min(0.9, (effect - 1) / 29))
    return Math.exp(first + second - 10 * Math.log(0.2) - 40 * Math.log(0.8))
  })
  const mean = terms.reduce((sum, one) => sum + one, 0) / 4
  expect(evidence.logEvidence()).toBeCloseTo(Math.log(mean), 10)
})

test('no batches, and destinations that have all or nothing, are no evidence', () => {
  expect(overdispersion([0.2, 0.8]).logEvidence()).toBeLessThanOrEqual(0)
  const certain = overdispersion([0, 1])
  certain.observe([0, 100])
  expect(certain.logEvidence()).toBe(Number.NEGATIVE_INFINITY)
})

test('of three destinations, one that depends is enough', () => {
  const evidence = overdispersion([0.5, 0.3, 0.2])
  for (let i = 0; i < 10; i++) evidence.observe(i % 2 === 0 ? [50, 50, 0] : [50, 10, 40])
  expect(evidence.logEvidence()).toBeGreaterThan(Math.log(100))
})

test('independent samples of any share are called dependent no more often than promised', () => {
  const uniform = seededUniform(5)
  let alarms = 0
  for (let run = 0; run < 500; run++) {
    const evidence = overdispersion([0.2, 0.8])
    for (let batch = 0; batch < 100; batch++) {
      const samples = 4 + Math.floor(uniform() * 30)
      let hits = 0
      for (let i = 0; i < samples; i++) if (uniform() < 0.35) hits += 1
      evidence.observe([hits, samples - hits])
      if (evidence.logEvidence() < Math.log(100)) continue
      alarms += 1
      break
    }
  }
  expect(alarms).toBeLessThanOrEqual(5)
})

test('a design effect is possible until batches differ too little for it', () => {
  const level = Math.log(100)
  const evidence = overdispersion([0.2, 0.8])
  expect(evidence.possibleEffects(level)).toEqual([1, 2, 5, 20, 100])
  const uniform = seededUniform(7)
  const observe = (batches: number) => {
    for (let batch = 0; batch < batches; batch++) {
      let hits = 0
      for (let i = 0; i < 200; i++) if (uniform() < 0.2) hits += 1
      evidence.observe([hits, 200 - hits])
    }
  }
  observe(10)
  expect(evidence.possibleEffects(level).map(Math.round)).toEqual([1, 2])
  observe(70)
  expect(evidence.possibleEffects(level)).toEqual([1])
})

test('a batch of five samples has no larger design effect than five', () => {
  const evidence = overdispersion([0.2, 0.8])
  evidence.observe([1, 4])
  expect(Math.max(...evidence.possibleEffects(Math.log(100)))).toBeLessThanOrEqual(5)
})

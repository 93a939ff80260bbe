import { expect, test } from 'vitest'
import { logBeta, logGamma } from '../../../src/split/numeric/log-gamma.ts'

test('half-integers and integers have their closed forms', () => {
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14)
  expect(logGamma(1)).toBeCloseTo(0, 14)
  expect(logGamma(2)).toBeCloseTo(0, 14)
  expect(logGamma(11)).toBeCloseTo(Math.log(3628800), 13)
  expect(logGamma(10.5)).toBeCloseTo(Math.log(1133278.3889487856), 13)
})

test('a million factors add up to ln of a million factorial', () => {
  let sum = 0
  let lost = 0
  for (let factor = 2; factor <= 1_000_000; factor++) {
    const term = Math.log(factor) - lost
    const next = sum + term
    lost = next - sum - term
    sum = next
  }
  expect(logGamma(1_000_001) / sum).toBeCloseTo(1, 14)
})

test('each step of 1 multiplies by the argument, on both sides of where the series begins', () => {
  for (const x of [0.003, 0.1, 0.5, 3.7, 8.999, 9.999, 10, 10.001, 55.5, 12345.678]) {
    expect(logGamma(x + 1) - logGamma(x)).toBeCloseTo(Math.log(x), 10)
  }
})

test('the exact binomial test of R gives p = .2983720970096 for 20 of 100 against .25', () => {
  const logProbability = (hits: number) =>
    logGamma(101) -
    logGamma(hits + 1) -
    logGamma(101 - hits) +
    hits * Math.log(0.25) +
    (100 - hits) * Math.log(0.75)
  const observed = logProbability(20)
  let p = 0
  for (let hits = 0; hits <= 100; hits++) {
    if (logProbability(hits) <= observed + 1e-7) p += Math.exp(logProbability(hits))
  }
  expect(p).toBeCloseTo(0.2983720970096, 12)
})

test('the beta function of 2 and 3 is 1/12', () => {
  expect(Math.exp(logBeta(2, 3))).toBeCloseTo(1 / 12, 14)
})

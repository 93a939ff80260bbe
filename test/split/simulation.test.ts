import { expect, test } from 'vitest'
import {
  judgeSamples,
  meanSamples,
  partOf,
  sampleFrom,
  seededRandom,
  simulateAttempts,
  verifyRules,
} from '../../kit/split/samples.ts'

test('three destinations at 80, 10 and 10 take about 845 connections on average', () => {
  const outcomes = simulateAttempts(
    1500,
    5,
    verifyRules([0.8, 0.1, 0.1], 0.05, 0.01),
    [0.8, 0.1, 0.1],
  )
  expect(Math.abs(meanSamples(outcomes) / 845 - 1)).toBeLessThan(0.03)
  expect(partOf(outcomes, 'off-target')).toBeLessThanOrEqual(0.01)
})

test('three destinations pass in at most 1% of the attempts where one of them is on its margin', () => {
  for (const truth of [
    [0.85, 0.05, 0.1],
    [0.75, 0.15, 0.1],
  ]) {
    const outcomes = simulateAttempts(500, 6, verifyRules([0.8, 0.1, 0.1], 0.05, 0.01), truth)
    expect(partOf(outcomes, 'pass')).toBeLessThanOrEqual(0.015)
  }
})

test('one lost connection in 200 costs some connections and changes no decision', () => {
  const rules = verifyRules([0.2, 0.8], 0.05, 0.01)
  const random = seededRandom(7)
  const outcomes = Array.from({ length: 300 }, () =>
    judgeSamples(rules, () => (random() < 0.005 ? -1 : sampleFrom([0.2, 0.8], random))),
  )
  expect(partOf(outcomes, 'no-reply')).toBeLessThanOrEqual(0.004)
  expect(partOf(outcomes, 'off-target')).toBeLessThanOrEqual(0.012)
  expect(meanSamples(outcomes)).toBeGreaterThan(900)
  expect(meanSamples(outcomes)).toBeLessThan(1300)
})

test('where more than 1 in 100 is lost every attempt ends as no-reply sooner or later', () => {
  const rules = verifyRules([0.2, 0.8], 0.001, 0.01)
  const random = seededRandom(8)
  const outcomes = Array.from({ length: 100 }, () =>
    judgeSamples(rules, () => (random() < 0.1 ? -1 : sampleFrom([0.2, 0.8], random))),
  )
  expect(partOf(outcomes, 'no-reply')).toBe(1)
  expect(meanSamples(outcomes)).toBeLessThan(150)
})

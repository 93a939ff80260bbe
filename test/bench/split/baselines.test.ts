import { expect, test } from 'vitest'
import { measureSequence } from '../../../bench/split/baselines.ts'
import { GATES, type Gate, gateOutcome } from '../../../bench/split/gates.ts'

test('watching the interval at 20 +-5, 1% takes 1,137 connections on average and errs less than it may', () => {
  const sequence = measureSequence({ target: 0.2, tolerance: 0.05, error: 0.01 })
  expect(sequence.mean).toBeCloseTo(1137.4, 1)
  expect(sequence.p90).toBe(1605)
  expect(sequence.passOnTarget).toBeCloseTo(0.9943, 4)
  expect(sequence.passBeyond).toBeCloseTo(0.0018, 4)
})

function gate(name: string): Gate {
  const found = GATES.find((one) => one.name === name)
  if (found === undefined) throw new RangeError(name)
  return found
}

test('ten calls see both versions with a chance of 1 - .8^10 - .2^10', () => {
  const { pass, meanCalls } = gateOutcome(gate('ten calls, both seen'), 0.2, 0.2)
  expect(pass).toBeCloseTo(1 - 0.8 ** 10 - 0.2 ** 10, 12)
  expect(meanCalls).toBe(10)
})

test('ten calls at 0% pass without a hit only', () => {
  expect(gateOutcome(gate('ten calls, both seen'), 0, 0.1).pass).toBeCloseTo(0.9 ** 10, 12)
})

test('one of ten attempts of 500 within 5 points passes what is 5 points off 999 times in 1,000', () => {
  const conformance = gate('500 calls within 5, any of 10')
  expect(gateOutcome(conformance, 0.2, 0.25).pass).toBeCloseTo(0.9994, 4)
  expect(gateOutcome(conformance, 0.2, 0.15).pass).toBeCloseTo(0.9993, 4)
  expect(gateOutcome(conformance, 0.2, 0.3).pass).toBeCloseTo(0.0739, 4)
})

test('three good rounds in a row take three rounds at least and are rarer than one', () => {
  const one = { ...gate('100 calls within 10, any round'), rounds: 1 }
  const good = gateOutcome(one, 0.2, 0.3).pass
  const three = { ...gate('100 calls within 10, 3 in a row'), rounds: 4 }
  const { pass, meanCalls } = gateOutcome(three, 0.2, 0.3)
  // Good from the first on, or bad at first and good from then on.
  expect(pass).toBeCloseTo(good ** 3 + (1 - good) * good ** 3, 12)
  expect(meanCalls).toBeCloseTo(100 * (4 - good ** 3), 9)
})

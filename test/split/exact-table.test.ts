import { expect, test } from 'vitest'
import {
  type ExactAttempt,
  exactAttempt,
  exactAttemptFromFirstSample,
  type PlainRules,
} from '../../bench/split/exact-attempt.ts'
import { leastMean } from '../../bench/split/optimum.ts'

/**
 * Exact figures of one attempt between two destinations with all of the error. `alphaForFail` is the whole
 * alpha of which the off-target test has nine tenths.
 */
type More = { old?: number[]; alphaForFail?: number; mostSamples?: number }

function rulesFor(target: number, tolerance: number, error: number, more: More = {}): PlainRules {
  return {
    target: [target, 1 - target],
    tolerance: [tolerance, tolerance],
    alpha: more.alphaForFail ?? error,
    beta: error,
    hypotheses: 1,
    ...(more.old && { old: more.old }),
  }
}

function exact(
  target: number,
  truth: number,
  tolerance: number,
  error: number,
  more: More = {},
): ExactAttempt {
  const stop = more.mostSamples === undefined ? {} : { samples: more.mostSamples }
  return exactAttempt(rulesFor(target, tolerance, error, more), truth, stop)
}

const asked20 = exact(0.2, 0.2, 0.05, 0.01)

// The published means and percentiles are of margin tests that look from the first sample on, and leave the
// no-reply test's tenth of alpha to the off-target test. They hold the computation to the literature.
const LOOKING_AT_ONCE = [
  { target: 0.2, truth: 0.2, tolerance: 0.05, error: 0.01, mean: 855, p90: 1342 },
  { target: 0.2, truth: 0.2, tolerance: 0.05, error: 0.05, mean: 561, p90: 943 },
  { target: 0.5, truth: 0.5, tolerance: 0.05, error: 0.01, mean: 1330, p90: 2080 },
  { target: 0.01, truth: 0.01, tolerance: 0.01, error: 0.01, mean: 1468, p90: 2532 },
  { target: 0.2, truth: 0.2, tolerance: 0.1, error: 0.01, mean: 214, p90: 342 },
  { target: 0.2, truth: 0.3, tolerance: 0.05, error: 0.01, mean: 240, p90: 402 },
]

test.each(LOOKING_AT_ONCE)(
  'looking at once, asked $target, true $truth, tolerance $tolerance, error $error: mean $mean, 90% by $p90',
  ({ target, truth, tolerance, error, mean, p90 }) => {
    const rules = rulesFor(target, tolerance, error, { alphaForFail: error / 0.9 })
    const result = exactAttemptFromFirstSample(rules, truth)
    expect(Math.abs(result.mean - mean)).toBeLessThanOrEqual(1)
    expect(result.quantile(0.9)).toBe(p90)
  },
)

// What an attempt really takes, and the least that any rule could, which fails on less than evidence.
const AS_JUDGED = [
  { target: 0.2, tolerance: 0.05, error: 0.01, mean: 821.5, p90: 1275, p999: 3040, least: 807.9 },
  { target: 0.2, tolerance: 0.05, error: 0.05, mean: 539.2, p90: 880, p999: 2240, least: 510.8 },
  { target: 0.5, tolerance: 0.05, error: 0.01, mean: 1277.1, p90: 1969, p999: 4609, least: 1259.6 },
  {
    target: 0.01,
    tolerance: 0.01,
    error: 0.01,
    mean: 1469.6,
    p90: 2532,
    p999: 6412,
    least: 1444.4,
  },
  { target: 0.2, tolerance: 0.1, error: 0.01, mean: 206.4, p90: 328, p999: 808, least: 200.8 },
]

test.each(AS_JUDGED)(
  'asked $target, tolerance $tolerance, error $error: mean $mean where no rule does with less than $least',
  ({ target, tolerance, error, mean, p90, p999, least }) => {
    const standard = target === 0.2 && tolerance === 0.05 && error === 0.01
    const result = standard ? asked20 : exact(target, target, tolerance, error)
    expect(result.mean).toBeCloseTo(mean, 1)
    expect(result.quantile(0.9)).toBe(p90)
    expect(result.quantile(0.999)).toBe(p999)
    expect(leastMean({ target, tolerance, error })).toBeCloseTo(least, 1)
    expect(result.mean / least).toBeLessThan(1.06)
  },
)

test('a rule that may not give up without evidence needs 822 connections at least, where ours needs 821.5', () => {
  const wanted = { target: 0.2, tolerance: 0.05, error: 0.01, mayGiveUp: false }
  expect(leastMean(wanted)).toBeCloseTo(822, 1)
})

test('a gateway that sends nothing where a fifth is asked fails after 35 samples, 28 if it did so before', () => {
  const unknown = exact(0.2, 0, 0.05, 0.01)
  expect(unknown.offTarget).toBe(1)
  expect(unknown.quantile(0.999)).toBe(35)
  expect(exact(0.2, 0, 0.05, 0.01, { old: [0, 1] }).quantile(0.999)).toBe(28)
})

test('the exact weights fail in .72% of the attempts, within the promised 1%', () => {
  expect(asked20.offTarget).toBeCloseTo(0.0072, 4)
  expect(asked20.pass).toBeCloseTo(0.9928, 4)
})

test('a true share on a margin passes in .92% and .97% of the attempts, within the promised 1%', () => {
  expect(exact(0.2, 0.15, 0.05, 0.01).pass).toBeCloseTo(0.0092, 4)
  expect(exact(0.2, 0.25, 0.05, 0.01).pass).toBeCloseTo(0.0097, 4)
})

test('500, 1000 and 2000 samples leave 99.6%, 21% and 1.5% of the attempts undecided', () => {
  expect(asked20.undecidedAfter(500)).toBeCloseTo(0.9959, 4)
  expect(asked20.undecidedAfter(1000)).toBeCloseTo(0.2126, 4)
  expect(asked20.undecidedAfter(2000)).toBeCloseTo(0.0146, 4)
})

test('half way between target and margin both decisions are about as frequent', () => {
  const halfWay = exact(0.2, 0.225, 0.05, 0.01)
  expect(halfWay.pass).toBeCloseTo(0.5248, 4)
  expect(halfWay.offTarget).toBeCloseTo(0.4752, 4)
})

test('shares beyond a margin pass less often than on it', () => {
  const onMargin = exact(0.2, 0.25, 0.05, 0.05).pass
  const beyond = exact(0.2, 0.26, 0.05, 0.05).pass
  expect(beyond).toBeLessThan(onMargin)
  expect(onMargin).toBeLessThanOrEqual(0.05)
})

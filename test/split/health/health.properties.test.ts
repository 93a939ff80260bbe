import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aboveRate, suspectedAbove } from '../../../src/split/health/above-rate.ts'
import { belowLimit } from '../../../src/split/health/below-limit.ts'
import { comparison } from '../../../src/split/health/compare.ts'
import { rateDetector } from '../../../src/split/watch/rate-detector.ts'
import { startStakes } from '../../../src/split/watch/stakes.ts'

const share = fc.double({ min: 0.001, max: 0.999, noNaN: true })
const count = fc.integer({ min: 0, max: 400 })
const ROUNDING = 1 + 1e-9

describe('evidence that a rate is below its limit', () => {
  test('falls on average with each sample whose chance of an event is the limit or more', () => {
    fc.assert(
      fc.property(share, share, count, count, (limit, excess, events, others) => {
        const rate = limit + excess * (1 - limit)
        const { logEvidence } = belowLimit(limit)
        const now = logEvidence(events + others, events)
        const event = Math.exp(logEvidence(events + others + 1, events + 1) - now)
        const other = Math.exp(logEvidence(events + others + 1, events) - now)
        for (const chance of [limit, rate])
          expect(chance * event + (1 - chance) * other).toBeLessThanOrEqual(ROUNDING)
      }),
    )
  })

  test('starts at 1, falls with an event, and rises by no more than its largest step', () => {
    fc.assert(
      fc.property(share, count, count, (limit, events, others) => {
        const { logEvidence, largestStep } = belowLimit(limit)
        const samples = events + others
        expect(logEvidence(0, 0)).toBeCloseTo(0, 12)
        expect(logEvidence(samples + 1, events + 1)).toBeLessThan(logEvidence(samples, events))
        const step = logEvidence(samples + 1, events) - logEvidence(samples, events)
        expect(step).toBeLessThanOrEqual(largestStep + 1e-9)
      }),
    )
  })
})

test('evidence that a rate is above another falls on average while it is not', () => {
  fc.assert(
    fc.property(share, share, count, count, (rate, part, events, others) => {
      const logEvidence = aboveRate(rate)
      const now = logEvidence(events, others)
      const event = Math.exp(logEvidence(events + 1, others) - now)
      const other = Math.exp(logEvidence(events, others + 1) - now)
      for (const chance of [rate, rate * part])
        expect(chance * event + (1 - chance) * other).toBeLessThanOrEqual(ROUNDING)
    }),
  )
})

describe('evidence that a destination has a higher error rate', () => {
  /** The most that the evidence can be on average at any stop that the samples choose. */
  function mostExpected(target: number, own: number, rates: readonly number[]): number {
    const logEvidence = comparison(target)
    const value = (counts: readonly [number, number, number, number], at: number): number => {
      const now = Math.exp(logEvidence(...counts))
      const rate = rates[at]
      if (rate === undefined) return now
      const [ok, errors, othersOk, othersErrors] = counts
      const next =
        own * (1 - rate) * value([ok + 1, errors, othersOk, othersErrors], at + 1) +
        own * rate * value([ok, errors + 1, othersOk, othersErrors], at + 1) +
        (1 - own) * (1 - rate) * value([ok, errors, othersOk + 1, othersErrors], at + 1) +
        (1 - own) * rate * value([ok, errors, othersOk, othersErrors + 1], at + 1)
      return Math.max(now, next)
    }
    return value([0, 0, 0, 0], 0)
  }

  test('is at most 1 on average where all have the same error rate, at any share, any rates and any stop', () => {
    const rates = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 1,
      maxLength: 5,
    })
    fc.assert(
      fc.property(share, share, rates, (target, own, common) => {
        expect(mostExpected(target, own, common)).toBeLessThanOrEqual(ROUNDING)
      }),
      { numRuns: 60 },
    )
  })
})

describe('stakes', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 60 })

  test('never sum to more than 1, whatever comes and however often a test starts over', () => {
    fc.assert(
      fc.property(fc.nat(1000), gaps, fc.nat(60), fc.nat(60), (seconds, waits, watched, again) => {
        const stakes = startStakes(seconds)
        let ms = 0
        let sum = 0
        waits.forEach((wait, index) => {
          ms += wait
          if (index === watched) stakes.lastUntil(ms, ms + 60_000)
          if (index === again) stakes.restart()
          const due = stakes.due(ms)
          expect(due).toBeGreaterThanOrEqual(0)
          sum += due
        })
        expect(sum).toBeLessThanOrEqual(ROUNDING)
      }),
    )
  })

  test('are all placed by the end of a watch, half of them at the start', () => {
    const stakes = startStakes(660)
    let sum = stakes.due(0)
    expect(sum).toBe(0.5)
    for (let second = 1; second <= 60; second++) sum += stakes.due(1000 * second)
    expect(sum).toBeLessThan(0.55)
    stakes.lastUntil(60_000, 660_000)
    const parts = Array.from({ length: 600 }, (_, second) => stakes.due(1000 * (61 + second)))
    expect(parts[0]).toBeCloseTo(parts[599] ?? 0, 9)
    expect(parts.reduce((all, part) => all + part, sum)).toBeCloseTo(1, 9)
  })
})

test('a detector is the sum of the tests that start where its stakes are placed', () => {
  const moments = fc.array(
    fc.record({ stake: fc.constantFrom(0, 0, 0.1), isEvent: fc.boolean() }),
    {
      maxLength: 10,
    },
  )
  fc.assert(
    fc.property(share, moments, (rate, course) => {
      const detector = rateDetector(rate, suspectedAbove(rate))
      const logEvidence = aboveRate(rate)
      for (const { stake, isEvent } of course) {
        detector.place(stake)
        detector.observe(isEvent)
      }
      const sum = course.reduce((all, { stake }, from) => {
        const rest = course.slice(from)
        const events = rest.filter(({ isEvent }) => isEvent).length
        return all + stake * Math.exp(logEvidence(events, rest.length - events))
      }, 0)
      expect(detector.value() / (sum || 1)).toBeCloseTo(sum === 0 ? 0 : 1, 6)
    }),
  )
})

describe('a limit that has no multiple below 1', () => {
  test.each([2 / 3, 0.7, 0.75, 0.99])(
    'of %d can be exceeded after samples without an event',
    (rate) => {
      const logEvidence = aboveRate(rate)
      expect(suspectedAbove(rate)).toEqual([(1 + rate) / 2, 1])
      expect(logEvidence(0, 0)).toBeCloseTo(0, 12)
      expect(logEvidence(5, 1)).toBeGreaterThan(Number.NEGATIVE_INFINITY)
      const mostlyEvents = 20_000
      expect(logEvidence(mostlyEvents, (mostlyEvents * (1 - rate)) / 4)).toBeGreaterThan(
        Math.log(1e6),
      )
    },
  )
})

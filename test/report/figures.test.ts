import { describe, expect, test } from 'vitest'
import { someAttempt, someCheck } from '../../kit/report/run.ts'
import {
  headline,
  intervalPercents,
  observedPercents,
  percent,
  timeText,
} from '../../src/report/figures.ts'

test.each([
  [0, 0],
  [1, 100],
  [0.2, 20],
  [1 / 3, 33.33],
  [0.123456, 12.35],
])('a share of %d is %d percent', (share, percents) => {
  expect(percent(share)).toBe(percents)
})

test('a headline says the verdict and why, but nothing twice', () => {
  expect(headline({ verdict: 'fail', reason: 'no-reply' })).toBe('fail: no-reply')
  expect(headline({ verdict: 'planned', reason: 'planned' })).toBe('planned')
})

describe('observed percents', () => {
  test('are of the recognized samples of the last attempt', () => {
    const check = someCheck({ attempts: [someAttempt({ counts: [1, 399] }), someAttempt()] })
    expect(observedPercents(check)).toEqual({ v1: 80.75, v2: 19.25 })
  })

  test('are not known before an attempt, nor where nothing is recognized', () => {
    expect(observedPercents(someCheck({ attempts: [] }))).toBeUndefined()
    const lost = someAttempt({ samples: 10, unclassified: 10, counts: [0, 0] })
    expect(observedPercents(someCheck({ attempts: [lost] }))).toBeUndefined()
    const none = someAttempt({ samples: 0, unclassified: 0, counts: [0, 0] })
    expect(observedPercents(someCheck({ attempts: [none] }))).toBeUndefined()
  })
})

describe('interval percents', () => {
  test('are of the last attempt, and rounded outward', () => {
    expect(intervalPercents(someCheck())).toEqual({ v1: [75.12, 86], v2: [14, 24.88] })
    const whole = someAttempt({
      intervals: [
        [0, 1],
        [0.123401, 0.123399],
      ],
    })
    expect(intervalPercents(someCheck({ attempts: [whole] }))).toEqual({
      v1: [0, 100],
      v2: [12.34, 12.34],
    })
  })

  test('are not known before an attempt', () => {
    expect(intervalPercents(someCheck({ attempts: [] }))).toBeUndefined()
  })
})

test.each([
  [0, '0 ms'],
  [450.4, '450 ms'],
  [999, '999 ms'],
  [1000, '1 s'],
  [1234, '1.2 s'],
  [119_999, '120 s'],
  [180_000, '3 min'],
])('%d milliseconds are %s', (ms, text) => {
  expect(timeText(ms)).toBe(text)
})

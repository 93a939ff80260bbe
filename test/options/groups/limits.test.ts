import { describe, expect, test } from 'vitest'
import { optionsOf, wrongWith } from '../../../kit/options/reading.ts'

describe('durations', () => {
  test.each([
    ['step-interval', 'stepIntervalMs'],
    ['probe-timeout', 'probeTimeoutMs'],
    ['propagation-timeout', 'propagationTimeoutMs'],
    ['timeout', 'timeoutMs'],
  ])('%s is read as milliseconds', (input, option) => {
    expect(optionsOf({ [input]: '250ms' })).toMatchObject({ [option]: 250 })
    expect(optionsOf({ [input]: '2m' })).toMatchObject({ [option]: 120_000 })
    expect(wrongWith({ [input]: '5' })).toEqual([
      `${input}: "5" has no unit. Did you mean 5s or 5m?`,
    ])
    expect(wrongWith({ [input]: '-5s' })).toEqual([
      `${input} must be a duration such as 250ms, 5s, 2m or 1h, and at most 596h, not "-5s".`,
    ])
  })

  test.each(['probe-timeout', 'timeout'])('%s cannot be 0', (input) => {
    expect(wrongWith({ [input]: '0ms' })).toEqual([`${input} must be longer than 0, not "0ms".`])
  })

  test.each(['step-interval', 'propagation-timeout'])('%s can be 0', (input) => {
    optionsOf({ [input]: '0s' })
  })
})

import { describe, expect, test } from 'vitest'
import { pairedRatio, spreadOf } from '../../../kit/bench/wire/spread.ts'

describe('a spread', () => {
  test('is the median and the quartiles, in whatever order the values come', () => {
    expect(spreadOf([3, 1, 4, 2])).toEqual({ median: 2.5, lower: 1.75, upper: 3.25 })
    expect(spreadOf([7])).toEqual({ median: 7, lower: 7, upper: 7 })
  })

  test('of ratios is taken round by round, so that a slow moment of both cancels out', () => {
    const ours = [100, 10, 50]
    const yardstick = [200, 20, 100]
    expect(pairedRatio(ours, yardstick)).toEqual({ median: 0.5, lower: 0.5, upper: 0.5 })
  })
})

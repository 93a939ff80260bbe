import { describe, expect, test } from 'vitest'
import { atMost, mostAllowed, upperBound } from './binomial.ts'

describe('the binomial distribution', () => {
  test('is exact for known values', () => {
    expect(atMost(0, 10, 0.1)).toBeCloseTo(0.9 ** 10, 12)
    expect(atMost(1, 3, 0.5)).toBeCloseTo(0.5, 12)
    expect(atMost(3, 3, 0.2)).toBeCloseTo(1, 12)
  })

  test('gives the number of hits that refutes a probability', () => {
    expect(mostAllowed(500, 0.01, 0.001)).toBe(13)
    expect(1 - atMost(13, 500, 0.01)).toBeCloseTo(0.000646, 6)
    expect(1 - atMost(12, 500, 0.01)).toBeCloseTo(0.0019, 6)
  })

  test('bounds the probability behind the observed hits', () => {
    expect(upperBound(0, 500, 0.95)).toBeCloseTo(1 - 0.05 ** (1 / 500), 8)
    expect(atMost(4, 500, upperBound(4, 500, 0.95))).toBeCloseTo(0.05, 6)
    expect(upperBound(500, 500, 0.95)).toBe(1)
  })
})

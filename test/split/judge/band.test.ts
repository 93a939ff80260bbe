import { expect, test } from 'vitest'
import { bandsOf } from '../../../src/split/judge/band.ts'

test('a band reaches the tolerance to either side and ends at 0 and 1', () => {
  const [first, second] = bandsOf([0.2, 0.8], [0.05, 0.3])
  expect(first?.low).toBeCloseTo(0.15, 12)
  expect(first?.high).toBeCloseTo(0.25, 12)
  expect(second).toEqual({ share: 0.8, low: 0.5, high: 1 })
})

test('rounding errors of percents do not leave a sliver above 0 or below 1', () => {
  for (let percent = 1; percent < 100; percent++) {
    const share = percent / 100
    expect(bandsOf([share], [share])[0]?.low).toBe(0)
    expect(bandsOf([share], [1 - share])[0]?.high).toBe(1)
    expect(bandsOf([share, 1 - share], [0.5, 1 - (1 - share)])[1]?.high).toBe(1)
  }
})

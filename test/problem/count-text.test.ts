import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countText } from '../../src/problem/count-text.ts'

test('a count has the separators that the locale en-US gives it, and a fraction too', () => {
  for (const count of [0, 7, 999, 1000, -1234, 3_199_175, 2.5, 12_345.678])
    expect(countText(count)).toBe(count.toLocaleString('en-US'))
  fc.assert(
    fc.property(fc.maxSafeInteger(), (count) => {
      expect(countText(count)).toBe(count.toLocaleString('en-US'))
    }),
  )
})

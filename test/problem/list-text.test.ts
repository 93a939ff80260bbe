import { expect, test } from 'vitest'
import { listText, plainList } from '../../src/problem/list-text.ts'

test('a list in a sentence ends with the word and', () => {
  expect(['v1', 'v1 and v2', 'v1, v2 and v3']).toEqual(
    [['v1'], ['v1', 'v2'], ['v1', 'v2', 'v3']].map(listText),
  )
})

test('a long list is cut, and says how many more there are', () => {
  const names = Array.from({ length: 5000 }, (_, index) => `s${index}`)
  expect(listText(names)).toMatch(/^s0, s1, .*, s18 and 4,981 more$/)
  expect(plainList(names)).toMatch(/, s18, 4,981 more$/)
  expect(listText(names.slice(0, 20))).toMatch(/s18 and s19$/)
})

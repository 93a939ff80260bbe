import { expect, test } from 'vitest'
import { bounded } from '../../../src/report/log/bounded.ts'

test('a text that fits is printed whole', () => {
  expect(bounded('x'.repeat(20_000))).toBe('x'.repeat(20_000))
})

test('a longer text keeps its beginning and its end, where the command to paste is', () => {
  const text = bounded(`production is at v1 80%${'because '.repeat(100_000)}kubectl patch`)
  expect(text).toMatch(/^production is at v1 80%/)
  expect(text).toMatch(/kubectl patch$/)
  expect(text).toContain('... (780,036 characters left out) ...')
  expect(text.length).toBeLessThan(20_100)
})

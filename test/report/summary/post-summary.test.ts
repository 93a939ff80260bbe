import { expect, test } from 'vitest'
import { startRedacting } from '../../../src/report/redact/redact.ts'
import { postSummary } from '../../../src/report/summary/post-summary.ts'

test('what post did stands in the summary, and a secret in a text that is cut is not left over by half', () => {
  const redactor = startRedacting()
  redactor.add('the-token')
  const text = `It is: ${'the-token'.repeat(20_000)}`
  const summary = postSummary({ end: 'failed', text }, redactor.redact)
  expect(summary).toMatch(/^## ⛔ killed, and not in order\n\n/)
  expect(summary).toContain('It is: ')
  expect(summary).toContain('(cut here)')
  expect(summary).not.toContain('the-')
})

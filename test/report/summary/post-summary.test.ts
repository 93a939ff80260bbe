import { expect, test } from 'vitest'
import { startRedacting } from '../../../src/report/redact/redact.ts'
import { postSummary } from '../../../src/report/summary/post-summary.ts'

test('the summary has what the post step did, and no half of a secret in a text that is cut', () => {
  const redactor = startRedacting()
  redactor.add('the-token')
  const text = `It is: ${'the-token'.repeat(20_000)}`
  const summary = postSummary({ end: 'failed', text }, redactor.redact)
  expect(summary).toMatch(
    /^## ⛔ The run was killed\. The previous weights could not be restored\.\n\n/,
  )
  expect(summary).toContain('It is: ')
  expect(summary).toContain('(cut here)')
  expect(summary).not.toContain('the-')
})

import { expect, test } from 'vitest'
import { startRedacting } from '../../../src/report/redact/redact.ts'
import { postLine, postSummary } from '../../../src/report/summary/post-summary.ts'

test('the summary has what the post step did, and no half of a secret in a text that is cut', () => {
  const redactor = startRedacting()
  redactor.add('the-token')
  const text = `It is: ${'the-token'.repeat(20_000)}`
  const summary = postSummary({ end: 'failed', text }, false, redactor.redact)
  expect(summary).toMatch(
    /^## ⛔ The run was killed\. The previous weights could not be restored\.\n\n/,
  )
  expect(summary).toContain('It is: ')
  expect(summary).toContain('(cut here)')
  expect(summary).not.toContain('the-')
})

test('a run that ended by itself, and could not restore the weights, is not said to be killed', () => {
  const end = { end: 'failed', text: 'Nothing is restored.' } as const
  const { title } = postLine(end, true)
  const summary = postSummary(end, true, (text) => text)
  expect(summary).toMatch(/^## ⛔ Neither the run nor the post step could restore/)
  expect(`${title} ${summary}`).not.toContain('killed')
})

import { expect, test } from 'vitest'
import { problemsText, problemText } from '../../src/options/problem.ts'

test('a problem names the input, what it got and what it wants, on one line', () => {
  expect(problemText({ input: 'weight', got: 'eighty', wants: 'an integer from 0 to 100' })).toBe(
    'weight: got "eighty"; wants an integer from 0 to 100',
  )
})

test('what was not given is not quoted', () => {
  expect(problemText({ input: 'namespace', got: undefined, wants: 'a name' })).toBe(
    'namespace: wants a name',
  )
})

test('what was given is quoted even where it is empty, and keeps no line of its own', () => {
  expect(problemText({ input: 'kubeconfig', got: '', wants: 'a path' })).toContain('got "";')
  expect(problemText({ input: 'payload', got: 'a\n::error::b', wants: 'x' })).toContain(
    'got "a\\n::error::b";',
  )
})

test('of several problems each is a line, and secrets are out of what was got before it is cut', () => {
  const redact = (text: string) => text.replaceAll('the-token', '***')
  const problems = [
    { input: 'subset', got: `${'x'.repeat(70)}the-token${'y'.repeat(70)}`, wants: 'a name' },
    { input: 'weight', got: undefined, wants: 'a percent' },
  ]
  expect(problemsText(problems, redact)).toBe(
    `subset: got "${'x'.repeat(70)}***yyyy"...; wants a name\nweight: wants a percent`,
  )
})

test('of a long text only the beginning is shown', () => {
  const text = problemText({ input: 'weights', got: 'x'.repeat(10_000), wants: 'a mapping' })
  expect(text).toMatch(/^weights: got "x{77}"\.\.\.; wants a mapping$/)
})

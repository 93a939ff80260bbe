import { expect, test } from 'vitest'
import { problemText } from '../../src/options/problem.ts'

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

test('of a long text only the beginning is shown', () => {
  const text = problemText({ input: 'weights', got: 'x'.repeat(10_000), wants: 'a mapping' })
  expect(text).toMatch(/^weights: got "x{77}"\.\.\.; wants a mapping$/)
})

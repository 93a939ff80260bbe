import { expect, test } from 'vitest'
import { startClassifying } from '../../../../src/evidence/probe/classify.ts'
import type { ConnectionOutcome } from '../../../../src/evidence/probe/connection-outcome.ts'

function classifying(attributesCut = true): (outcome: ConnectionOutcome) => unknown {
  const expect = [
    { destination: 'v1', pattern: /^one/ },
    { destination: 'v2', pattern: /^two/ },
  ]
  return startClassifying({ expect, attributesCut, redact: (text) => text })
}

const COMPLETE: ConnectionOutcome = { kind: 'reply', text: 'two hello' }

test('a reply that breaks off is an error of the destination that its first bytes show', () => {
  const classify = classifying()
  expect(classify(COMPLETE)).toEqual({ kind: 'destination', index: 1, error: false })
  const error = { kind: 'destination', index: 1, error: true }
  expect(classify({ kind: 'reset', incomplete: 'two hel' })).toEqual({
    ...error,
    detail: 'reset after two hel',
  })
  expect(classify({ kind: 'timeout', incomplete: 'two hel' })).toEqual({
    ...error,
    detail: 'timeout after two hel',
  })
  expect(classify({ kind: 'reply', text: 'two hel', unfinished: true })).toEqual({
    ...error,
    detail: 'closed after two hel',
  })
})

test('a destination that never completes a reply does not cut one short', () => {
  const classify = classifying()
  expect(classify({ kind: 'reply', text: 'two', unfinished: true })).toEqual({
    kind: 'destination',
    index: 1,
    error: false,
  })
  expect(classify({ kind: 'timeout', incomplete: 'two' })).toMatchObject({ kind: 'unclassified' })
  // The same text with its line feed shows that lines of this server do end.
  classify({ kind: 'reply', text: 'two' })
  expect(classify({ kind: 'reply', text: 'two', unfinished: true })).toMatchObject({ error: true })
})

test('a connection that breaks off without telling bytes shows no destination', () => {
  const classify = classifying()
  classify(COMPLETE)
  for (const outcome of [
    { kind: 'reset' },
    { kind: 'reset', incomplete: 't' },
    { kind: 'timeout' },
    { kind: 'closed' },
  ] as const)
    expect(classify(outcome)).toMatchObject({ kind: 'unclassified', why: outcome.kind })
})

test('a connection whose reply ends as soon as it is recognized has no errors', () => {
  const classify = classifying(false)
  expect(classify(COMPLETE)).toEqual({ kind: 'destination', index: 1 })
  expect(classify({ kind: 'reset', incomplete: 'two hel' })).toMatchObject({ kind: 'unclassified' })
})

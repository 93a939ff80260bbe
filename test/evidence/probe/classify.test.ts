import { describe, expect, test } from 'vitest'
import { startClassifying } from '../../../src/evidence/probe/classify.ts'
import type { ConnectionOutcome } from '../../../src/evidence/probe/connection-outcome.ts'
import type { Expectation } from '../../../src/evidence/probe/expectation.ts'
import { startRedacting } from '../../../src/report/redact/redact.ts'

const EXPECT: Expectation[] = [
  { destination: 'v1', pattern: /^one / },
  { destination: 'v2', pattern: /two/ },
]

const SECRET = 'the-token'
const redactor = startRedacting()
redactor.add(SECRET)
const { redact } = redactor

function classify(outcome: ConnectionOutcome, expectations = EXPECT) {
  return startClassifying({ expect: expectations, redact })(outcome)
}

function reply(text: string): ConnectionOutcome {
  return { kind: 'reply', text }
}

describe('a reply', () => {
  test('that one expression matches comes from its destination', () => {
    expect(classify(reply('one hello'))).toEqual({ kind: 'destination', index: 0 })
    expect(classify(reply('say two'))).toEqual({ kind: 'destination', index: 1 })
  })

  test('that none matches is unknown, and its beginning is kept', () => {
    expect(classify(reply(`three ${'x'.repeat(200)}`))).toEqual({
      kind: 'unclassified',
      why: 'unknown reply',
      detail: `three ${'x'.repeat(114)}`,
    })
    expect(classify(reply(''))).toMatchObject({ why: 'unknown reply', detail: '' })
  })

  test.each([
    ['unknown', reply(`three ${SECRET.repeat(100)}`)],
    ['ambiguous', reply(`one two ${SECRET.repeat(100)}`)],
    ['failed', { kind: 'failed', why: SECRET.repeat(100) } as const],
  ])('of which a secret would be cut in two is redacted before: %s', (_, outcome) => {
    const detail = expect.stringMatching(/^(three |one two )?\*{100,240}$/)
    expect(classify(outcome)).toMatchObject({ kind: 'unclassified', detail })
  })

  test('that none matches and that was cut at its greatest length is a truncated reply', () => {
    const truncated = { kind: 'reply', text: `three ${'x'.repeat(200)}`, truncated: true } as const
    expect(classify(truncated)).toMatchObject({ kind: 'unclassified', why: 'truncated reply' })
    expect(classify({ ...truncated, text: 'one more' })).toEqual({ kind: 'destination', index: 0 })
  })

  test('that two match is ambiguous', () => {
    expect(classify(reply('one two'))).toEqual({
      kind: 'unclassified',
      why: 'ambiguous reply',
      detail: 'one two',
    })
  })

  test('is classified the same each time, the many different ones too', () => {
    const classifying = startClassifying({ expect: EXPECT, redact })
    for (const _ of [1, 2])
      for (let i = 0; i < 300; i += 1) {
        const text = i % 3 === 0 ? `one ${i}` : i % 3 === 1 ? `two ${i}` : `three ${i}`
        const index = [0, 1, undefined][i % 3]
        expect(classifying(reply(text))).toMatchObject(
          index === undefined ? { why: 'unknown reply', detail: text } : { index },
        )
      }
  })
})

describe('what another reply-until would see', () => {
  test('is kept of a reply that no expression matches and that was cut at its line feed', () => {
    const whole = 'say\ntwo and more'
    expect(classify({ kind: 'reply', text: 'say', whole })).toEqual({
      kind: 'unclassified',
      why: 'unknown reply',
      detail: 'say',
      beyond: { text: whole, matches: true },
    })
    expect(classify({ kind: 'reply', text: 'say', whole: 'say\nnothing' })).toMatchObject({
      beyond: { matches: false },
    })
  })

  test('does not matter where the first line is recognized', () => {
    const met = { kind: 'reply', text: 'one hello', whole: 'one hello\ntwo' } as const
    expect(classify(met)).toEqual({ kind: 'destination', index: 0 })
  })

  test('is kept of a connection that timed out with a part of a reply', () => {
    expect(classify({ kind: 'timeout', incomplete: 'one N' })).toEqual({
      kind: 'unclassified',
      why: 'timeout',
      detail: 'one N',
      beyond: { text: 'one N', matches: true },
    })
  })

  test('is shown without secrets, and cut', () => {
    const met = { kind: 'reply', text: 'a', whole: `a\n${SECRET.repeat(100)}` } as const
    const beyond = { text: expect.stringMatching(/^a\n\*{100,120}$/), matches: false }
    expect(classify(met)).toMatchObject({ beyond })
  })
})

describe('a connection without a reply', () => {
  test.each(['closed', 'reset', 'refused', 'connect timeout', 'timeout'] as const)(
    '%s is that',
    (kind) => {
      expect(classify({ kind })).toEqual({ kind: 'unclassified', why: kind, detail: '' })
    },
  )

  test('that failed otherwise keeps what the system said', () => {
    expect(classify({ kind: 'failed', why: 'EHOSTUNREACH' })).toEqual({
      kind: 'unclassified',
      why: 'failed',
      detail: 'EHOSTUNREACH',
    })
  })

  test('because the client is at its own limit says nothing of the gateway', () => {
    expect(classify({ kind: 'client-limit', why: 'EMFILE' })).toEqual({
      kind: 'client-limit',
      why: 'EMFILE',
    })
  })
})

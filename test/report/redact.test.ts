import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mermaidText } from '../../src/report/picture.ts'
import { escaped, escapedHtml } from '../../src/report/plain-text.ts'
import { startRedacting } from '../../src/report/redact.ts'

function redacting(...secrets: string[]) {
  const redactor = startRedacting()
  for (const secret of secrets) redactor.add(secret)
  return redactor.redact
}

describe('a secret', () => {
  test('is replaced wherever it stands', () => {
    const redact = redacting('s3cr3t')
    expect(redact('token s3cr3t, again:s3cr3ts3cr3t')).toBe('token ***, again:******')
    expect(redact('nothing of it')).toBe('nothing of it')
  })

  test('may have characters that are special in a pattern', () => {
    expect(redacting('a.b*c$&(')('x a.b*c$&( y aXbbc$&(')).toBe('x *** y aXbbc$&(')
  })

  test('is replaced whole where another is a part of it, in whatever order they were told', () => {
    for (const secrets of [
      ['part', 'a-part-of-it'],
      ['a-part-of-it', 'part'],
    ])
      expect(redacting(...secrets)('a-part-of-it part')).toBe('*** ***')
  })

  test('that is too short to be told from other text is left', () => {
    expect(redacting('abc', '')('abc')).toBe('abc')
    expect(redacting('abcd')('abcd')).toBe('***')
  })

  test('told later is replaced from then on', () => {
    const redactor = startRedacting()
    expect(redactor.redact('later')).toBe('later')
    redactor.add('later')
    expect(redactor.redact('later')).toBe('***')
  })
})

describe('a secret in another form', () => {
  const SECRET = 'ey_J0:oken/+<"s3cr3t\\>|`'

  test.each([
    ['base64', Buffer.from(SECRET).toString('base64')],
    ['base64 without padding', Buffer.from(SECRET).toString('base64').replace(/=+$/, '')],
    ['base64 for URLs', Buffer.from(SECRET).toString('base64url')],
    ['URL-encoded', encodeURIComponent(SECRET)],
    ['hexadecimal', Buffer.from(SECRET).toString('hex')],
    ['JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['Markdown', escaped(`x ${SECRET}`).slice(2)],
    ['HTML', escapedHtml(SECRET)],
  ])('such as %s is replaced', (_, form) => {
    expect(redacting(SECRET)(`a ${form} b`)).toMatch(/^a \*\*\*=* b$/)
  })

  test('such as base64 with a line feed behind it is replaced but for the last characters', () => {
    for (const secret of ['ab-secret-token', 'abc-secret-token', 'abcd-secret-token']) {
      const form = Buffer.from(`${secret}\n`).toString('base64')
      expect(redacting(secret)(form)).toMatch(/^\*\*\*.{0,4}$/)
    }
  })

  test('such as what begins with a dash is replaced at the beginning and within', () => {
    const redact = redacting('-a_b_c')
    expect(redact(escaped('-a_b_c and -a_b_c'))).toBe('*** and ***')
  })

  test('is replaced in Markdown, HTML and JSON, whatever it is and wherever it stands', () => {
    const word = fc
      .string({ minLength: 4 })
      .filter((text) => text.trim() === text && !/\s/.test(text))
    fc.assert(
      fc.property(word, fc.boolean(), (secret, first) => {
        // What three stars and four characters around it have in common with it says nothing.
        fc.pre(!'*** aaaa'.includes(secret) && !'{"told":"a '.includes(secret))
        const redact = redacting(secret)
        const text = first ? secret : `a ${secret}`
        for (const written of [
          escaped(text),
          escapedHtml(text),
          mermaidText(text),
          JSON.stringify({ told: text }),
        ]) {
          expect(redact(written)).toContain('***')
        }
        expect(JSON.parse(redact(JSON.stringify([text])))[0]).not.toContain(secret)
      }),
      { seed: 1, numRuns: 300 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escaped, escapedHtml } from '../../../src/report/plain-text.ts'
import { startRedacting } from '../../../src/report/redact/redact.ts'

function redacting(...secrets: string[]) {
  const redactor = startRedacting()
  for (const secret of secrets) redactor.add(secret)
  return redactor.redact
}

describe('a secret', () => {
  test('is replaced wherever it is', () => {
    const redact = redacting('s3cr3t')
    expect(redact('token s3cr3t, again:s3cr3ts3cr3t')).toBe('token ***, again:******')
    expect(redact('nothing of it')).toBe('nothing of it')
  })

  test('may have characters that are special in a pattern', () => {
    expect(redacting('a.b*c$&(')('x a.b*c$&( y aXbbc$&(')).toBe('x *** y aXbbc$&(')
  })

  test('is replaced whole where another is a part of it, in whatever order they were added', () => {
    for (const secrets of [
      ['part', 'a-part-of-it'],
      ['a-part-of-it', 'part'],
    ])
      expect(redacting(...secrets)('a-part-of-it part')).toBe('*** ***')
  })

  test('that is too short to be distinct from other text is left', () => {
    expect(redacting('abc', '')('abc')).toBe('abc')
    expect(redacting('abcd')('abcd')).toBe('***')
  })

  test('that is added later is replaced from then on', () => {
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

  test('is replaced in Markdown, HTML and JSON, whatever it is and wherever it is', () => {
    const word = fc
      .string({ minLength: 4 })
      .filter((text) => text.trim() === text && !/\s/.test(text))
    fc.assert(
      fc.property(word, fc.boolean(), (secret, first) => {
        // What three stars and four characters around it have in common with it says nothing.
        fc.pre(!'*** aaaa'.includes(secret) && !'{"told":"a '.includes(secret))
        const redact = redacting(secret)
        const text = first ? secret : `a ${secret}`
        for (const written of [escaped(text), escapedHtml(text), JSON.stringify({ told: text })]) {
          expect(redact(written)).toContain('***')
        }
        expect(JSON.parse(redact(JSON.stringify([text])))[0]).not.toContain(secret)
      }),
      { seed: 1, numRuns: 300 },
    )
  })
})

describe('a password is replaced however a server escaped it', () => {
  const PASSWORD = 'p/s+w=r&d<x>"q\'1\u00e9'
  const json = JSON.stringify(PASSWORD).slice(1, -1)
  const go = json.replace(/[&<>]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)
  const url = encodeURIComponent(PASSWORD)
  const html = escapedHtml(PASSWORD)

  test.each([
    ['in JSON of Go', go],
    ['in JSON of ASCII alone', go.replace('\u00e9', '\\u00e9')],
    ['in JSON within JSON', JSON.stringify(go).slice(1, -1)],
    ['in an address with every mark escaped', url.replace("'", '%27')],
    ['in an address in lower case', url.toLowerCase()],
    ['in an address as Latin-1', url.replace('%C3%A9', '%E9')],
    ['in HTML with numbers', PASSWORD.replace(/[^a-z0-9]/g, (c) => `&#${c.charCodeAt(0)};`)],
    [
      'in HTML with hexadecimal numbers',
      PASSWORD.replace(/\W/g, (c) => `&#x${c.charCodeAt(0).toString(16)};`),
    ],
    ['in HTML with names', html.replaceAll('&#39;', '&apos;')],
    ['in HTML within JSON', JSON.stringify(html).slice(1, -1)],
    ['for a shell', PASSWORD.replaceAll("'", "'\\''")],
    ['in an address within an address', encodeURIComponent(url)],
  ])('%s', (_, form) => {
    expect(redacting(PASSWORD)(`a ${form} b`)).toBe('a *** b')
  })

  test('in base64 at any place of a longer text, also for URLs and in Latin-1', () => {
    for (const encoding of ['utf8', 'latin1'] as const)
      for (const before of ['', 'a', 'ab', 'adm:', 'Authorization: Bearer ']) {
        const bytes = Buffer.from(`${before}${PASSWORD}`, encoding)
        for (const form of [bytes.toString('base64'), bytes.toString('base64url')]) {
          const left = redacting(PASSWORD)(form).split('***')
          expect(left).toHaveLength(2)
          expect(left[1]?.length).toBeLessThan(4)
          expect(Buffer.from(left[0] ?? '', 'base64').toString('latin1')).not.toContain('p/s')
        }
      }
  })

  test('by any mix of escapes, alone and within JSON', () => {
    const code = (character: string) => character.charCodeAt(0).toString(16)
    const escapes = [
      (character: string) => character,
      (character: string) => `\\u${code(character).padStart(4, '0')}`,
      (character: string) => `&#x${code(character)};`,
      (character: string) => `%${code(character).padStart(2, '0')}`,
    ]
    const secrets = fc.stringMatching(/^[A-Za-z0-9 +/=<>"'_.:-]{6,20}$/)
    const choices = fc.array(fc.constantFrom(...escapes), { minLength: 20, maxLength: 20 })
    fc.assert(
      fc.property(secrets, choices, (secret, choice) => {
        fc.pre(!/^[*.]+$/.test(secret) && !secret.includes(`'"'"'`))
        const text = [...secret].map((letter, index) => choice[index]?.(letter)).join('')
        expect(redacting(secret)(`..${text}..`)).toBe('..***..')
        expect(redacting(secret)(JSON.stringify(`..${text}..`))).toBe('"..***.."')
      }),
      { seed: 1, numRuns: 200 },
    )
  })
})

test('thousands of secrets are found in one pass over the text', () => {
  const redactor = startRedacting()
  for (let number = 0; number < 3000; number += 1) redactor.add(`secret-of-user-${number}-x`)
  const text = 'nothing of it '.repeat(20_000)
  expect(redactor.redact(`${text}secret-of-user-2999-x`)).toBe(`${text}***`)
})

import { expect, test } from 'vitest'
import { completed, type InputProblem } from '../../src/options/input-problem.ts'

function problemWith(what: InputProblem['what']): InputProblem {
  return { input: 'weight', code: 'ITS-WEIGHT-INVALID', what, remedy: '' }
}

const same = (text: string) => text

test('a completed problem has its input, its code and the reason of a run that ends for it', () => {
  expect(
    completed(
      problemWith((shown) => `weight is ${shown('eighty')}.`),
      same,
    ),
  ).toEqual({
    severity: 'error',
    input: 'weight',
    code: 'ITS-WEIGHT-INVALID',
    reason: 'input',
    what: 'weight is "eighty".',
    remedy: '',
  })
})

test('a text that was given is quoted, even if it is empty, and does not break the line', () => {
  expect(
    completed(
      problemWith((shown) => shown('')),
      same,
    ).what,
  ).toBe('""')
  expect(
    completed(
      problemWith((shown) => shown('a\n::error::b')),
      same,
    ).what,
  ).toBe('"a\\n::error::b"')
})

test('secrets are redacted before a long text is cut', () => {
  const redact = (text: string) => text.replaceAll('the-token', '***')
  const given = `${'x'.repeat(70)}the-token${'y'.repeat(70)}`
  expect(
    completed(
      problemWith((shown) => shown(given)),
      redact,
    ).what,
  ).toBe(`"${'x'.repeat(70)}***yyyy"...`)
})

test('credentials are recognized before a part of them is redacted', () => {
  const given = Buffer.from('apiVersion: v1\nusers: [{user: {token: the-token}}]').toString(
    'base64',
  )
  const redact = (text: string) => text.replaceAll(given.slice(12, 40), '***')
  expect(
    completed(
      problemWith((shown) => shown(given)),
      redact,
    ).what,
  ).toBe('a value that is not shown, since it looks like base64')
})

test('only the beginning of a long text is shown', () => {
  const { what } = completed(
    problemWith((shown) => shown('x'.repeat(10_000))),
    same,
  )
  expect(what).toMatch(/^"x{77}"\.\.\.$/)
})

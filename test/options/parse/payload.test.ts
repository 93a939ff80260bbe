import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePayload } from '../../../src/options/parse/payload.ts'

function bytesOf(text: string): number[] | undefined {
  const parsed = parsePayload(text)
  return 'bytes' in parsed ? [...parsed.bytes] : undefined
}

test.each([
  ['', []],
  ['hi', [104, 105]],
  ['hi\\n', [104, 105, 10]],
  ['\\r\\n\\t', [13, 10, 9]],
  ['\\x00\\xfF', [0, 255]],
  ['\\\\n', [92, 110]],
  ['\\x410', [0x41, 48]],
  ['é', [0xc3, 0xa9]],
  [' a\n', [32, 97, 10]],
])('%j is these bytes: %j', (text, bytes) => {
  expect(bytesOf(text)).toEqual(bytes)
})

test.each([
  ['\\0', '\\0'],
  ['ab\\', '\\'],
  ['\\x4', '\\x'],
  ['\\xZZ', '\\x'],
  ['\\N', '\\N'],
  ['ok\\n\\q\\z', '\\q'],
  ['\\😀', '\\😀'],
])('%j names the escape that does not exist', (text, bad) => {
  expect(parsePayload(text)).toEqual({ bad })
})

test('any bytes can be written with escapes and are read back', () => {
  const forms = fc.constantFrom('hex', 'plain')
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 255 }), forms)), (written) => {
      const text = written.map(([byte, form]) => escapedByte(byte, form)).join('')
      expect(bytesOf(text)).toEqual(written.map(([byte]) => byte))
    }),
    { seed: 1 },
  )
})

test('any text without a backslash is its own UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const plain = text.replaceAll('\\', '')
      expect(bytesOf(plain)).toEqual([...Buffer.from(plain, 'utf8')])
    }),
    { seed: 1 },
  )
})

test('a payload of a megabyte is read like a short one', () => {
  const parsed = parsePayload(`${'x'.repeat(1 << 20)}\\n`)
  expect('bytes' in parsed && parsed.bytes.length).toBe((1 << 20) + 1)
})

function escapedByte(byte: number, form: string): string {
  const named = { 10: '\\n', 13: '\\r', 9: '\\t', 92: '\\\\' }[byte]
  if (form === 'plain' && named !== undefined) return named
  if (form === 'plain' && byte >= 32 && byte < 127) return String.fromCharCode(byte)
  return `\\x${byte.toString(16).padStart(2, '0')}`
}

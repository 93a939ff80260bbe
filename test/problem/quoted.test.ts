import { expect, test } from 'vitest'
import { quoted, quotedReply } from '../../src/problem/quoted.ts'

test.each([
  ['has a short reply as it is', '503 broken', '"503 broken"'],
  [
    'has no backslashes, and other marks around a text with marks',
    '503 {"version":"v2"}',
    `'503 {"version":"v2"}'`,
  ],
  ['has double marks around a text with both kinds', `503 "it's"`, `"503 "it's""`],
  [
    'ends with an ellipsis after about 60 characters of the body',
    `503 {"version":"v2","pod":"web-v2-0","node":"n1","host":"web.example.com"}`,
    `'503 {"version":"v2","pod":"web-v2-0","node":"n1","host":"web.exa...'`,
  ],
  ['shows the first line, and that there are more', '503 <html>\r\n<body>', '"503 <html>..."'],
  ['skips blank lines at the start', '\n\ntwo hello\n', '"two hello"'],
  ['has spaces for tabs', '503 a\t\tb', '"503 a b"'],
  [
    'replaces control characters and those that turn the direction of reading',
    'a\0\u001b[31mb\u202Ec',
    '"a\uFFFD\uFFFD[31mb\uFFFDc"',
  ],
  ['cuts no character in two', `${'a'.repeat(63)}😀b`, `"${'a'.repeat(63)}😀..."`],
])('a quoted reply %s', (_, reply, shown) => {
  expect(quotedReply(reply)).toBe(shown)
})

test('the words of an error are shown up to their usual length', () => {
  const words = `the command could not be started: ${'x'.repeat(100)}`
  expect(quoted(words)).toBe(`"${words}"`)
})

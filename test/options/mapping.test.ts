import { expect, test } from 'vitest'
import { parseMapping } from '../../src/options/mapping.ts'

/** The pairs of a mapping; none of what is no mapping. */
function pairs(text: string): [string, string][] {
  const mapping = parseMapping(text)
  return mapping.ok ? [...mapping.values] : []
}

test.each([
  ['a mapping on one line', '{v1: 80, v2: 20}'],
  ['a mapping of lines', 'v1: 80\nv2: 20\n'],
  ['JSON', '{"v1": 80, "v2": "20"}'],
  ['a mapping of lines between comments', '# before\nv1: 80 # old\n\nv2: 20\n'],
])('reads %s, every value as text', (_, text) => {
  expect(pairs(text)).toEqual([
    ['v1', '80'],
    ['v2', '20'],
  ])
})

test('keeps names of any form and the order in which they are written', () => {
  const text = '{v2: b, "reviews:9080": a, tcp-echo.demo.svc.cluster.local/v1: c, __proto__: d}'
  expect(pairs(text)).toEqual([
    ['v2', 'b'],
    ['reviews:9080', 'a'],
    ['tcp-echo.demo.svc.cluster.local/v1', 'c'],
    ['__proto__', 'd'],
  ])
})

test('takes a regular expression in quotes as it is written', () => {
  expect(pairs(`{v1: '^one\\s', v2: "^two "}`)[0]).toEqual(['v1', '^one\\s'])
})

test.each([
  ['a list', '[80, 20]', 'this is none'],
  ['a text', 'current', 'this is none'],
  ['a number', '20', 'this is none'],
  ['nothing', '', /empty/],
  ['only a comment', '# nothing', /empty/],
  ['a mapping of nothing', '{}', 'this one is empty'],
  ['what is not YAML', 'v1: 80\nv2: {', /^line [23]: ./],
  ['the same name twice', 'v1: 80\nv1: 20', /^line 2: duplicated mapping key/],
  ['a mapping within', '{v1: {weight: 80}}', 'the value of v1 is neither a text nor a number'],
  ['a list within', '{v1: [80]}', 'the value of v1 is neither a text nor a number'],
  ['a name without a value', '{v1: , v2: 20}', 'the value of v1 is neither a text nor a number'],
  ['a truth value', '{v1: true}', 'the value of v1 is neither a text nor a number'],
])('refuses %s, and says why', (_, text, why) => {
  expect(parseMapping(text)).toEqual({
    ok: false,
    why: typeof why === 'string' ? why : expect.stringMatching(why),
  })
})

import { expect, test } from 'vitest'
import { parseMapping } from '../../src/options/mapping.ts'

test.each([
  ['a mapping on one line', '{v1: 80, v2: 20}'],
  ['a mapping of lines', 'v1: 80\nv2: 20\n'],
  ['JSON', '{"v1": 80, "v2": "20"}'],
  ['a mapping of lines between comments', '# before\nv1: 80 # old\n\nv2: 20\n'],
])('reads %s, every value as text', (_, text) => {
  expect([...(parseMapping(text) ?? [])]).toEqual([
    ['v1', '80'],
    ['v2', '20'],
  ])
})

test('keeps names of any form and the order in which they are written', () => {
  const text = '{v2: b, "reviews:9080": a, tcp-echo.demo.svc.cluster.local/v1: c, __proto__: d}'
  expect([...(parseMapping(text)?.entries() ?? [])]).toEqual([
    ['v2', 'b'],
    ['reviews:9080', 'a'],
    ['tcp-echo.demo.svc.cluster.local/v1', 'c'],
    ['__proto__', 'd'],
  ])
})

test('takes a regular expression in quotes as it is written', () => {
  expect(parseMapping(`{v1: '^one\\s', v2: "^two "}`)?.get('v1')).toBe('^one\\s')
})

test.each([
  ['a list', '[80, 20]'],
  ['a text', 'current'],
  ['a number', '20'],
  ['nothing', ''],
  ['only a comment', '# nothing'],
  ['what is not YAML', '{v1: 80'],
  ['the same name twice', '{v1: 80, v1: 20}'],
  ['a mapping within', '{v1: {weight: 80}}'],
  ['a list within', '{v1: [80]}'],
  ['a name without a value', '{v1: , v2: 20}'],
  ['a truth value', '{v1: true}'],
])('refuses %s', (_, text) => {
  expect(parseMapping(text)).toBeUndefined()
})

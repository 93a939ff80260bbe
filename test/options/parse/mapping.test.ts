import { expect, test } from 'vitest'
import { parseMapping } from '../../../src/options/parse/mapping.ts'

function entries(text: string): [string, string][] {
  const mapping = parseMapping(text)
  return 'why' in mapping ? [] : [...mapping]
}

test.each([
  ['a mapping on one line', '{v1: 80, v2: 20}'],
  ['a mapping of lines', 'v1: 80\nv2: 20\n'],
  ['JSON', '{"v1": 80, "v2": "20"}'],
  ['a mapping of lines between comments', '# before\nv1: 80 # old\n\nv2: 20\n'],
])('reads %s, every value as text', (_, text) => {
  expect(entries(text)).toEqual([
    ['v1', '80'],
    ['v2', '20'],
  ])
})

test('keeps names of any form and the order in which they are written', () => {
  const text = '{v2: b, "reviews:9080": a, tcp-echo.demo.svc.cluster.local/v1: c, __proto__: d}'
  expect(entries(text)).toEqual([
    ['v2', 'b'],
    ['reviews:9080', 'a'],
    ['tcp-echo.demo.svc.cluster.local/v1', 'c'],
    ['__proto__', 'd'],
  ])
})

test('takes a regular expression in quotes as it is written', () => {
  expect(entries(`{v1: '^one\\s', v2: "^two "}`)[0]).toEqual(['v1', '^one\\s'])
})

const GLUED = /^A space must follow the colon\.$/
test.each([
  ['a list', '[80, 20]', /^It is a list\. Remove its dashes or brackets\.$/],
  ['a list of mappings', '- v1: 80\n- v2: 20', /^It is a list/],
  ['a text', 'current', /^It has no colon/],
  ['a text with equals signs', 'v1=80,v2=20', /^It has no colon/],
  ['colons without blanks', 'v1:80\nv2:20', GLUED],
  ['colons without blanks in brackets', '{v1:80, v2:20}', GLUED],
  ['a number', '20', /^It has no colon/],
  ['nothing', '', /./],
  ['only a comment', '# nothing', /./],
  ['an empty mapping', '{}', /^It is empty\.$/],
  ['what is not YAML', '{v1: 80', /^It is not valid YAML: .*\(\d+:\d+\)\.$/],
  ['a tab in front', 'v1: 80\n\tv2: 20', /^It is not valid YAML: .*\(\d+:\d+\)\.$/],
  ['the same name twice', '{v1: 80, v1: 20}', /^It is not valid YAML: duplicated mapping key/],
  ['a mapping within', '{v1: {weight: 80}}', /^v1 must be a string or a number\.$/],
  ['a list within', '{v1: [80]}', /^v1 must be a string/],
  ['a name without a value', '{v1: , v2: 20}', /^v1 must be a string/],
  ['a truth value', '{v1: true}', /^v1 must be a string/],
])('refuses %s, and says why', (_, text, why) => {
  expect(parseMapping(text)).toEqual({ why: expect.stringMatching(why) })
})

test('a nested mapping of aliases of aliases is refused before it is unfolded', () => {
  const names = [...'abcdefghijkl']
  const bomb = names
    .map(
      (name, i) =>
        `${name}: &${name} [${Array(10)
          .fill(i === 0 ? 'x' : `*${names[i - 1]}`)
          .join(',')}]`,
    )
    .join('\n')
  expect(parseMapping(bomb, 'nested')).toEqual({ why: 'It has more than 1000 values.' })
})

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchesWhole } from '../../../src/routes/match/whole-value.ts'

describe('a regular expression of RE2 is compared with the whole value', () => {
  test.each([
    ['/v1', '/v1', true],
    ['/v1', '/v1/items', false],
    ['v1', '/v1', false],
    ['/a|/b', '/b', true],
    ['/a|/b', '/ab', false],
    ['.*', '', true],
    ['\\d+$', '123', true],
    ['\\d+$', 'a123', false],
    ['^(.*?;)?(user=jason)(;.*)?$', 'a=1;user=jason;b=2', true],
  ])('%s and %s: %s', (expression, value, matches) => {
    expect(matchesWhole(expression, value)).toBe(matches)
  })
})

describe('syntax of RE2 that JavaScript lacks is understood', () => {
  test.each([
    ['(?i)/Api/V1', '/aPI/v1', true],
    ['(?i)[^a]', 'A', false],
    ['(?i)[a-f]+', 'AbF', true],
    ['(?P<name>a+)b', 'aab', true],
    ['[[:alpha:]]+[[:digit:]_]', 'Ab_', true],
    ['[]a]+', ']a]', true],
    ['\\Aab\\z', 'ab', true],
    ['\\Qa.b\\E+', 'a.bb', true],
    ['\\Qa.b\\E+', 'axb', false],
    ['\\x{41}\\a?', 'A', true],
    ['(?s).+', 'ab', true],
  ])('%s and %s: %s', (expression, value, matches) => {
    expect(matchesWhole(expression, value)).toBe(matches)
  })
})

describe('what cannot be evaluated is undecided, with the reason', () => {
  test.each([
    ['\\pL+', 'a', 'it uses \\p'],
    ['a(?i:b)', 'ab', 'it uses (?i'],
    ['(a)\\1', 'aa', 'it uses \\1'],
    ['(?=a)a', 'a', 'it uses (?='],
    ['[[:unknown:]]', 'a', 'it uses [:unknown:]'],
    ['[[=a=]]', 'é', 'beyond ASCII'],
    ['*', 'a', 'it is not a regular expression'],
  ])('%s', (expression, value, why) => {
    expect(matchesWhole(expression, value)).toEqual({
      why: expect.stringContaining(why),
    })
  })
})

const LITERAL = fc.constantFrom(
  'a',
  'B',
  '7',
  '-',
  '\\.',
  '\\d',
  '\\w',
  '.',
  '[a-c]',
  '[^aB]',
  '\\x41',
)

const EXPRESSION = fc.letrec<{ all: string; atom: string; repeated: string; sequence: string }>(
  (tie) => ({
    atom: fc.oneof(
      { maxDepth: 3 },
      LITERAL,
      tie('all').map((one) => `(${one})`),
    ),
    repeated: fc
      .tuple(tie('atom'), fc.constantFrom('', '', '*', '+', '?', '{1,2}'))
      .map(([atom, count]) => atom + count),
    sequence: fc.array(tie('repeated'), { maxLength: 3 }).map((parts) => parts.join('')),
    all: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((ways) => ways.join('|')),
  }),
).all

test('expressions that both languages share match the same whole values as in JavaScript', () => {
  const value = fc.string({
    unit: fc.constantFrom('a', 'b', 'B', 'A', '7', '-', '.', '_'),
    maxLength: 5,
  })
  fc.assert(
    fc.property(EXPRESSION, value, fc.boolean(), (expression, text, ignoreCase) => {
      const expected = new RegExp(`^(?:${expression})$`, ignoreCase ? 'i' : '').test(text)
      expect(matchesWhole((ignoreCase ? '(?i)' : '') + expression, text)).toBe(expected)
    }),
    { numRuns: 500 },
  )
})

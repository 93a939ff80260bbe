import { describe, expect, test } from 'vitest'
import { compile } from '../../src/expression/compile.ts'

function whyNot(source: string): string {
  const compiled = compile(source)
  return compiled.ok ? '' : compiled.why
}

describe('an expression that cannot be matched in linear time is refused, with what to write instead', () => {
  test.each([
    ['^(?!two)\\w+', 'it has a negative lookahead, (?!two). Describe'],
    ['one(?= v1)', 'it has a lookahead, (?= v1). Describe'],
    ['(?<=t)wo', 'it has a lookbehind, (?<=t). Describe'],
    ['(?<!t)wo', 'it has a negative lookbehind, (?<!t). Describe'],
    ['^(.)x\\1', 'it has a backreference, \\1. Write out'],
    ['(?<c>o)\\k<c>', 'it has a backreference, \\k<c>. Write out'],
    ['(?i:one)', 'it has modifiers, (?i:one). Write both cases'],
    ['(a{1000}){1000}', 'it is too large with all its counted repetitions. Write +'],
    ['(?:^){1000000000}', 'it is too large with all its counted repetitions. Write +'],
    ['x'.repeat(10_001), 'it is longer than 10,000 characters. Match'],
  ])('%s', (source, why) => {
    expect(whyNot(source)).toContain(why)
  })

  test('every construct of one expression is named at once', () => {
    expect(whyNot('(?=a)(b)\\1')).toMatch(/lookahead.*backreference/)
  })
})

test('an expression that repeats nothing without an end compiles at once', () => {
  expect(whyNot('(?:){1000000000}(?:a{0}){2,1000000000}((?:){5}){1000000000}')).toBe('')
})

test.each([1000, 4999])(
  'an expression with %i groups in one another compiles, or is refused in words',
  (depth) => {
    expect(whyNot(`${'('.repeat(depth)}a${')'.repeat(depth)}`)).toMatch(
      /^$|^its groups are nested too deeply$/,
    )
  },
)

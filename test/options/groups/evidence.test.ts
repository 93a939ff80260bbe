import { describe, expect, test } from 'vitest'
import { optionsOf, wrongWith } from '../../../kit/options/reading.ts'

describe('expect', () => {
  test('is required to open connections, but not to plan', () => {
    expect(wrongWith({ expect: undefined })).toEqual([
      expect.stringMatching(/^expect is required\. /),
    ])
    expect(wrongWith({ mode: 'verify', expect: '' })).toHaveLength(1)
    expect(optionsOf({ mode: 'plan', expect: undefined }).expect).toEqual([])
  })

  test('has unanchored regular expressions, which keep their order', () => {
    const [second, first] = optionsOf({ expect: '{v2: two, v1: "^one$"}' }).expect
    expect(second).toMatchObject({ destination: 'v2', pattern: { source: 'two' } })
    expect(first).toMatchObject({ destination: 'v1', pattern: { source: '^one$' } })
  })

  test('each expression that does not compile is reported with the cause', () => {
    expect(wrongWith({ expect: '{v1: "(", v2: "[z-a]"}' })).toEqual([
      expect.stringMatching(
        /^expect\.v1: "\(" is not a regular expression of JavaScript \(.+\)\.$/,
      ),
      expect.stringMatching(/^expect\.v2: "\[z-a\]" is not a regular expression/),
    ])
  })

  test.each([
    ['(?i)one', 'Write both cases, such as [Oo]ne.'],
    ['(?si)one', 'Write both cases'],
    ['(?s)one', 'Write [\\s\\S] for any character.'],
    ['(?P<name>one)', 'Write (...) for a group'],
    ['one++', 'Write + or * alone.'],
  ])('what to write in place of %s is said', (expression, advice) => {
    const [text, ...others] = wrongWith({ expect: JSON.stringify({ v1: expression, v2: '^two' }) })
    expect(text).toContain('is not a regular expression of JavaScript. ')
    expect(text).toContain(advice)
    expect(others).toEqual([])
  })

  test.each(['', '.*', 'x*', '^', '^(one)?'])(
    'an expression that every reply matches is refused: "%s"',
    (expression) => {
      const texts = wrongWith({ expect: JSON.stringify({ v1: '^one', v2: expression }) })
      expect(texts).toEqual([expect.stringContaining('Write what only this destination sends')])
    },
  )

  test('an expression that an empty reply matches, but not every one, is accepted', () => {
    expect(wrongWith({ expect: '{v1: "^one", v2: "^$"}' })).toEqual([])
    expect(wrongWith({ expect: '{v1: "^one", v2: "^(?:two)?$"}' })).toEqual([])
    expect(wrongWith({ mode: 'verify', expect: '{v2: ".*"}' })).toEqual([])
    expect(wrongWith({ mode: 'verify', expect: '{v2: ""}' })).toHaveLength(1)
  })

  test('cannot have the same expression for two destinations', () => {
    expect(wrongWith({ expect: '{v1: "^one", v2: "^one"}' })).toEqual([
      'expect: v1 and v2 have the same expression, "^one", so their replies cannot be distinguished.',
    ])
  })

  test.each(['^one', '{}', '[a, b]'])('%s is refused, because it is not a mapping', (text) => {
    expect(wrongWith({ expect: text })).toEqual([
      expect.stringMatching(
        /^expect must be a YAML mapping of every destination to a regular .*, not ".*"\. .+\.$/,
      ),
    ])
  })
})

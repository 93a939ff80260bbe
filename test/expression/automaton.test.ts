import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { startAutomaton } from '../../src/expression/automaton.ts'
import { compile } from '../../src/expression/compile.ts'

function automatonFor(source: string) {
  const compiled = compile(source)
  if (!compiled.ok) throw new Error(`${source}: ${compiled.why}`)
  return startAutomaton(compiled.program, { left: 10_000_000 })
}

function hasReference(source: string): boolean {
  const compiled = compile(source)
  return !compiled.ok && compiled.why.startsWith('it has a backreference')
}

/** Whether the automaton finds the expression in a text that comes in these pieces. */
function finds(source: string, ...pieces: string[]): boolean | undefined {
  const automaton = automatonFor(source)
  let state = automaton.first
  for (const piece of pieces) state = automaton.advance(state, piece) ?? state
  return automaton.matches(state)
}

/** Classes in brackets, of all that may stand in them. */
const characterClass = fc
  .array(
    fc.constantFrom(
      ...['a', 'c', '1', '-', '^', '[', 'é', '😀', '.', '$', '(', '_'],
      ...['\\d', '\\W', '\\s', '\\b', '\\B', '\\n', '\\cJ', '\\c', '\\c1', '\\x41', '\\u0061'],
      ...['\\1', '\\12', '\\8', '\\]', '\\-', '\\k', '\\0', '\\x4', 'a-c', '!-~'],
    ),
    { maxLength: 5 },
  )
  .map((parts) => `[${parts.join('')}]`)

/** Expressions with every construct that is supported. The few letters make matches likely. */
const expression: fc.Arbitrary<string> = fc
  .letrec<{ any: string; atom: string }>((tie) => ({
    atom: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('a', 'b', '1', ' ', '-', 'é', '😀', '\\n', '\\.') },
      fc.constantFrom('.', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '\\b', '\\B', '^', '$'),
      fc.constantFrom(
        '[ab]',
        '[^a]',
        '[a-c1]',
        '[^\\w]',
        '[\\s\\d-]',
        '[]',
        '[^]',
        '[\\b]',
        '[-a]',
      ),
      characterClass,
      fc.constantFrom(
        ...[
          '\\x61',
          '\\u0061',
          '\\0',
          '\\t',
          '\\cJ',
          '\\c',
          '\\c1',
          '\\x4',
          '\\u00',
          '\\a',
          '\\k',
          '\\-',
        ],
        ...['\\12', '\\101', '\\400', '\\8', '\\1', '\\2', '\\u{2}', '\\p{L}', '\\k<name>'],
        ...['{', '}', ']', '{1', '{,2}', '{a}', '/', '(?:)'],
      ),
    ),
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('atom'),
      fc.tuple(tie('any'), tie('any')).map(([one, two]) => one + two),
      fc.tuple(tie('any'), tie('any')).map(([one, two]) => `(?:${one}|${two})`),
      fc
        .tuple(
          tie('any'),
          fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{0,2}', '{1,}', '{0}', '{2,3}?'),
        )
        .map(([one, count]) => `(?:${one})${count}`),
      fc.tuple(tie('any'), tie('any')).map(([one, two]) => `(${one})|(?<name>${two})`),
    ),
  }))
  .any.filter((source) => {
    // Two groups of one name are an error on Node 20.
    if (source.split('(?<name>').length > 2) return false
    try {
      new RegExp(source)
      return true
    } catch {
      return false
    }
  })

const text = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    'c',
    '1',
    ' ',
    '-',
    '_',
    'é',
    '😀',
    '\ud83d',
    '\n',
    '\r',
    '\u2028',
    '\u00a0',
    '\0',
    '.',
    '{',
    'A',
  ),
  maxLength: 12,
})

describe('the automaton', () => {
  test('finds an expression in a text exactly where the engine of JavaScript does', () => {
    fc.assert(
      fc.property(expression, fc.array(text, { minLength: 1, maxLength: 5 }), (source, texts) => {
        const pattern = new RegExp(source)
        // The escapes above may refer to a group of the same expression.
        fc.pre(!hasReference(source))
        for (const each of texts) expect(finds(source, each)).toBe(pattern.test(each))
      }),
      { seed: 7, numRuns: 600 },
    )
  })

  test('finds it in a growing text as in the whole one', () => {
    fc.assert(
      fc.property(expression, fc.array(text, { maxLength: 4 }), (source, pieces) => {
        fc.pre(!hasReference(source))
        expect(finds(source, ...pieces)).toBe(finds(source, pieces.join('')))
      }),
      { seed: 8, numRuns: 500 },
    )
  })

  test.each<[string, string]>([
    [`^x${'(a|a)'.repeat(32)}$`, `x${'a'.repeat(32)}b`],
    [`^x${'a?'.repeat(32)}${'a'.repeat(32)}$`, `x${'a'.repeat(31)}b`],
    ['(a+)+$', `${'a'.repeat(65_000)}!`],
    ['(x+x+)+y', 'x'.repeat(65_000)],
    ['hello.*v1$', 'hello'.repeat(13_000)],
    ['(a|b|ab)*c', 'ab'.repeat(32_000)],
    ['(.*)(.*)(.*)(.*)(.*)=', 'x'.repeat(65_000)],
    ['\\s+$', `${' '.repeat(65_000)}x`],
  ])('takes less than one step for each character for %s', (source, reply) => {
    const compiled = compile(source)
    const effort = { left: 20_000 }
    const automaton = startAutomaton(
      compiled.ok ? compiled.program : { instructions: [], start: 0 },
      effort,
    )
    const state = automaton.advance(automaton.first, reply)
    expect(state && automaton.matches(state)).toBe(false)
    expect(effort.left).toBeGreaterThan(0)
  })

  test('gives up once its effort is spent, and still answers what it has worked out', () => {
    const compiled = compile('(a|b)*a(a|b){12}c')
    const effort = { left: 50_000 }
    const automaton = startAutomaton(
      compiled.ok ? compiled.program : { instructions: [], start: 0 },
      effort,
    )
    const plain = automaton.advance(automaton.first, `a${'b'.repeat(12)}c`)
    expect(plain && automaton.matches(plain)).toBe(true)
    const words = Array.from({ length: 5000 }, (_, number) => number.toString(2))
    const hostile = words.join('').replaceAll('0', 'a').replaceAll('1', 'b')
    expect(automaton.advance(automaton.first, hostile)).toBeUndefined()
    expect(automaton.advance(automaton.first, `a${'b'.repeat(12)}c`)).toBe(plain)
  })
})

import type { Pattern } from '../../evidence/probe/expectation.ts'
import { compile } from '../../expression/compile.ts'
import type { Given } from '../option.ts'

/** A regular expression that can be matched in linear time, and that not every text matches. */
export function readExpression({ name, text, refuse }: Given): Pattern | undefined {
  if (text === '')
    return refuse(
      'ITS-EXPECT-MATCHES-EVERYTHING',
      () =>
        `${name} is empty, so everything matches it. Write what only this destination sends, such as "^one", or "^$" for an empty text.`,
    )
  let pattern: RegExp
  try {
    pattern = new RegExp(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const advice = FOREIGN.find(({ sign }) => sign.test(text))?.advice
    return refuse('ITS-EXPECT-REGEX', (shown) =>
      [
        `${name}: ${shown(text)} is not a regular expression of JavaScript`,
        advice === undefined ? ` (${why}).` : `. ${advice}`,
      ].join(''),
    )
  }
  const compiled = compile(text)
  if (compiled.ok) return pattern
  return refuse(
    'ITS-EXPECT-REGEX',
    (shown) =>
      `${name}: ${shown(text)} cannot be matched in linear time, so a reply could stop the run: ${compiled.why}.`,
  )
}

/** Characters that no reply has. */
const NO_REPLY = '\u{E000}\u{E001}\u{E002}\u{E003}'

/** Whether an expression also matches a reply that has nothing of what it describes. */
export function matchesEverything({ source }: Pattern): boolean {
  const pattern = new RegExp(source)
  return pattern.test('') && pattern.test(NO_REPLY)
}

/** What expressions of other languages have and JavaScript's have not, and what to write. */
const FOREIGN: readonly { sign: RegExp; advice: string }[] = [
  {
    sign: /\(\?-?[a-z]*i[a-z]*(?:-[a-z]*)?[):]/,
    advice: 'It has no flags such as (?i). Write both cases, such as [Oo]ne.',
  },
  {
    sign: /\(\?[a-z]*s[a-z]*(?:-[a-z]*)?[):]/,
    advice: 'It has no flags such as (?s). Write [\\s\\S] for any character.',
  },
  { sign: /\(\?-?[a-z]+(?:-[a-z]*)?[):]/, advice: 'It has no flags such as (?m). Remove them.' },
  { sign: /\(\?P[<=>]/, advice: 'Write (...) for a group: its name is not used.' },
  { sign: /\(\?#/, advice: 'It has no comments such as (?#...). Remove them.' },
  { sign: /\(\?>|[+*?}]\+/, advice: 'It has no possessive or atomic parts. Write + or * alone.' },
]

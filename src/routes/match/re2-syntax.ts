/** A regular expression in JavaScript's syntax that matches the same ASCII texts as one of RE2. */
export type Translated =
  | { ok: true; source: string; ignoreCase: boolean }
  /** A clause such as `uses \pL`. */
  | { ok: false; why: string }

/** Sets of RE2 that are written in brackets within brackets, for ASCII. */
const NAMED_SETS: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: '\\t ',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-/:-@\\[-`{-~',
  space: '\\t-\\r ',
  upper: 'A-Z',
  word: 'A-Za-z0-9_',
  xdigit: 'A-Fa-f0-9',
}

/** Escapes that mean the same in both, outside and inside of brackets. */
const SAME = /^\\(?:[dDwWsSfnrtv]|x[0-9A-Fa-f]{2}|[^A-Za-z0-9])/
const SAME_OUTSIDE = /^\\[bB]/
const LITERAL = /^\\Q([\s\S]*?)(?:\\E|$)/
const CODE = /^\\x\{0*([0-7]?[0-9A-Fa-f])\}/
const NAMED_SET = /^\[:([a-z]+):\]/
const GROUP = /^\((?:\?(?:P?<[A-Za-z_][A-Za-z0-9_]*>|:))?(?!\?)/

/**
 * Translates an expression of RE2 for texts without line breaks and without characters beyond ASCII. What means
 * something else in JavaScript, or nothing in RE2, is refused.
 * Source: RE2's syntax (github.com/google/re2/wiki/Syntax).
 */
export function fromRe2(re2: string): Translated {
  const [, flags = ''] = /^\(\?([imsU]+)\)/.exec(re2) ?? []
  const all = flags === '' ? re2 : re2.slice(flags.length + 3)
  let source = ''
  let inBrackets = false
  for (let at = 0; at < all.length; ) {
    const rest = all.slice(at)
    const step: Step | string = inBrackets ? inside(rest) : outside(rest)
    if (typeof step === 'string') return { ok: false, why: step }
    source += step.text
    at += step.length
    inBrackets = step.inBrackets
  }
  return { ok: true, source, ignoreCase: flags.includes('i') }
}

/** What the next characters become. */
type Step = { text: string; length: number; inBrackets: boolean }

function outside(rest: string): Step | string {
  const open = /^\[\^?\]?/.exec(rest)
  if (open) {
    const [bracket] = open
    // A closing bracket that comes first stands for itself.
    return { text: bracket.replace(']', '\\]'), length: bracket.length, inBrackets: true }
  }
  const literal = LITERAL.exec(rest)
  if (literal)
    return { text: quoted(literal[1] ?? ''), length: literal[0].length, inBrackets: false }
  if (/^\\[Az]/.test(rest))
    return { text: rest[1] === 'A' ? '^' : '$', length: 2, inBrackets: false }
  const same = SAME_OUTSIDE.exec(rest)
  if (same) return { text: same[0], length: 2, inBrackets: false }
  if (rest.startsWith('(')) {
    const group = GROUP.exec(rest)
    if (!group) return `uses ${rest.slice(0, 3)}`
    return { text: group[0].replace('?P<', '?<'), length: group[0].length, inBrackets: false }
  }
  return escapeOrCharacter(rest, false)
}

function inside(rest: string): Step | string {
  if (rest.startsWith(']')) return { text: ']', length: 1, inBrackets: false }
  const [named, name = ''] = NAMED_SET.exec(rest) ?? []
  if (named !== undefined) {
    const set = NAMED_SETS[name]
    return set === undefined
      ? `uses ${named}`
      : { text: set, length: named.length, inBrackets: true }
  }
  if (rest.startsWith('[:')) return `uses ${rest.slice(0, 3)}`
  return escapeOrCharacter(rest, true)
}

function escapeOrCharacter(rest: string, inBrackets: boolean): Step | string {
  if (!rest.startsWith('\\')) return { text: rest.charAt(0), length: 1, inBrackets }
  const same = SAME.exec(rest)
  if (same) return { text: same[0], length: same[0].length, inBrackets }
  const [code, digits = ''] = CODE.exec(rest) ?? []
  if (code !== undefined)
    return { text: `\\x${digits.padStart(2, '0')}`, length: code.length, inBrackets }
  if (rest.startsWith('\\a')) return { text: '\\x07', length: 2, inBrackets }
  return `uses ${rest.slice(0, 2)}`
}

function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

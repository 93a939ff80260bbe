import { DOT, inverted, merged, ofEscape, type Ranges, withBothCases } from './characters.ts'

export type Assertion = 'start' | 'end' | 'boundary' | 'not-boundary'

/** What an expression consists of. */
export type Node =
  /** One code unit of a set. */
  | { kind: 'unit'; set: Ranges }
  | { kind: 'assertion'; what: Assertion }
  | { kind: 'sequence'; parts: readonly Node[] }
  | { kind: 'either'; ways: readonly Node[] }
  | { kind: 'repeat'; part: Node; least: number; most: number }
  | { kind: 'unsupported'; construct: Unsupported; raw: string }

/** What no engine matches in linear time, or what this one leaves out. */
export type Unsupported =
  | 'lookahead'
  | 'negative lookahead'
  | 'lookbehind'
  | 'negative lookbehind'
  | 'backreference'
  | 'modifiers'

const LOOKAROUND: Readonly<Record<string, Unsupported>> = {
  '(?=': 'lookahead',
  '(?!': 'negative lookahead',
  '(?<=': 'lookbehind',
  '(?<!': 'negative lookbehind',
}
const CONTROLS: Readonly<Record<string, number>> = { f: 12, n: 10, r: 13, t: 9, v: 11 }

/**
 * Parses a regular expression that JavaScript accepts without margin tests; it checks nothing again. Strange
 * forms that JavaScript keeps for old pages have their meaning there, such as `{` that begins no count.
 * Source: ECMA-262, 22.2.1 and B.1.2 (Patterns, Additional Syntax).
 */
export function parse(source: string, ignoreCase = false): Node {
  const inCase = ignoreCase ? withBothCases : (set: Ranges) => set
  const { groups, hasNames } = groupsOf(source)
  let at = 0

  /** What a sticky expression matches here, which is then behind. */
  function take(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = at
    const found = sticky.exec(source) ?? undefined
    if (found !== undefined) at = sticky.lastIndex
    return found
  }

  function disjunction(): Node {
    const ways = [alternative()]
    while (take(/\|/y)) ways.push(alternative())
    const [only = { kind: 'sequence', parts: [] }, second] = ways
    return second === undefined ? only : { kind: 'either', ways }
  }

  function alternative(): Node {
    const parts: Node[] = []
    while (at < source.length && !/[|)]/.test(source.charAt(at))) parts.push(repeated(atom()))
    return { kind: 'sequence', parts }
  }

  function repeated(part: Node): Node {
    const found = take(/(?:([*+?])|\{(\d+)(,(\d*))?\})\??/y)
    if (found === undefined) return part
    const [, sign, count, comma, limit] = found
    if (sign !== undefined)
      return {
        kind: 'repeat',
        part,
        least: sign === '+' ? 1 : 0,
        most: sign === '?' ? 1 : Number.POSITIVE_INFINITY,
      }
    const least = Number(count)
    const most = comma === undefined ? least : limit ? Number(limit) : Number.POSITIVE_INFINITY
    return { kind: 'repeat', part, least, most }
  }

  function atom(): Node {
    const start = at
    if (take(/\^/y)) return { kind: 'assertion', what: 'start' }
    if (take(/\$/y)) return { kind: 'assertion', what: 'end' }
    if (take(/\\b/y)) return { kind: 'assertion', what: 'boundary' }
    if (take(/\\B/y)) return { kind: 'assertion', what: 'not-boundary' }
    if (take(/\./y)) return { kind: 'unit', set: DOT }
    const open = take(/\((?:\?(?:<?[=!]|[a-z-]*:|<[^>]*>))?/y)
    if (open !== undefined) return group(open[0], start)
    const bracket = take(/\[(\^?)/y)
    if (bracket !== undefined) return { kind: 'unit', set: characterClass(bracket[1] === '^') }
    if (isReference()) {
      take(/\\(?:k<[^>]*>|\d+)/y)
      return { kind: 'unsupported', construct: 'backreference', raw: source.slice(start, at) }
    }
    return { kind: 'unit', set: inCase(classAtom(false)) }
  }

  function group(open: string, start: number): Node {
    const inner = disjunction()
    take(/\)/y)
    const isModified = open !== '(?:' && open.endsWith(':')
    const construct = LOOKAROUND[open] ?? (isModified ? 'modifiers' : undefined)
    if (construct === undefined) return inner
    const raw = source.slice(start, at)
    return { kind: 'sequence', parts: [{ kind: 'unsupported', construct, raw }, inner] }
  }

  function isReference(): boolean {
    const [, name, number] = /^\\(?:(k<)|([1-9]\d*))/.exec(source.slice(at, at + 12)) ?? []
    return (name !== undefined && hasNames) || (number !== undefined && Number(number) <= groups)
  }

  function characterClass(isNegative: boolean): Ranges {
    const all: (readonly [number, number])[] = []
    while (at < source.length && !take(/\]/y)) {
      const first = classAtom(true)
      if (!take(/-(?!\])/y)) {
        all.push(...first)
        continue
      }
      const last = classAtom(true)
      const [low, high] = [single(first), single(last)]
      if (low !== undefined && high !== undefined) all.push([low, high])
      // A hyphen beside a set such as \d stands for itself.
      else all.push(...first, [45, 45], ...last)
    }
    const set = inCase(merged(all))
    return isNegative ? inverted(set) : set
  }

  /** One code unit, or what an escape stands for. */
  function classAtom(inClass: boolean): Ranges {
    if (!take(/\\/y)) return unit(source.charCodeAt(at++))
    const set = take(/[dDwWsS]/y)
    if (set !== undefined) return ofEscape(set[0])
    return unit(codeOfEscape(inClass) ?? source.charCodeAt(at++))
  }

  /** undefined: the character behind the backslash stands for itself. */
  function codeOfEscape(inClass: boolean): number | undefined {
    if (inClass && take(/b/y)) return 8
    const control = take(/[fnrtv]/y)
    if (control !== undefined) return CONTROLS[control[0]]
    const hex = take(/x([0-9a-f]{2})|u([0-9a-f]{4})/iy)
    if (hex !== undefined) return Number.parseInt(hex[1] ?? hex[2] ?? '', 16)
    const octal = take(/[0-3][0-7]{0,2}|[4-7][0-7]?/y)
    if (octal !== undefined) return Number.parseInt(octal[0], 8)
    const letter = take(inClass ? /c([a-z\d_])/iy : /c([a-z])/iy)
    if (letter !== undefined) return (letter[1] ?? '').charCodeAt(0) % 32
    // A \c that names no control character is a backslash, and a c that follows.
    return source.charAt(at) === 'c' ? 92 : undefined
  }

  return disjunction()
}

function unit(code: number): Ranges {
  return [[code, code]]
}

/** The code unit of a set that has no other. */
function single(set: Ranges): number | undefined {
  const [only, second] = set
  return only !== undefined && second === undefined && only[0] === only[1] ? only[0] : undefined
}

/** How many groups may be referred to, and whether any has a name: both decide what some escapes mean. */
function groupsOf(source: string): { groups: number; hasNames: boolean } {
  const bare = source.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]/g, '')
  const open = bare.match(/\((?!\?)|\(\?<(?![=!])/g) ?? []
  return { groups: open.length, hasNames: open.some((each) => each !== '(') }
}

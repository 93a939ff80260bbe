/** A part of a query. */
export type Node =
  | { kind: 'number'; value: number }
  | { kind: 'string'; text: string }
  | { kind: 'selector'; matchers: readonly Matcher[]; rangeSeconds: number | undefined }
  | { kind: 'call'; name: string; args: readonly Node[] }
  | { kind: 'aggregation'; name: string; by: readonly string[]; arg: Node }
  | { kind: 'binary'; operator: string; left: Node; right: Node }

export type Matcher = { label: string; operator: string; value: string }

/** A query that is no PromQL, or more of it than this evaluates. */
export class ParseError extends Error {}

const TOKEN =
  /\s*(?:#[^\n]*(?:\n\s*|$))*(?:(\d+(?:\.\d*)?(?:e[+-]?\d+)?(?![\w.])|\.\d+)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|(\[\s*\d+(?:ms|[smhdwy])\s*\])|([a-zA-Z_:][\w:]*)|(==|!=|=~|!~|<=|>=|[-+*/(){},=<>]))/y
const AGGREGATIONS = ['sum', 'max', 'min', 'avg', 'count']
const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }
/** From the loosest to the tightest. */
const LEVELS = [['or'], ['==', '!=', '<', '>', '<=', '>='], ['+', '-'], ['*', '/']]

/**
 * Reads the part of PromQL that metrics of a rollout need.
 * Source: prometheus.io/docs/prometheus/latest/querying/basics and /operators.
 */
export function parseQuery(query: string): Node {
  const tokens = tokensOf(query)
  let at = 0
  const peek = () => tokens[at] ?? ''
  const next = () => tokens[at++] ?? ''
  const take = (text: string) => {
    const found = next()
    if (found !== text) throw new ParseError(`unexpected ${found || 'end of input'}`)
  }
  const node = level(0)
  if (peek() !== '') throw new ParseError(`unexpected ${peek()}`)
  return node

  function level(index: number): Node {
    const operators = LEVELS[index]
    if (operators === undefined) return unary()
    let left = level(index + 1)
    while (operators.includes(peek()))
      left = { kind: 'binary', operator: next(), left, right: level(index + 1) }
    return left
  }

  function unary(): Node {
    if (peek() !== '-') return primary()
    next()
    return { kind: 'binary', operator: '*', left: { kind: 'number', value: -1 }, right: unary() }
  }

  function primary(): Node {
    const token = peek()
    if (/^(?:\d|\.)/.test(token)) return { kind: 'number', value: Number(next()) }
    if (/^["'`]/.test(token)) return { kind: 'string', text: unquoted(next()) }
    if (token === '{') return selector([])
    if (token === '(') {
      next()
      const inner = level(0)
      take(')')
      return inner
    }
    if (!/^[a-zA-Z_:]/.test(token)) throw new ParseError(`unexpected ${token || 'end of input'}`)
    return named(next())
  }

  function named(name: string): Node {
    if (/^(?:nan|[+-]?inf)$/i.test(name))
      return { kind: 'number', value: /nan/i.test(name) ? Number.NaN : Number.POSITIVE_INFINITY }
    if (AGGREGATIONS.includes(name)) {
      const by = peek() === 'by' ? labelNames() : []
      const [arg] = args()
      if (arg === undefined) throw new ParseError('no arguments for aggregate expression')
      return { kind: 'aggregation', name, by: peek() === 'by' ? labelNames() : by, arg }
    }
    if (peek() === '(') return { kind: 'call', name, args: args() }
    return selector([{ label: '__name__', operator: '=', value: name }])
  }

  function labelNames(): string[] {
    take('by')
    take('(')
    const names: string[] = []
    while (peek() !== ')') {
      names.push(next())
      if (peek() === ',') next()
    }
    take(')')
    return names
  }

  function args(): Node[] {
    take('(')
    const found: Node[] = []
    while (peek() !== ')') {
      found.push(level(0))
      if (peek() === ',') next()
      else break
    }
    take(')')
    return found
  }

  function matchersInBraces(): Matcher[] {
    if (peek() !== '{') return []
    next()
    const matchers: Matcher[] = []
    while (peek() !== '}') {
      const [label, operator, value] = [next(), next(), next()]
      if (!['=', '!=', '=~', '!~'].includes(operator) || !/^["'`]/.test(value))
        throw new ParseError(`unexpected ${operator} in label matching`)
      matchers.push({ label, operator, value: unquoted(value) })
      if (peek() === ',') next()
    }
    take('}')
    return matchers
  }

  function selector(named: Matcher[]): Node {
    const matchers = [...named, ...matchersInBraces()]
    if (matchers.length === 0) throw new ParseError('vector selector must contain a matcher')
    const [, number, unit = ''] = /^\[\s*(\d+)(\w+)\s*\]$/.exec(peek()) ?? []
    if (number !== undefined) next()
    const rangeSeconds = number === undefined ? undefined : Number(number) * (SECONDS[unit] ?? 0)
    return { kind: 'selector', matchers, rangeSeconds }
  }
}

function tokensOf(query: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  const text = query.trimEnd()
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex
    const found = TOKEN.exec(text)
    if (found === null) {
      if (/^\s*(?:#[^\n]*\s*)*$/.test(text.slice(at))) break
      throw new ParseError(`unexpected character at ${at}`)
    }
    tokens.push(found.slice(1).find((group) => group !== undefined) ?? '')
  }
  return tokens
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

function unquoted(token: string): string {
  const quote = token.charAt(0)
  const inner = token.slice(1, -1)
  if (quote === '`') return inner
  if (inner.includes('\n')) throw new ParseError('unterminated quoted string')
  return inner.replace(/\\(.)/g, (_, letter: string) => {
    if (!/[abfnrtv\\]/.test(letter) && letter !== quote)
      throw new ParseError(`unknown escape sequence ${letter}`)
    return ESCAPES[letter] ?? letter
  })
}

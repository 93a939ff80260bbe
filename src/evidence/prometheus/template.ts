/** What the placeholders of a query stand for. */
export type Values = Record<Placeholder, string>

export type Placeholder = (typeof PLACEHOLDERS)[number]

export const PLACEHOLDERS = ['namespace', 'object', 'destination', 'host', 'window'] as const
/** A query with one of these is asked once for each destination whose share grows. */
const OF_DESTINATION: readonly Placeholder[] = ['destination', 'host']

/** A part of a query: text that is sent as it is, or a placeholder. */
export type Part = { kind: 'text'; text: string } | Gap

type Gap = {
  kind: 'placeholder'
  /** As it was written; it may be no placeholder that there is. */
  name: string
  /** The quotation mark of the string that it is in; undefined outside of strings. */
  quote: Quote | undefined
  /** Whether the string is a regular expression of a label matcher. */
  isPattern: boolean
}

type Quote = '"' | "'" | '`'

const GAP = /^\{\{\s*([^{}]*?)\s*\}\}/

/**
 * Splits a query at its placeholders, as PromQL reads it: strings in three kinds of quotation marks, and comments from #
 * to the end of the line, in which nothing is replaced.
 * Source: prometheus/prometheus, promql/parser/lex.go.
 */
export function partsOf(query: string): Part[] {
  const parts: Part[] = []
  let quote: Quote | undefined
  let isPattern = false
  let text = ''
  for (let at = 0; at < query.length; ) {
    const rest = query.slice(at)
    const [gap, name] = GAP.exec(rest) ?? []
    const [comment] = quote === undefined ? (/^#[^\n]*/.exec(rest) ?? []) : []
    if (gap !== undefined && name !== undefined) {
      parts.push({ kind: 'text', text }, { kind: 'placeholder', name, quote, isPattern })
      text = ''
      at += gap.length
      continue
    }
    // A backslash takes the next character with it, but not in backquotes.
    const isEscape = quote !== undefined && quote !== '`' && rest.startsWith('\\')
    const taken = comment ?? (isEscape ? rest.slice(0, 2) : rest.charAt(0))
    if (quote === undefined && isQuote(taken)) {
      quote = taken
      isPattern = /[=!]~\s*$/.test(text)
    } else if (taken === quote) quote = undefined
    text += taken
    at += taken.length
  }
  parts.push({ kind: 'text', text })
  return parts.filter((part) => part.kind === 'placeholder' || part.text !== '')
}

function isQuote(character: string): character is Quote {
  return character === '"' || character === "'" || character === '`'
}

export function isPlaceholder(name: string): name is Placeholder {
  return PLACEHOLDERS.some((placeholder) => placeholder === name)
}

/** Whether a query differs by destination. */
export function namesDestination(query: string): boolean {
  return partsOf(query).some(
    (part) =>
      part.kind === 'placeholder' &&
      OF_DESTINATION.some((placeholder) => placeholder === part.name),
  )
}

/**
 * The query with values in place of its placeholders, each escaped for the string that it is in. A value in a regular
 * expression stands for itself.
 */
export function filled(query: string, values: Values): string {
  return partsOf(query)
    .map((part) => {
      if (part.kind === 'text') return part.text
      const value = isPlaceholder(part.name) ? values[part.name] : ''
      return escaped(part.isPattern ? literalPattern(value) : value, part.quote)
    })
    .join('')
}

/** Source: github.com/google/re2/wiki/Syntax; a backslash before punctuation stands for the character. */
function literalPattern(value: string): string {
  return value.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
}

/** In backquotes nothing can be escaped, and the names of Kubernetes have no backquote. */
function escaped(value: string, quote: Quote | undefined): string {
  if (quote === '`') return value.replaceAll('`', '')
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replace(/["']/g, (mark) => (mark === quote ? `\\${mark}` : mark))
}

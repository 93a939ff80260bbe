import { type Span, startIndex } from './find-forms.ts'
import { plainForms, SHORTEST, writtenForms } from './secret-forms.ts'
import { unescaped } from './unescaped.ts'

/** A message may be JSON in JSON in HTML. */
const MOST_PASSES = 4

/** Replaces secrets in everything that is printed or written. */
export type Redactor = {
  add(secret: string): void
  redact(text: string): string
}

/**
 * A secret is looked for as it may be written, and again after each pass of reading the text's escapes: a server, a plugin
 * or a proxy may have escaped it in any way, and more than once.
 */
export function startRedacting(): Redactor {
  const known = new Set<string>()
  const written = startIndex()
  const plain = startIndex()
  return {
    add(secret) {
      if (secret.length < SHORTEST || known.has(secret)) return
      known.add(secret)
      for (const form of writtenForms(secret)) written.add(form)
      for (const form of plainForms(secret)) plain.add(form)
    },
    redact(text) {
      if (known.size === 0) return text
      const masked = withoutSpans(text, written.spansIn(text))
      return withoutSpans(masked, escapedSpans(masked))
    },
  }

  function escapedSpans(text: string): Span[] {
    const spans: Span[] = []
    let startOf = (index: number) => index
    let current = text
    for (let pass = 0; pass < MOST_PASSES; pass += 1) {
      const read = unescaped(current)
      if (read === undefined) break
      const before = startOf
      startOf = (index) => before(read.startOf(index))
      current = read.text
      for (const { start, end } of plain.spansIn(current))
        spans.push({ start: startOf(start), end: startOf(end) })
    }
    return spans
  }
}

function withoutSpans(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text
  let end = 0
  let result = ''
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (span.end <= end) continue
    // What overlaps the one before is of the same three stars.
    if (span.start >= end) result += `${text.slice(end, span.start)}***`
    end = span.end
  }
  return result + text.slice(end)
}

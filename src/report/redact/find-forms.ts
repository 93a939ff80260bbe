import { SHORTEST } from './secret-forms.ts'

/** A part of a text, from its first character to the one after its last. */
export type Span = { start: number; end: number }

/** Finds many texts in one pass over another, whose cost does not grow with their number. */
export type FormIndex = {
  add(form: string): void
  /** Every place of every form; what overlaps is one span. */
  spansIn(text: string): Span[]
}

/** Forms are found by their first characters. */
export function startIndex(): FormIndex {
  const byStart = new Map<string, Set<string>>()
  /** Tells at most places that no form begins there, without a look into the map. */
  const mayStart = new Uint8Array(65_536)
  return {
    add(form) {
      if (form.length < SHORTEST) return
      const start = form.slice(0, SHORTEST)
      mayStart[hashAt(form, 0)] = 1
      const known = byStart.get(start)
      if (known === undefined) byStart.set(start, new Set([form]))
      else known.add(form)
    },
    spansIn(text) {
      const spans: Span[] = []
      let last: Span | undefined
      for (let at = 0; at + SHORTEST <= text.length; at += 1) {
        const length = mayStart[hashAt(text, at)] === 0 ? 0 : longestAt(text, at)
        if (length === 0) continue
        if (last !== undefined && at < last.end) last.end = Math.max(last.end, at + length)
        else {
          last = { start: at, end: at + length }
          spans.push(last)
        }
      }
      return spans
    },
  }

  function longestAt(text: string, at: number): number {
    let length = 0
    for (const form of byStart.get(text.slice(at, at + SHORTEST)) ?? [])
      if (form.length > length && text.startsWith(form, at)) length = form.length
    return length
  }
}

function hashAt(text: string, at: number): number {
  let hash = 0
  for (let index = at; index < at + SHORTEST; index += 1)
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) & 0xffff
  return hash
}

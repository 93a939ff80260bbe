import { type Event, parseEvents, YAMLException } from 'js-yaml'

/** The events of a YAML text, and the text that their offsets refer to. */
export type YamlView = {
  events: Event[]
  text: string
  /** Whether that is the file's own text. */
  isText: boolean
  /** The place in the file's text of an offset in the view's. */
  origin: (offset: number) => number
}

/** An error in a YAML text, with its place if it has one. */
export class YamlError extends Error {
  readonly position: number | undefined

  constructor(message: string, position?: number) {
    super(message)
    this.position = position
  }
}

/** Deeper than any intended nesting. go-yaml stops at 10,000. */
const MAX_DEPTH = 1_000
/** Wider than any indentation that the parser could ask for at one level. */
const INDENT = ' '.repeat(256)
/** How many characters all attempts together may read. */
const MAX_READ = 64 * 1024 * 1024

/**
 * Parses a text that go-yaml, and so kubectl, reads. js-yaml is stricter in three points, so it gets a
 * view of the text in which these are changed: a byte order mark at the start of a line (a file
 * that was joined from others has some) is left out, a tab between the parts of a flow collection is
 * a space, and a line of a flow collection or of a quoted scalar that is not indented enough (`]`
 * below its key) is indented.
 */
export function parseView(text: string): YamlView {
  const places = [...text.matchAll(/(?<=^|[\r\n])\uFEFF/g)].map(({ index }) => ({
    at: index,
    change: -1,
  }))
  let untabbed = text
  for (let read = 0; ; read += text.length) {
    const view = viewOf(untabbed, places)
    try {
      return { ...view, isText: view.text === text, events: eventsOf(view.text) }
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error
      const position = view.origin(error.mark?.position ?? 0)
      if (error.reason !== 'deficient indentation' || read > MAX_READ)
        throw new YamlError(error.reason, position)
      const start = startOfLine(text, position)
      const line = untabbed.slice(start, position)
      if (line.includes('\t'))
        untabbed = `${untabbed.slice(0, start)}${line.replaceAll('\t', ' ')}${untabbed.slice(position)}`
      else {
        places.push({ at: start, change: INDENT.length })
        places.sort((a, b) => a.at - b.at || a.change - b.change)
      }
    }
  }
}

function eventsOf(text: string): Event[] {
  return parseEvents(text, { maxDepth: MAX_DEPTH })
}

type Place = { at: number; change: number }

function viewOf(text: string, places: readonly Place[]): Pick<YamlView, 'text' | 'origin'> {
  if (places.length === 0) return { text, origin: (offset) => offset }
  let view = ''
  let done = 0
  const steps: { from: number; shift: number }[] = []
  for (const { at, change } of places) {
    view += text.slice(done, at) + (change > 0 ? INDENT : '')
    done = change > 0 ? at : at + 1
    steps.push({ from: view.length, shift: done - view.length })
  }
  return {
    text: view + text.slice(done),
    origin: (offset) => offset + shiftAt(steps, offset),
  }
}

/** By bisection: a long file has many places and many offsets. */
function shiftAt(steps: readonly { from: number; shift: number }[], offset: number): number {
  let low = 0
  let high = steps.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((steps[middle]?.from ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return steps[low - 1]?.shift ?? 0
}

function startOfLine(text: string, position: number): number {
  let start = position
  while (start > 0 && text[start - 1] !== '\n' && text[start - 1] !== '\r') start -= 1
  return text[start] === '\uFEFF' ? start + 1 : start
}

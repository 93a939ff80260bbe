/** A change at one place of a text: `remove` characters go, `insert` comes. */
export type Splice = { at: number; remove: number; insert: string }

/**
 * The text after all splices, which do not overlap; of those at one place the first comes first.
 * Everything else of the text stays as it is.
 */
export function spliced(text: string, splices: readonly Splice[]): string {
  let result = ''
  let done = 0
  for (const { at, remove, insert } of [...splices].sort((a, b) => a.at - b.at)) {
    result += text.slice(done, at) + insert
    done = at + remove
  }
  return result + text.slice(done)
}

/** Where the line ends in which `position` stands: before its line end. */
export function lineEnd(text: string, position: number): number {
  const found = /\r?\n/.exec(text.slice(position))
  return found ? position + found.index : text.length
}

/** How many characters stand before `position` in its line. */
export function column(text: string, position: number): number {
  return position - (text.lastIndexOf('\n', position - 1) + 1)
}

/** The number of the line in which `position` stands, from 1. */
export function lineNumber(text: string, position: number): number {
  return text.slice(0, position).split('\n').length
}

/** The line end that the text uses: that of its first line. */
export function lineBreak(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n'
}

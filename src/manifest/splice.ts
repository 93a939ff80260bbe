/** A change at one place of a text: `remove` characters are replaced by `insert`. */
export type Splice = { at: number; remove: number; insert: string }

/**
 * The text after all splices, which do not overlap. Several at one place are applied in their order. The rest of the
 * text stays as it is.
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

/** A splice that removes nothing. */
export function insertion(at: number, insert: string): Splice {
  return { at, remove: 0, insert }
}

/** YAML has three line ends: that of Unix, that of Windows, and the single carriage return. */
const LINE_END = /\r\n|\n|\r/

/** The end of the line that holds `position`: where its line end begins. */
export function lineEnd(text: string, position: number): number {
  const rest = /[\r\n]/g
  rest.lastIndex = position
  return rest.exec(text)?.index ?? text.length
}

/** The start of the line that holds `position`. */
export function lineStart(text: string, position: number): number {
  if (position === 0) return 0
  return Math.max(text.lastIndexOf('\n', position - 1), text.lastIndexOf('\r', position - 1)) + 1
}

/** The number of characters between the start of the line and `position`. */
export function column(text: string, position: number): number {
  return position - lineStart(text, position)
}

/** The number of the line that holds `position`, from 1. */
export function lineNumber(text: string, position: number): number {
  return text.slice(0, position).split(LINE_END).length
}

/**
 * The line end of the line that holds `position`, for a line that is added behind it: some files have mixed line ends.
 * The last line may have none; then that of the line before it is used.
 */
export function lineBreakAt(text: string, position: number): string {
  return breakAt(text, lineEnd(text, position)) ?? breakBefore(text, lineStart(text, position))
}

function breakAt(text: string, position: number): string | undefined {
  const found = LINE_END.exec(text.slice(position, position + 2))
  return found?.index === 0 ? found[0] : undefined
}

function breakBefore(text: string, position: number): string {
  if (position === 0) return '\n'
  return text.slice(0, position).endsWith('\r\n') ? '\r\n' : text.charAt(position - 1)
}

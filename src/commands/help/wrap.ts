/** A text to wrap: the indent of its first line, that of its other lines, and the words. */
export type Paragraph = { first: string; rest: string; words: string }

/** The lines of a page. A text is wrapped to the columns; a line that is given as it is, such as a command, is not. */
export function page(parts: readonly (string | Paragraph)[], columns: number): string {
  return parts
    .flatMap((part) => (typeof part === 'string' ? [part] : wrapped(part, columns)))
    .map((line) => `${line}\n`)
    .join('')
}

/** A paragraph whose lines all have the same indent. */
export function paragraph(words: string, indent = ''): Paragraph {
  return { first: indent, rest: indent, words }
}

/** A term with its explanation beside it, from this column on. */
export function definition(term: string, words: string, column: number): Paragraph {
  return { first: `  ${term.padEnd(column - 2)}`, rest: ' '.repeat(column), words }
}

function wrapped({ first, rest, words }: Paragraph, columns: number): string[] {
  const lines: string[] = []
  let [indent, line] = [first, '']
  for (const word of words.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && indent.length + longer.length > columns) {
      lines.push(indent + line)
      indent = rest
      line = word
    } else line = longer
  }
  return [...lines, indent + line]
}

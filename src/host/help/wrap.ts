/** The columns that every text of `--help` fits into. */
const COLUMNS = 80

/** Lines of at most 80 columns, all of them indented. A word that is longer has a line of its own. */
export function wrapped(text: string, indent: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && indent.length + longer.length > COLUMNS) {
      lines.push(indent + line)
      line = word
    } else line = longer
  }
  return [...lines, indent + line]
}

/** A table: its title, one line that explains it, and rows of cells under the headings. */
export type TextTable = {
  title: string
  explained: string
  headings: readonly string[]
  rows: readonly (readonly string[])[]
}

/** Aligned plain text: the first column to the left, numbers to the right. */
export function plainTable({ title, explained, headings, rows }: TextTable): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? ''
        return column === 0 ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd()
  return [title, explained, '', line(headings), ...rows.map(line), ''].join('\n')
}

export function markdownTable({ headings, rows }: TextTable): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line), ''].join('\n')
}

/** A share in percent, with as many digits as tell small ones apart. */
export function percent(share: number): string {
  const points = share * 100
  if (points === 0 || points === 100) return `${points}%`
  // Neither end is rounded to: 100% and 0% are said of what is certain only.
  if (points > 99.995) return '>99.99%'
  if (points < 0.005) return '<0.01%'
  return `${points.toFixed(points < 10 || points > 99 ? 2 : 1)}%`
}

/** A share that somebody asked for, in percent, as short as it can be said. */
export function asked(share: number): string {
  return `${Number((share * 100).toPrecision(6))}`
}

export function whole(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

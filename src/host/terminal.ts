import { coloured } from '../report/log/colour.ts'
import type { LogLine } from '../report/log/log-line.ts'

/** Where lines of text go; a terminal has columns, which change with its window. */
export type Screen = {
  write: (text: string) => unknown
  columns: () => number | undefined
  isColoured: boolean
}

const TO_LINE_START_AND_ERASE = '\r\u001b[K'
const ABOVE_AND_ERASE = '\u001b[A\u001b[K'
const USUAL_COLUMNS = 80
const BETWEEN = '  '

/** The columns of a terminal. Where the text goes to another program, such as a pager, those that COLUMNS names. */
export function columnsOf(
  stream: { columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): number | undefined {
  const named = /^\d+$/.test(environment.COLUMNS ?? '') ? Number(environment.COLUMNS) : 0
  return stream.columns || named || undefined
}

/**
 * Prints lines where no runner folds or annotates them: results to `out`, warnings and errors to
 * `err`, a group as its title. A live line, or a block of them, stays until the next line of any kind.
 * The texts must not contain control characters.
 *
 * @param isVerbose debug lines are printed too
 */
export function terminalPrinter(
  out: Screen,
  err: Screen,
  isVerbose = false,
): (line: LogLine) => void {
  let liveLines = 0

  function clear(): void {
    if (liveLines > 0)
      out.write(`${TO_LINE_START_AND_ERASE}${ABOVE_AND_ERASE.repeat(liveLines - 1)}`)
    liveLines = 0
  }

  function writeLine(screen: Screen, line: LogLine): void {
    screen.write(`${screen.isColoured ? coloured(line) : line.text}\n`)
  }

  return (line) => {
    const { level, text } = line
    if (level === 'debug' && !isVerbose) return
    clear()
    switch (level) {
      case 'live': {
        const lines = text.split('\n')
        // A line that wraps could not be overwritten.
        const most = (out.columns() ?? USUAL_COLUMNS) - 1
        out.write(lines.map((one) => fitted(one, most)).join('\n'))
        liveLines = lines.length
        return
      }
      case 'group':
        return writeLine(out, { ...line, text: `-- ${oneLine(text)}` })
      case 'group-end':
        return
      case 'debug':
      case 'info':
      case 'notice':
        return writeLine(out, line)
      case 'warning':
        return writeLine(err, { ...line, text: `warning: ${text}` })
      case 'error':
        return writeLine(err, line)
    }
  }
}

/** A live line in so many characters: without its bar where it does not fit, then without fields at its end. */
function fitted(line: string, most: number): string {
  if (line.length <= most) return line
  const fields = line.split(BETWEEN)
  const kept = fields.filter((field) => !field.startsWith('['))
  while (kept.length > 1 && kept.join(BETWEEN).length > most) kept.pop()
  return kept.join(BETWEEN).slice(0, most)
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}

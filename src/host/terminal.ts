import { coloured } from '../report/log/colour.ts'
import type { LogLine } from '../report/log/log-line.ts'

/** Where lines are written. A terminal has columns, which change with its window. */
export type Screen = {
  write: (text: string) => unknown
  columns: () => number | undefined
  isColoured: boolean
}

const TO_LINE_START_AND_ERASE = '\r\u001b[K'
const USUAL_COLUMNS = 80

/**
 * Prints lines where no runner folds or annotates them: results to `out`, warnings and errors to `err`, a group as its
 * title. A live line stays until the next line of any kind. The texts must not contain control characters.
 */
export function terminalPrinter(out: Screen, err: Screen): (line: LogLine) => void {
  let isLive = false

  function clear(): void {
    if (isLive) out.write(TO_LINE_START_AND_ERASE)
    isLive = false
  }

  function writeLine(screen: Screen, { level, text }: LogLine): void {
    screen.write(`${screen.isColoured ? coloured({ level, text }) : text}\n`)
  }

  return ({ level, text }) => {
    clear()
    switch (level) {
      case 'live':
        // A line that wraps could not be overwritten.
        out.write(oneLine(text).slice(0, (out.columns() ?? USUAL_COLUMNS) - 1))
        isLive = true
        return
      case 'group':
        writeLine(out, { level, text: `-- ${oneLine(text)}` })
        return
      case 'group-end':
        return
      case 'info':
        return writeLine(out, { level, text })
      case 'warning':
        return writeLine(err, { level, text: `warning: ${text}` })
      case 'error':
        return writeLine(err, { level, text })
    }
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}

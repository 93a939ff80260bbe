import type { CommandLine } from '../options/arguments.ts'
import { bounded } from '../report/log/bounded.ts'
import { usesColour } from '../report/log/colour.ts'
import type { LogLine } from '../report/log/log-line.ts'
import { plainText } from '../report/plain-text.ts'
import type { Redactor } from '../report/redact/redact.ts'
import { type Screen, terminalPrinter } from './terminal.ts'

/** Where the lines of a command go. With `--output json`, standard output has the result only, for another program. */
export type CommandScreen = {
  print: (line: LogLine) => void
  /** Whether a line can be overwritten. */
  isTerminal: boolean
}

export function commandScreen(
  { output, flag }: Pick<CommandLine, 'output' | 'flag'>,
  redactor: Redactor,
): CommandScreen {
  const { env } = process
  const has = (name: string) => flag(name) !== undefined
  const isColoured = !has('no-color')
  const isQuiet = has('quiet')
  const out = output === 'json' ? process.stderr : process.stdout
  const show = terminalPrinter(
    screenOf(out, isColoured),
    screenOf(process.stderr, isColoured),
    has('verbose'),
  )
  // The report on standard output has the verdict.
  const isShown = ({ level, isClosing }: LogLine) =>
    !isQuiet || level === 'error' || (isClosing === true && output === 'text')
  return {
    isTerminal: out.isTTY === true && env.TERM !== 'dumb' && !env.CI && !isQuiet,
    print: (line) => {
      if (!isShown(line)) return
      const { level, text } = line
      // A terminal that is stopped would get all live lines later.
      if (level === 'live' && out.writableLength > 0) return
      show({ ...line, text: plainText(bounded(redactor.redact(text))) })
    },
  }
}

function screenOf(stream: NodeJS.WriteStream, isColoured: boolean): Screen {
  return {
    write: (text) => stream.write(text),
    columns: () => stream.columns,
    isColoured: isColoured && usesColour(process.env, stream.isTTY === true),
  }
}

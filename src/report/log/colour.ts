import type { LogLine } from './log-line.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Whether what a stream shows is coloured: on a terminal, but for NO_COLOR (no-color.org) and a
 * terminal that is none; elsewhere where FORCE_COLOR asks for it.
 */
export function usesColour(environment: Environment, isTerminal: boolean): boolean {
  if (environment.NO_COLOR) return false
  if (environment.FORCE_COLOR) return environment.FORCE_COLOR !== '0'
  return isTerminal && environment.TERM !== 'dumb'
}

const BOLD = 1
const RED = 31
const GREEN = 32
const YELLOW = 33
const CYAN = 36

/** A line of the log in colours: titles, what failed, what succeeded, and the sides of a diff. */
export function coloured({ level, text }: LogLine): string {
  if (level === 'error') return inColour(RED, text)
  if (level === 'warning') return inColour(YELLOW, text)
  if (level === 'group') return inColour(BOLD, text)
  if (/^(pass|planned|proven|restored|idle)\b/.test(text)) return inColour(GREEN, text)
  return text.startsWith('--- a/') ? text.split('\n').map(diffLine).join('\n') : text
}

function diffLine(line: string): string {
  const colours = new Map([
    ['-', RED],
    ['+', GREEN],
    ['@', CYAN],
  ])
  const colour = colours.get(line.slice(0, 1))
  return colour === undefined ? line : inColour(colour, line)
}

function inColour(colour: number, text: string): string {
  return `\u001b[${colour}m${text}\u001b[0m`
}

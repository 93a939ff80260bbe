import type { LogLine } from './log-line.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Whether a stream is coloured. A terminal is, unless NO_COLOR (no-color.org) or a dumb terminal says otherwise.
 * Elsewhere FORCE_COLOR turns colours on.
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

const TONES: Readonly<Record<NonNullable<LogLine['tone']>, number | undefined>> = {
  good: GREEN,
  bad: RED,
  warning: YELLOW,
  neutral: undefined,
  diff: undefined,
}
const LEVELS: Readonly<Partial<Record<LogLine['level'], number>>> = {
  error: RED,
  warning: YELLOW,
  group: BOLD,
}

/** A line of the log in colours, by its level and its tone. Of several lines the first has the colour. */
export function coloured({ level, text, tone }: LogLine): string {
  if (tone === 'diff') return text.split('\n').map(diffLine).join('\n')
  const colour = (tone && TONES[tone]) ?? LEVELS[level]
  if (colour === undefined) return text
  const [first = '', ...rest] = text.split('\n')
  return [inColour(colour, first), ...rest].join('\n')
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

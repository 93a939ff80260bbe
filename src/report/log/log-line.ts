import { documentationOf } from '../../problem/codes.ts'
import type { Problem } from '../../problem/problem.ts'
import type { Tone } from '../facts/headline.ts'

/**
 * One line of the log, and how it is shown: as it is, as an annotation, as the title of the lines up to the next
 * `group-end`, until something else is printed (`live`, on a terminal, where it may be a block of several lines), or in
 * the action with step debug logging only, and on the command line with `--verbose` (`debug`).
 */
export type LogLine = {
  level: 'info' | 'debug' | 'notice' | 'warning' | 'error' | 'group' | 'group-end' | 'live'
  text: string
  /** Of an annotation. */
  title?: string
  /** Its colour where there are colours. */
  tone?: Tone | 'diff'
  /** The last line of a run, with its verdict. */
  isClosing?: true
}

/** A text, and below it what to do. */
export function withRemedy(what: string, remedy: string): string {
  return remedy === '' ? what : `${what}\n${remedy}`
}

/** A problem for which the run does not go on is in the last line, with all others. */
export function findingLines({ severity, code, what, remedy }: Problem): LogLine[] {
  if (severity === 'error') return []
  const text = `${withRemedy(what, remedy)}\nMore: ${documentationOf(code)} [${code}]`
  return [{ level: 'warning', text, title: `Traffic shift: ${code}` }]
}

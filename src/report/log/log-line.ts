import type { Tone } from '../facts/headline.ts'

/**
 * One line of the log, and how it is shown: as it is, as an annotation, as the title of the lines up to the next
 * `group-end`, until something else is printed (`live`, on a terminal, where it may be a block of several lines), or in
 * the action with step debug logging only (`debug`).
 */
export type LogLine = {
  level: 'info' | 'debug' | 'notice' | 'warning' | 'error' | 'group' | 'group-end' | 'live'
  text: string
  /** Of an annotation. */
  title?: string
  /** Its colour where there are colours. */
  tone?: Tone | 'diff'
}

/** A text, and below it what to do. */
export function withRemedy(what: string, remedy: string): string {
  return remedy === '' ? what : `${what}\n${remedy}`
}

/**
 * One line of the log, and how it is shown: as it is, as something that the user must act on, as the
 * title of the lines up to the next `group-end`, or for as long as nothing else is printed (`live`,
 * on a terminal).
 */
export type LogLine = {
  level: 'info' | 'warning' | 'error' | 'group' | 'group-end' | 'live'
  text: string
}

/** A text, and below it what to do. */
export function withRemedy(what: string, remedy: string): string {
  return remedy === '' ? what : `${what}\n${remedy}`
}

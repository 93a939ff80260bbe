import type { RawOptions } from '../options/reader.ts'
import { namesOf, OPTIONS } from '../options/table.ts'
import { mayBePath } from '../problem/may-be-shown.ts'
import { shellQuoted } from '../problem/shell-quoted.ts'

/** A command to paste, and what the person who pastes it has to fill in first. */
export type ShiftCommand = {
  command: string
  /** Options whose values are not printed, because they may be secret or too long to read. */
  omitted: readonly string[]
}

/** The option that a plan can do without, and a shift cannot. */
const EXPECT = 'expect'
/** Longer values are not read on a command line. */
const LONGEST_VALUE = 2000

/** The command that writes what `plan` showed, with the options that were given to it on the command line. */
export function shiftCommand(raw: RawOptions): ShiftCommand {
  const omitted: string[] = []
  const words = OPTIONS.filter(({ name }) => name !== 'mode')
    .flatMap(namesOf)
    .flatMap((name) => {
      const text = raw(name)
      if (text === undefined) return []
      const value = shownText(name, text)
      if (value === undefined) omitted.push(name)
      return [word(name, value ?? placeholder(name))]
    })
  return { command: ['istio-traffic-shift shift', ...words].join(' '), omitted }
}

/** The value as it may be printed; undefined where it may not. */
function shownText(name: string, text: string): string | undefined {
  if (name === 'github-token') return undefined
  if (isKubeconfig(name)) return text === 'auto' || mayBePath(text) ? text : undefined
  return text.length <= LONGEST_VALUE && !/[^\P{Cc}\n\t]/u.test(text) ? text : undefined
}

export function isKubeconfig(name: string): boolean {
  return name === 'kubeconfig' || name === 'gateway-kubeconfig'
}

/** A kubeconfig that is no file can be given on standard input. */
export function placeholder(name: string): string {
  return isKubeconfig(name) ? '-' : name.toUpperCase()
}

function word(name: string, value: string): string {
  const quoted = /^[\w./:,=@+-]+$/.test(value) ? value : shellQuoted(value)
  return `--${name}${value.startsWith('-') && value !== '-' ? '=' : ' '}${quoted}`
}

/** The option that a shift needs and a plan does not, with a value to fill in. */
export function expectToFillIn(destinations: readonly string[]): string {
  const each = destinations.map(
    (name) => `${JSON.stringify(name)}: ${JSON.stringify(replyOf(name))}`,
  )
  return word(EXPECT, `{${each.join(', ')}}`)
}

/** What stands for the expression that a person has to write. */
export function replyOf(destination: string): string {
  return `REPLY OF ${destination}`
}

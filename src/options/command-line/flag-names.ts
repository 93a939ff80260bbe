import { namesOf, OPTIONS } from '../table.ts'

/** Options of the command line only, without a value. */
const SWITCHES = ['help', 'version', 'dry-run'] as const

/** The names of the options that the action has as inputs too. */
export const NAMES: readonly string[] = OPTIONS.flatMap(namesOf)

/** Every option of the command line, without its dashes. */
export const KNOWN: readonly string[] = [...NAMES, 'output', ...SWITCHES]

export function isSwitch(name: string): boolean {
  return SWITCHES.some((one) => one === name)
}

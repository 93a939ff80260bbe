import { parseArgs } from 'node:util'
import { namesOf, OPTIONS } from '../table.ts'
import { FLAGS, type Vocabulary } from './flags.ts'

/** The options that a command line can have, without their dashes. */
export type Language = {
  /** The command that is no mode; undefined: a mode. */
  command: string | undefined
  /** What this command, or a mode, has. */
  known: readonly string[]
  /** What any of them has. */
  all: readonly string[]
  /** Those without a value. */
  switches: readonly string[]
  /** Those of them that may have one. */
  maybe: readonly string[]
}

/** The names of the options that the action has as inputs too. */
const NAMES: readonly string[] = OPTIONS.flatMap(namesOf)

export type Token = ReturnType<typeof tokensOf>[number]

/** The words of a command line: what is an option, a value, or neither. */
export function tokensOf(words: readonly string[], commands: readonly Vocabulary[]) {
  const flags = [...FLAGS, ...commands.flatMap((command) => command.flags)]
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: {
      ...Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }])),
      namespace: { type: 'string', short: 'n' },
      ...Object.fromEntries(
        flags.map(({ name, short, placeholder }) => [
          name,
          {
            type: placeholder === undefined ? ('boolean' as const) : ('string' as const),
            ...(short && { short }),
          },
        ]),
      ),
    },
  })
  return tokens
}

/** The options of a command, or where it is undefined, those of the modes. */
export function languageOf(
  commands: readonly Vocabulary[],
  command: Vocabulary | undefined,
): Language {
  const flags = [...FLAGS, ...commands.flatMap((each) => each.flags)]
  const own = command === undefined ? FLAGS : [...FLAGS.filter(isOf(command)), ...command.flags]
  const options = OPTIONS.filter(({ name }) => command?.options.includes(name) ?? true)
  const names = (some: readonly { name: string }[]) => some.map(({ name }) => name)
  return {
    command: command?.name,
    known: [...options.flatMap(namesOf), ...names(own)],
    all: [...NAMES, ...names(flags)],
    switches: names(flags.filter(({ placeholder }) => placeholder === undefined)),
    maybe: names(own.filter(({ takesWord }) => takesWord)),
  }
}

function isOf({ options }: Vocabulary) {
  return ({ name, isEverywhere }: (typeof FLAGS)[number]) => isEverywhere || options.includes(name)
}

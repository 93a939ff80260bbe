import type { CommandScreen } from '../host/command-screen.ts'
import type { Vocabulary } from '../options/command-line/flags.ts'
import type { RawOptions } from '../options/reader.ts'
import type { Redactor } from '../report/redact/redact.ts'

/** A command that is no mode: it makes no run, and the action does not have it. */
export type Command = Vocabulary & {
  /** One sentence, for the overview. */
  summary: string
  /** More sentences, for its own help. */
  more: string
  /** What follows its name: `bash|zsh|fish|kubectl`. */
  usage: string
  example: readonly string[]
  /** Loads the rest of the command, and returns the exit status. Nothing is wrong with the words when it is called. */
  run: (call: Call) => Promise<number>
}

/** How a command was called, and what it may use. */
export type Call = CommandScreen & {
  /** The words behind its name that are no options. KIND/NAME is an option, `object` or `virtual-service`. */
  words: readonly string[]
  /** The texts of the options of runs. */
  raw: RawOptions
  /** The value of a flag; of one without a value an empty text. Undefined: it was not given. */
  flag: (name: string) => string | undefined
  output: 'text' | 'json'
  environment: Readonly<Record<string, string | undefined>>
  redactor: Redactor
  /** Aborts when a person cancels. */
  cancelled: AbortSignal
}

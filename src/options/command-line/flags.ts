/** A flag that is no option of a run, so that only the command line has it. */
export type CommandFlag = {
  name: string
  /** Its letter, without the dash. */
  short?: string
  /** What stands for its value; undefined: it takes none. */
  placeholder?: string
  default?: string
  text: string
  /** A word of the command may be its value, also behind an equals sign. */
  takesWord?: true
  /** The commands that are no modes have it too. */
  isEverywhere?: true
}

/** Flags that each mode has. */
export const FLAGS: readonly CommandFlag[] = [
  {
    name: 'config',
    placeholder: 'FILE',
    text: 'Read options from this YAML file; - reads standard input. Options of the command line have priority.',
  },
  {
    name: 'output',
    placeholder: 'text|json',
    default: 'text',
    text: 'What to print to standard output: a log for people, or the report as JSON.',
  },
  { name: 'quiet', text: 'Print only errors and the result of the run.' },
  { name: 'verbose', short: 'v', text: 'Also print the options in use and every API call.' },
  {
    name: 'no-color',
    text: 'Print no colors, as with the environment variable NO_COLOR.',
    isEverywhere: true,
  },
  { name: 'dry-run', text: 'The same as plan.' },
  { name: 'help', short: 'h', text: 'Explain the mode and its options.', isEverywhere: true },
  { name: 'version', short: 'V', text: 'Print the version.', isEverywhere: true },
]

/** What a command has behind its name. */
export type Vocabulary = {
  name: string
  /** Its other flags. */
  flags: readonly CommandFlag[]
  /** The options of runs, and the flags of modes, that it takes, by name. */
  options: readonly string[]
  /** It takes words that are neither options nor KIND/NAME. */
  takesWords?: boolean
  /** The only words that it takes, where a completion proposes them. */
  words?: readonly string[]
}

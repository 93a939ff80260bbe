import type { Code } from '../../problem/codes.ts'
import { plainList } from '../../problem/list-text.ts'
import { nearest, suggestion } from '../../problem/suggestion.ts'
import type { InputProblem } from '../input-problem.ts'
import { isMode, MODES } from '../values.ts'
import type { Language } from './language.ts'

/** An option as it is on the command line. */
export type WrittenOption = {
  name: string
  /** As it was written, with its dashes. */
  rawName: string
  value?: string | undefined
  /** Whether the value came with an equals sign. */
  inlineValue?: boolean | undefined
}

/** What is wrong with an option as it is on the command line; undefined where nothing is. */
export function whatIsWrongWith(
  option: WrittenOption,
  language: Language,
): InputProblem | undefined {
  const { name, rawName, value } = option
  if (!language.known.includes(name)) return unknownOption(rawName, language)
  if (language.switches.includes(name))
    return value === undefined || language.maybe.includes(name)
      ? undefined
      : commandProblem(rawName, () => `${rawName} takes no value.`)
  // `--subset --weight 20`: the parser takes the next word as the value, whatever it is.
  const next = value?.startsWith('--') && !option.inlineValue ? value : undefined
  if (value !== undefined && next === undefined) return undefined
  return commandProblem(rawName, (shown) =>
    next === undefined
      ? `${rawName} must have a value.`
      : `${rawName} must have a value, and ${shown(next)} looks like another option. Write a value that begins with two dashes as ${rawName}=--...`,
  )
}

/** A problem with the command line itself. */
export function commandProblem(
  input: string,
  what: InputProblem['what'],
  code: Code = 'ITS-COMMAND-LINE',
): InputProblem {
  return { input, code, what, remedy: '' }
}

/** A word in place of the mode that is none; undefined where it is one, or is spelled only like one. */
export function noSuchCommand(
  word: string | undefined,
  commands: readonly { name: string }[],
): InputProblem | undefined {
  if (word === undefined || isMode(word) || commands.length === 0) return undefined
  const others = commands.map(({ name }) => name)
  const alike = nearest(word, [...MODES, ...others])
  const meant = alike.filter((name) => others.includes(name))
  if (alike.length > 0 && meant.length === 0) return undefined
  const all = ` Use ${plainList([...MODES, ...others])}.`
  const what: InputProblem['what'] = (shown) =>
    `There is no mode or command ${shown(word)}.${suggestion(meant) || all}`
  return commandProblem('mode', what, 'ITS-INPUT-INVALID')
}

function unknownOption(rawName: string, { command, known, all }: Language): InputProblem {
  const word = rawName.replace(/^-+/, '')
  if (all.includes(word)) return ofOthers(rawName, command)
  const alike = nearest(word, known)
  const meant = known.filter(
    (name) => alike.includes(name) || name.startsWith(word) || word.startsWith(name),
  )
  const question = suggestion(meant.map((name) => `--${name}`))
  return commandProblem(
    rawName,
    () => `There is no option ${rawName}.${question || ' --help lists all options.'}`,
    'ITS-INPUT-UNKNOWN',
  )
}

/** An option that exists, but not here. */
function ofOthers(rawName: string, command: string | undefined): InputProblem {
  const place = command === undefined ? 'a mode' : command
  return commandProblem(
    rawName,
    () => `${rawName} cannot be combined with ${place}.`,
    'ITS-INPUTS-CONFLICT',
  )
}

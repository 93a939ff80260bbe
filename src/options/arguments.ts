import { commandProblem, noSuchCommand } from './command-line/flag-problem.ts'
import type { Vocabulary } from './command-line/flags.ts'
import { type Found, findIn } from './command-line/found.ts'
import {
  addFromFile,
  type OptionsFile,
  STANDARD_INPUT,
  standardInputTwice,
} from './command-line/options-file.ts'
import { MODE } from './groups/object.ts'
import type { InputProblem } from './input-problem.ts'
import { oneOf } from './parsers.ts'
import { type RawOptions, startReading } from './reader.ts'

const OUTPUTS = ['text', 'json'] as const
export type Output = (typeof OUTPUTS)[number]

export type CommandLine = {
  raw: RawOptions
  /**
   * `help`: of one mode or command, or of all. `wrong`: what is wrong with the words that say which, so that there is no
   * help for them.
   */
  asked:
    | { kind: 'run' }
    | { kind: 'help'; topic: string | undefined; wrong: readonly InputProblem[] }
    | { kind: 'version' }
    | { kind: 'command'; name: string; words: readonly string[] }
  /** The value of a flag; of one without a value an empty text. Undefined: it was not given. */
  flag: (name: string) => string | undefined
  /** Where an option is in the options file: `release.yaml:3`. Undefined: it is not from there. */
  placeOf: (name: string) => string | undefined
  /** What standard output is for: people, or the report as JSON. */
  output: Output
  problems: InputProblem[]
}

/**
 * The command line: the mode, KIND/NAME, and every option as `--name value`. Standard input is not read where it may be
 * the options file that is still to be read.
 *
 * @param commands what is there beside the modes
 * @param file the file that `--config` names
 */
export function fromArguments(
  words: readonly string[],
  standardInput: () => string,
  commands: readonly Vocabulary[] = [],
  file?: OptionsFile,
): CommandLine {
  const found = findIn(words, commands)
  const { texts, switches, problems } = found
  const added = file && addFromFile(texts, file, switches.has('dry-run'))
  problems.push(...(file?.problems ?? []))
  if (switches.has('dry-run')) planOnly(found)
  if (switches.has('quiet') && switches.has('verbose')) problems.push(quietAndVerbose())
  const unknown = noSuchCommand(texts.get('mode'), commands)
  if (unknown) problems.push(unknown)
  if (file !== undefined || !texts.has('config')) readFromStandardInput(found, standardInput)
  return {
    placeOf: (name) => {
      const line = added?.has(name) ? file?.lines.get(name) : undefined
      return line === undefined ? undefined : `${file?.name}:${line}`
    },
    raw: (name) => texts.get(name),
    asked: whatIsAsked(found),
    flag: (name) => (switches.has(name) ? '' : texts.get(name)),
    output: readOutput(texts.get('output'), problems),
    problems,
  }
}

/** --dry-run: plan in place of shift. */
function planOnly({ texts, problems }: Found): void {
  const mode = texts.get('mode') ?? 'shift'
  if (mode === 'shift') texts.set('mode', 'plan')
  else if (mode !== 'plan')
    problems.push(
      commandProblem(
        '--dry-run',
        (shown) => `--dry-run cannot be combined with mode ${shown(mode)}.`,
        'ITS-INPUTS-CONFLICT',
      ),
    )
}

function whatIsAsked({ texts, switches, command, words, problems }: Found): CommandLine['asked'] {
  if (switches.has('version')) return { kind: 'version' }
  if (!switches.has('help'))
    return command === undefined ? { kind: 'run' } : { kind: 'command', name: command.name, words }
  const unexpected = problems.filter(({ input }) => input === 'mode')
  if (command !== undefined) return { kind: 'help', topic: command.name, wrong: unexpected }
  const word = texts.get('mode')
  const reader = startReading(() => word)
  const isJudged = unexpected.some(({ code }) => code === 'ITS-INPUT-INVALID')
  const topic =
    word === undefined || isJudged ? undefined : MODE.parse(reader.givenOf('mode', word))
  return { kind: 'help', topic, wrong: [...reader.problems, ...unexpected] }
}

function quietAndVerbose(): InputProblem {
  const what = () => '--quiet cannot be combined with --verbose.'
  return commandProblem('--quiet', what, 'ITS-INPUTS-CONFLICT')
}

/** Standard input can be read only once, and both options may mean contexts of the same kubeconfig. */
function readFromStandardInput({ texts, problems }: Found, standardInput: () => string): void {
  const names = ['kubeconfig', 'gateway-kubeconfig'].filter(
    (name) => texts.get(name) === STANDARD_INPUT,
  )
  if (names.length === 0) return
  if (texts.get('config') === STANDARD_INPUT) {
    problems.push(...names.map((name) => standardInputTwice(name)))
    return
  }
  const input = standardInput()
  for (const name of names) texts.set(name, input)
}

function readOutput(word: string | undefined, problems: InputProblem[]): Output {
  if (word === undefined) return 'text'
  const reader = startReading(() => word)
  const output = oneOf(...OUTPUTS)(reader.givenOf('--output', word))
  problems.push(...reader.problems)
  return output ?? 'text'
}

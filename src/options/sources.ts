import { parseArgs } from 'node:util'
import { didYouMean, nearest } from '../problem/did-you-mean.ts'
import type { InputProblem } from './problem.ts'
import type { RawOptions } from './reader.ts'
import { OPTIONS, type Option } from './table.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The step's inputs as the runner hands them over: INPUT_ and the name in capitals.
 * Source: actions/toolkit, packages/core, getInput.
 */
export function fromInputs(environment: Environment): RawOptions {
  return (name) => environment[inputVariable(name)]
}

function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`
}

/**
 * What the step gives as an input that there is not, but that is written like one that there is:
 * the run would go on with the default instead. Others are the runner's to warn of: a variable of
 * the job's own may be called INPUT_ and something too.
 */
export function unknownInputs(environment: Environment): InputProblem[] {
  const names = OPTIONS.map((option) => option.name)
  const known = new Set(names.map(inputVariable))
  return Object.entries(environment).flatMap(([variable, text]) => {
    const isInput = variable.startsWith('INPUT_') && text !== undefined && text.trim() !== ''
    if (!isInput || known.has(variable)) return []
    const input = variable.slice('INPUT_'.length).toLowerCase()
    const meant = nearest(input, names).filter((name) => isMisspelt(input, name))
    if (meant.length === 0) return []
    return [{ input, got: undefined, wants: `an input that exists${didYouMean(meant)}` }]
  })
}

/** A short name that is one letter away may well be another word: node for mode, date for rate. */
function isMisspelt(input: string, name: string): boolean {
  const letters = (text: string) => [...text].sort().join('')
  return input.length > 4 || letters(input) === letters(name)
}

/** Options of the command line alone. */
const NO_INPUTS = ['output', 'help', 'version']
const OUTPUTS = ['text', 'json'] as const
type Output = (typeof OUTPUTS)[number]

export type CommandLine = {
  raw: RawOptions
  asked: 'run' | 'help' | 'version'
  /** What standard output is for: people, or the report as JSON. */
  output: Output
  problems: InputProblem[]
}

/** The command line: the mode as its first word, and every option as `--name value`. */
export function fromArguments(words: readonly string[], standardInput: () => string): CommandLine {
  const options: readonly Option[] = OPTIONS
  const parsed = parseArgs({
    args: [...words],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: {
      ...Object.fromEntries(options.map((option) => [option.name, { type: 'string' as const }])),
      output: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
    },
  })
  const texts = new Map<string, string>()
  const problems: InputProblem[] = []
  let asked: CommandLine['asked'] = 'run'
  // Words behind a wrong option are most likely its value: they are not said to be wrong as well.
  let behindWrong = false
  const setMode = (mode: string) => {
    if (texts.has('mode') && !behindWrong)
      problems.push({ input: 'command line', got: mode, wants: 'one mode, then --options' })
    else if (!texts.has('mode')) texts.set('mode', mode)
  }
  for (const token of parsed.tokens) {
    if (token.kind === 'option' && (token.name === 'help' || token.name === 'version')) {
      asked = token.name
    } else if (token.kind === 'option') {
      const problem = flagProblem(token, options)
      behindWrong = problem !== undefined
      if (problem) problems.push(problem)
      else if (token.name === 'mode') setMode(token.value ?? '')
      else texts.set(token.name, token.value ?? '')
    } else if (token.kind === 'positional') {
      setMode(token.value)
    }
  }
  const output = readOutput(texts.get('output') ?? 'text', problems)
  // Standard input can be read once only, and both may mean contexts of the same kubeconfig.
  const fromInput = ['kubeconfig', 'gateway-kubeconfig'].filter((name) => texts.get(name) === '-')
  const input = fromInput.length > 0 ? standardInput() : ''
  for (const name of fromInput) texts.set(name, input)
  return { raw: (name) => texts.get(name), asked, output, problems }
}

function readOutput(word: string, problems: InputProblem[]): Output {
  const output = OUTPUTS.find((known) => known === word)
  if (output === undefined)
    problems.push({
      input: '--output',
      got: word,
      wants: `one of ${OUTPUTS.join(', ')}${didYouMean(nearest(word, OUTPUTS))}`,
    })
  return output ?? 'text'
}

type Flag = {
  name: string
  /** As it was written, with its dashes. */
  rawName: string
  value: string | undefined
  /** Whether the value came with an equals sign. */
  inlineValue: boolean | undefined
}

/** What is wrong with an option as it stands on the command line; undefined where nothing is. */
function flagProblem(flag: Flag, options: readonly Option[]): InputProblem | undefined {
  if (flag.name !== 'output' && !options.some((option) => option.name === flag.name))
    return unknownFlag(flag.rawName, options)
  // `--subset --weight 20`: the parser takes the next word as the value, whatever it is.
  const swallows = flag.value?.startsWith('--') && !flag.inlineValue
  if (flag.value !== undefined && !swallows) return undefined
  return {
    input: flag.rawName,
    got: flag.value,
    wants: `a value; one that begins with two dashes is written ${flag.rawName}=--...`,
  }
}

function unknownFlag(rawName: string, options: readonly Option[]): InputProblem {
  const word = rawName.replace(/^-+/, '')
  const known = [...options.map((option) => option.name), ...NO_INPUTS]
  const alike = nearest(word, known)
  const meant = known.filter(
    (name) => alike.includes(name) || name.startsWith(word) || word.startsWith(name),
  )
  return {
    input: rawName,
    got: undefined,
    wants: `an option that exists${didYouMean(meant.map((name) => `--${name}`))}; --help lists them`,
  }
}

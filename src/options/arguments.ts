import { parseArgs } from 'node:util'
import type { Code } from '../problem/codes.ts'
import { nearest, suggestion } from '../problem/suggestion.ts'
import { MODE } from './groups/object.ts'
import type { InputProblem } from './input-problem.ts'
import { oneOf } from './parsers.ts'
import { type RawOptions, startReading } from './reader.ts'
import { namesOf, OPTIONS } from './table.ts'
import type { Mode } from './values.ts'

const OUTPUTS = ['text', 'json'] as const
type Output = (typeof OUTPUTS)[number]

export type CommandLine = {
  raw: RawOptions
  /** `help`: of one mode, or of all. */
  asked: { kind: 'run' } | { kind: 'help'; mode: Mode | undefined } | { kind: 'version' }
  /** What standard output is for: people, or the report as JSON. */
  output: Output
  problems: InputProblem[]
}

/** Options of the command line only, without a value. */
const SWITCHES = ['help', 'version', 'dry-run'] as const
const NAMES = OPTIONS.flatMap(namesOf)
const KNOWN = [...NAMES, 'output', ...SWITCHES]
const VIRTUAL_SERVICE = /^(?:virtualservices?|vs)\/(.*)$/is

/** The command line: the mode, KIND/NAME, and every option as `--name value`. */
export function fromArguments(words: readonly string[], standardInput: () => string): CommandLine {
  const found: Found = { texts: new Map(), switches: new Set(), problems: [] }
  // A word after a wrong option is most likely its value, so it is not reported as well.
  let isAfterWrong = false
  for (const token of tokensOf(words)) {
    if (token.kind === 'positional') takeWord(found, token.value, isAfterWrong)
    else if (token.kind === 'option') {
      const wrong = whatIsWrongWith(token)
      isAfterWrong = wrong !== undefined
      if (wrong) found.problems.push(wrong)
      else takeOption(found, token.name, token.value ?? '')
    }
  }
  const { texts, switches, problems } = found
  setObject(found)
  if (switches.has('dry-run')) planOnly(found)
  readFromStandardInput(texts, standardInput)
  return {
    raw: (name) => texts.get(name),
    asked: whatIsAsked(switches, texts.get('mode')),
    output: readOutput(texts.get('output'), problems),
    problems,
  }
}

/** What was found on a command line so far. */
type Found = {
  texts: Map<string, string>
  switches: Set<string>
  /** Of KIND/NAME. */
  object?: string
  problems: InputProblem[]
}

/** A word that is no option: the mode, KIND/NAME, or help and version in place of the mode. */
function takeWord(found: Found, word: string, isAfterWrong = false): void {
  const { texts, switches, problems } = found
  const isFirst = !texts.has('mode')
  const object = VIRTUAL_SERVICE.exec(word)
  if (isFirst && ['help', 'version'].includes(word)) switches.add(word)
  else if (object) found.object = object[1] ?? ''
  else if (isFirst) texts.set('mode', word)
  else if (!isAfterWrong)
    problems.push(
      problemWith(word.includes('/') ? 'virtual-service' : 'mode', (shown) =>
        word.includes('/')
          ? `${shown(word)} cannot be shifted. Use VirtualService/NAME.`
          : `Unexpected word ${shown(word)}. Use one mode, then VirtualService/NAME and options.`,
      ),
    )
}

function takeOption(found: Found, name: string, value: string): void {
  if (isSwitch(name)) found.switches.add(name)
  else if (name === 'mode') takeWord(found, value)
  else found.texts.set(name, value)
}

/** KIND/NAME is the same as --virtual-service. Of an option that is repeated, the last value counts. */
function setObject({ texts, object, problems }: Found): void {
  if (object === undefined) return
  const option = texts.get('virtual-service') ?? object
  if (option !== object)
    problems.push(
      problemWith(
        'virtual-service',
        (shown) =>
          `Only one VirtualService can be named, not ${shown(object)} and ${shown(option)}.`,
        'ITS-INPUTS-CONFLICT',
      ),
    )
  texts.set('virtual-service', object)
}

/** --dry-run: plan in place of shift. */
function planOnly({ texts, problems }: Found): void {
  const mode = texts.get('mode') ?? 'shift'
  if (mode === 'shift') texts.set('mode', 'plan')
  else if (mode !== 'plan')
    problems.push(
      problemWith(
        '--dry-run',
        (shown) => `--dry-run cannot be combined with mode ${shown(mode)}.`,
        'ITS-INPUTS-CONFLICT',
      ),
    )
}

function problemWith(
  input: string,
  what: InputProblem['what'],
  code: Code = 'ITS-COMMAND-LINE',
): InputProblem {
  return { input, code, what, remedy: '' }
}

function tokensOf(words: readonly string[]) {
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: {
      ...Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }])),
      namespace: { type: 'string', short: 'n' },
      output: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'V' },
      'dry-run': { type: 'boolean' },
    },
  })
  return tokens
}

function isSwitch(name: string): boolean {
  return SWITCHES.some((one) => one === name)
}

function whatIsAsked(asked: ReadonlySet<string>, mode: string | undefined): CommandLine['asked'] {
  if (asked.has('version')) return { kind: 'version' }
  if (!asked.has('help')) return { kind: 'run' }
  // Of a mode that does not exist, the help of all modes is what helps.
  const known =
    mode === undefined ? undefined : MODE.parse(startReading(() => mode).givenOf('mode', mode))
  return { kind: 'help', mode: known }
}

/** Standard input can be read only once, and both options may mean contexts of the same kubeconfig. */
function readFromStandardInput(texts: Map<string, string>, standardInput: () => string): void {
  const names = ['kubeconfig', 'gateway-kubeconfig'].filter((name) => texts.get(name) === '-')
  if (names.length === 0) return
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

type Flag = {
  name: string
  /** As it was written, with its dashes. */
  rawName: string
  value?: string | undefined
  /** Whether the value came with an equals sign. */
  inlineValue?: boolean | undefined
}

/** What is wrong with an option as it is on the command line; undefined where nothing is. */
function whatIsWrongWith(flag: Flag): InputProblem | undefined {
  const { name, rawName, value } = flag
  if (!KNOWN.includes(name)) return unknownOption(rawName)
  if (isSwitch(name))
    return value === undefined
      ? undefined
      : problemWith(rawName, () => `${rawName} takes no value.`)
  // `--subset --weight 20`: the parser takes the next word as the value, whatever it is.
  const next = value?.startsWith('--') && !flag.inlineValue ? value : undefined
  if (value !== undefined && next === undefined) return undefined
  return problemWith(rawName, (shown) =>
    next === undefined
      ? `${rawName} must have a value.`
      : `${rawName} must have a value, and ${shown(next)} looks like another option. Write a value that begins with two dashes as ${rawName}=--...`,
  )
}

function unknownOption(rawName: string): InputProblem {
  const word = rawName.replace(/^-+/, '')
  const alike = nearest(word, KNOWN)
  const meant = KNOWN.filter(
    (name) => alike.includes(name) || name.startsWith(word) || word.startsWith(name),
  )
  const question = suggestion(meant.map((name) => `--${name}`))
  return problemWith(
    rawName,
    () => `There is no option ${rawName}.${question || ' --help lists all options.'}`,
    'ITS-INPUT-UNKNOWN',
  )
}

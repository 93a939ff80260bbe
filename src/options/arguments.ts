import { parseArgs } from 'node:util'
import { shownPath } from '../problem/may-be-shown.ts'
import { isSwitch, NAMES } from './command-line/flag-names.ts'
import { commandProblem, type Flag, whatIsWrongWith } from './command-line/flag-problem.ts'
import { MODE } from './groups/object.ts'
import type { InputProblem, Shown } from './input-problem.ts'
import { type KindAndName, kindsText, objectIn } from './parse/object-text.ts'
import { oneOf } from './parsers.ts'
import { type RawOptions, startReading } from './reader.ts'
import type { Mode } from './values.ts'

const OUTPUTS = ['text', 'json'] as const
type Output = (typeof OUTPUTS)[number]

export type CommandLine = {
  raw: RawOptions
  /**
   * `help`: of one mode, or of all. `wrong`: what is wrong with the words that say which mode, so that there is no help
   * for them.
   */
  asked:
    | { kind: 'run' }
    | { kind: 'help'; mode: Mode | undefined; wrong: readonly InputProblem[] }
    | { kind: 'version' }
  /** What standard output is for: people, or the report as JSON. */
  output: Output
  problems: InputProblem[]
}

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
      else takeOption(found, token)
    }
  }
  const { texts, switches, problems } = found
  setObject(found)
  if (switches.has('dry-run')) planOnly(found)
  readFromStandardInput(texts, standardInput)
  return {
    raw: (name) => texts.get(name),
    asked: whatIsAsked(found),
    output: readOutput(texts.get('output'), problems),
    problems,
  }
}

/** What was found on a command line so far. */
type Found = {
  texts: Map<string, string>
  switches: Set<string>
  /** Of KIND/NAME. */
  object?: KindAndName
  problems: InputProblem[]
}

/** A word that is no option: the mode, KIND/NAME, or help and version in place of the mode. */
function takeWord(found: Found, word: string, isAfterWrong = false): void {
  const { texts, switches, problems } = found
  const isFirst = !texts.has('mode')
  const object = objectIn(word)
  if (isFirst && ['help', 'version'].includes(word)) switches.add(word)
  else if (object !== undefined) takeObject(found, object)
  else if (isFirst) texts.set('mode', word)
  else if (!isAfterWrong)
    problems.push(
      commandProblem(word.includes('/') ? 'object' : 'mode', (shown) =>
        word.includes('/')
          ? `${shown(word)} cannot be shifted. Use KIND/NAME, with the kind ${kindsText()}.`
          : `Unexpected word ${shown(word)}. Use one mode, then KIND/NAME and options.`,
      ),
    )
}

function takeOption(found: Found, { name, rawName, value = '' }: Flag): void {
  const { texts, switches, problems } = found
  // As in kubectl, -n=NAME is --namespace=NAME. The parser takes the equals sign for a part of the value.
  const text = rawName.startsWith('--') ? value : value.replace(/^=/, '')
  const first = texts.get(name)
  if (isSwitch(name)) switches.add(name)
  else if (name === 'mode') takeWord(found, text)
  else if (first === undefined || first === text) texts.set(name, text)
  else
    problems.push(
      commandProblem(
        `--${name}`,
        (shown) =>
          `--${name} can be given only once, not as ${shownOf(name, first, shown)} and ${shownOf(name, text, shown)}.`,
        'ITS-INPUTS-CONFLICT',
      ),
    )
}

/** A value as it may be shown: that of a kubeconfig may be all of the cluster's credentials. */
function shownOf(name: string, value: string, shown: Shown): string {
  return name.endsWith('kubeconfig') ? shownPath(value) : shown(value)
}

/** KIND/NAME, which may be there only once. */
function takeObject(found: Found, object: KindAndName): void {
  found.object ??= object
  if (!isSame(found.object, object)) found.problems.push(twoObjects(found.object, object))
}

/** KIND/NAME is the same as --object, and of a VirtualService the same as --virtual-service. */
function setObject({ texts, object, problems }: Found): void {
  if (object === undefined) return
  const name = texts.get('virtual-service')
  const { kind } = object
  const others = [
    ...(name === undefined ? [] : [{ kind: 'VirtualService', name }]),
    ...(kind === 'VirtualService' ? [] : [objectIn(texts.get('object') ?? '') ?? object]),
  ]
  for (const other of others) if (!isSame(other, object)) problems.push(twoObjects(object, other))
  if (kind === 'VirtualService') texts.set('virtual-service', object.name)
  else texts.set('object', textOf(object))
}

function isSame(one: KindAndName, other: KindAndName): boolean {
  return one.kind === other.kind && one.name === other.name
}

function twoObjects(one: KindAndName, other: KindAndName): InputProblem {
  const areAlike = one.kind === other.kind
  const [first, second] = areAlike ? [one.name, other.name] : [textOf(one), textOf(other)]
  return commandProblem(
    areAlike && one.kind === 'VirtualService' ? 'virtual-service' : 'object',
    (shown) =>
      `Only one ${areAlike ? one.kind : 'object'} can be named, not ${shown(first)} and ${shown(second)}.`,
    'ITS-INPUTS-CONFLICT',
  )
}

function textOf({ kind, name }: KindAndName): string {
  return `${kind}/${name}`
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

function whatIsAsked({ texts, switches, problems }: Found): CommandLine['asked'] {
  if (switches.has('version')) return { kind: 'version' }
  if (!switches.has('help')) return { kind: 'run' }
  const word = texts.get('mode')
  const reader = startReading(() => word)
  const mode = word === undefined ? undefined : MODE.parse(reader.givenOf('mode', word))
  const unexpected = problems.filter(({ input }) => input === 'mode')
  return { kind: 'help', mode, wrong: [...reader.problems, ...unexpected] }
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

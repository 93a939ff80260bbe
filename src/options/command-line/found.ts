import { shownPath } from '../../problem/may-be-shown.ts'
import type { InputProblem, Shown } from '../input-problem.ts'
import { type KindAndName, kindsText, objectIn } from '../parse/object-text.ts'
import { commandProblem, type WrittenOption, whatIsWrongWith } from './flag-problem.ts'
import type { Vocabulary } from './flags.ts'
import { type Language, languageOf, type Token, tokensOf } from './language.ts'

/** What is on a command line. */
export type Found = {
  texts: Map<string, string>
  switches: Set<string>
  /** The command that is no mode. */
  command: Vocabulary | undefined
  /** Its words that are no options. */
  words: string[]
  /** Of KIND/NAME. */
  object?: KindAndName
  problems: InputProblem[]
}

/** Words in place of the mode that are flags too. */
const FLAG_WORDS: readonly string[] = ['help', 'version']

export function findIn(words: readonly string[], commands: readonly Vocabulary[]): Found {
  const tokens = tokensOf(words, commands)
  const command = commandOf(tokens, commands)
  const language = languageOf(commands, command)
  const found: Found = {
    texts: new Map(),
    switches: new Set(),
    command,
    words: [],
    problems: [],
  }
  let isNamed = command === undefined
  // A word after a wrong option is most likely its value, so it is not reported as well.
  let isAfterWrong = false
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (!isNamed && token.value === command?.name) isNamed = true
      else takeWord(found, token.value, isAfterWrong)
    } else if (token.kind === 'option') {
      const wrong = whatIsWrongWith(token, language)
      isAfterWrong = wrong !== undefined
      if (wrong) found.problems.push(wrong)
      else takeOption(found, token, language)
    }
  }
  setObject(found)
  return found
}

/** The command that the first word names, or the word behind `help`. */
function commandOf(
  tokens: readonly Token[],
  commands: readonly Vocabulary[],
): Vocabulary | undefined {
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []))
  const first = words.find((word) => !FLAG_WORDS.includes(word))
  return commands.find(({ name }) => name === first)
}

/** A word that is no option: the mode, KIND/NAME, or help and version in place of the mode. */
function takeWord(found: Found, word: string, isAfterWrong = false): void {
  const { texts, switches, problems, command } = found
  const isFirst = !texts.has('mode') && command === undefined
  const object = objectIn(word)
  if (!texts.has('mode') && FLAG_WORDS.includes(word)) switches.add(word)
  else if (object !== undefined) takeObject(found, object)
  else if (isFirst) texts.set('mode', word)
  else if (command?.takesWords) found.words.push(word)
  else if (!isAfterWrong) problems.push(unexpectedWord(word, command?.name))
}

function unexpectedWord(word: string, command: string | undefined): InputProblem {
  const isObject = word.includes('/')
  return commandProblem(isObject ? 'object' : 'mode', (shown) =>
    isObject
      ? `${shown(word)} cannot be shifted. Use KIND/NAME, with the kind ${kindsText()}.`
      : `Unexpected word ${shown(word)}. Use one ${command === undefined ? 'mode' : 'command'}, then KIND/NAME and options.`,
  )
}

function takeOption(
  found: Found,
  { name, rawName, value = '', inlineValue }: WrittenOption,
  { switches: withoutValue }: Language,
): void {
  const { texts, switches, problems } = found
  // As in kubectl, -n=NAME is --namespace=NAME. The parser takes the equals sign for a part of the value.
  const text = rawName.startsWith('--') ? value : value.replace(/^=/, '')
  const first = texts.get(name)
  if (withoutValue.includes(name)) {
    switches.add(name)
    if (inlineValue) found.words.push(value)
  } else if (name === 'mode') takeWord(found, text)
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

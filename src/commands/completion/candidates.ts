import { type CommandFlag, FLAGS } from '../../options/command-line/flags.ts'
import type { Option } from '../../options/option.ts'
import type { Names, Shape } from '../../options/shape.ts'
import { namesOf, OPTIONS } from '../../options/table.ts'
import { MODES } from '../../options/values.ts'
import type { Command } from '../command.ts'
import { MODES as MODE_TEXTS } from '../help/modes.ts'

/** A text that may follow, and a few words about it. */
export type Candidate = { text: string; about: string }

/** What may follow. `rest`: whether names of files or folders fit too, or the candidate is only a beginning. */
export type Candidates = { candidates: readonly Candidate[]; rest?: 'files' | 'folders' | 'more' }

/** Looks names up in the cluster or in the kubeconfig. `typed`: what is there of the name. */
export type LookUp = (names: Names, typed: string) => Promise<Candidates>

/** A flag or an option, as far as a completion needs it. */
type Item = { spellings: readonly string[]; takesValue: boolean; shape: Shape; about: string }

/**
 * What may be the last word.
 *
 * @param words those behind the name of the program, the last one as far as it is typed
 */
export async function candidatesFor(
  words: readonly string[],
  commands: readonly Command[],
  lookUp: LookUp,
): Promise<Candidates> {
  const before = words.slice(0, -1)
  const typed = words.at(-1) ?? ''
  const { words: plain, open, isOver } = readBefore(before, commands)
  const topic = plain.find((word) => word !== 'help')
  const items = itemsOf(topic, commands)
  if (open !== undefined) return fitting(await valuesOf(open, typed, lookUp), typed)
  const [, name = '', value] = /^(--[\w-]+)=(.*)$/s.exec(typed) ?? []
  const item = items.find(({ spellings, takesValue }) => takesValue && spellings.includes(name))
  if (!isOver && item !== undefined && value !== undefined) {
    const found = fitting(await valuesOf(item, value, lookUp), value)
    return { ...found, candidates: found.candidates.map(behind(`${name}=`)) }
  }
  if (!isOver && typed.startsWith('-'))
    return fitting({ candidates: flagsOf(items, before) }, typed)
  if (topic === undefined) return fitting({ candidates: topicsOf(commands) }, typed)
  return fitting(await wordsOf({ topic, plain, typed }, commands, lookUp), typed)
}

/** The words before the cursor that are no options, and the option that waits for its value. */
function readBefore(before: readonly string[], commands: readonly Command[]) {
  const all = [undefined, ...commands.map(({ name }) => name)].flatMap((topic) =>
    itemsOf(topic, commands),
  )
  const words: string[] = []
  let open: Item | undefined
  // Behind it, no word is an option.
  let isOver = false
  for (const word of before) {
    if (open !== undefined) open = undefined
    else if (isOver) words.push(word)
    else if (word === '--') isOver = true
    else if (word.startsWith('-'))
      open = all.find(({ spellings, takesValue }) => takesValue && spellings.includes(word))
    else words.push(word)
  }
  return { words, open, isOver }
}

function itemsOf(topic: string | undefined, commands: readonly Command[]): Item[] {
  const command = commands.find(({ name }) => name === topic)
  const flags = command
    ? [
        ...FLAGS.filter(({ name, isEverywhere }) => isEverywhere || command.options.includes(name)),
        ...command.flags,
      ]
    : FLAGS
  const mode = MODES.find((one) => one === topic)
  const isTaken = ({ name, modes }: Option) =>
    name !== 'mode' &&
    (command ? command.options.includes(name) : mode === undefined || modes.includes(mode))
  return [...OPTIONS.filter(isTaken).map(ofOption), ...flags.map(ofFlag)]
}

function ofOption(option: Option): Item {
  const { name, shape, text, brief = text } = option
  const spellings = [...(name === 'namespace' ? ['-n'] : []), ...namesOf(option).map(dashed)]
  return { spellings, takesValue: true, shape, about: firstSentence(brief) }
}

function ofFlag({ name, short, placeholder, text }: CommandFlag): Item {
  const words = placeholder?.split('|').filter((word) => /^[a-z]+$/.test(word)) ?? []
  return {
    spellings: [...(short ? [`-${short}`] : []), dashed(name)],
    takesValue: placeholder !== undefined,
    shape: placeholder === 'FILE' ? { text: true, path: 'file' } : { words },
    about: firstSentence(text),
  }
}

function dashed(name: string): string {
  return `--${name}`
}

/** Long names only. One that is there already is not proposed again. */
function flagsOf(items: readonly Item[], before: readonly string[]): Candidate[] {
  const given = new Set(before.map((word) => word.split('=')[0] ?? ''))
  return items
    .filter(({ spellings }) => !spellings.some((spelling) => given.has(spelling)))
    .flatMap(({ spellings, about }) =>
      spellings.filter((text) => text.startsWith('--')).map((text) => ({ text, about })),
    )
}

/** Modes and commands. */
function topicsOf(commands: readonly Command[]): Candidate[] {
  const modes = MODES.map((text) => ({ text, about: MODE_TEXTS[text].summary }))
  const others = commands.map(({ name: text, summary: about }) => ({ text, about }))
  const help = { text: 'help', about: 'Explain a mode or command.' }
  return [...modes, ...others, help, { text: 'version', about: 'Print the version.' }]
}

/** What may follow a mode or a command that is no option. */
async function wordsOf(
  { topic, plain, typed }: { topic: string; plain: readonly string[]; typed: string },
  commands: readonly Command[],
  lookUp: LookUp,
): Promise<Candidates> {
  const command = commands.find(({ name }) => name === topic)
  const rest = plain.slice(plain.indexOf(topic) + 1)
  if (plain.includes('help') || rest.length > 0) return { candidates: [] }
  if (command?.words) return { candidates: command.words.map((text) => ({ text, about: '' })) }
  const takesObject = command === undefined || command.options.includes('object')
  return takesObject ? lookUp('objects', typed) : { candidates: [] }
}

async function valuesOf({ shape }: Item, typed: string, lookUp: LookUp): Promise<Candidates> {
  const { words = [], boolean, path, names } = shape
  const own = [...words, ...(boolean ? ['true', 'false'] : [])]
  const candidates = own.map((text) => ({ text, about: '' }))
  if (names !== undefined) return lookUp(names, typed)
  if (path === undefined) return { candidates }
  return { candidates, rest: path === 'file' ? 'files' : 'folders' }
}

function behind(start: string) {
  return ({ text, about }: Candidate): Candidate => ({ text: `${start}${text}`, about })
}

function fitting(found: Candidates, typed: string): Candidates {
  return { ...found, candidates: found.candidates.filter(({ text }) => text.startsWith(typed)) }
}

/** A sentence that only says when the option applies, such as `With connect: job.`, is left out. */
function firstSentence(text: string): string {
  const [, sentence = text] = /^(?:(?:With|For) [^.]*\. )?(.*?)\.(?= |$)/s.exec(text) ?? []
  return sentence
}

import { fromArguments } from '../../options/arguments.ts'
import type { RawOptions } from '../../options/reader.ts'
import type { Command } from '../command.ts'
import { readOptionsFile } from '../config/read-options-file.ts'
import { type Candidates, candidatesFor } from './candidates.ts'
import { lookUpNames } from './look-up.ts'
import { pluginText } from './plugin-text.ts'

/** A person waits for it, between two keys. */
const LONGEST_MS = 2000

/** How what may follow is printed: for the scripts of this project, or for kubectl. */
export type Reader = 'shell' | 'kubectl'

/**
 * What `__complete` prints: one candidate in each line with what it is, and a last line for the script. Whatever fails,
 * there are fewer candidates and no error: the words are not complete yet.
 *
 * @param words those behind the name of the program, the last one as far as it is typed
 */
export async function completionText(
  words: readonly string[],
  commands: readonly Command[],
  environment: Readonly<Record<string, string | undefined>>,
  reader: Reader = 'shell',
): Promise<string> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), LONGEST_MS)
  const place = { raw: rawOf(words.slice(0, -1), commands), environment, signal: limit.signal }
  const none: Candidates = { candidates: [] }
  const tooLate = new Promise<Candidates>((done) =>
    limit.signal.addEventListener('abort', () => done(none), { once: true }),
  )
  const found = candidatesFor(words, commands, (names, typed) =>
    Promise.race([lookUpNames(names, typed, place), tooLate]).catch(() => none),
  )
  const followers = await found.catch(() => none)
  clearTimeout(timer)
  if (reader === 'kubectl') return pluginText(followers)
  const { candidates, rest } = followers
  const lines = candidates.map(({ text, about }) => `${oneLine(text)}\t${oneLine(about)}`)
  return [...lines, `:${rest ?? ''}`, ''].join('\n')
}

/** What the words before the cursor say. Standard input is not read. */
function rawOf(words: readonly string[], commands: readonly Command[]): RawOptions {
  const given = fromArguments(words, () => '', commands)
  const file = given.flag('config')
  if (file === undefined || file === '-') return given.raw
  return fromArguments(
    words,
    () => '',
    commands,
    readOptionsFile(file, () => ''),
  ).raw
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

import path from 'node:path'
import { textOfBytes } from '../../kube/credentials/kubeconfig/document.ts'
import { readRegularFile } from '../../kube/read-regular-file.ts'
import { commandProblem } from '../../options/command-line/flag-problem.ts'
import { type OptionsFile, STANDARD_INPUT } from '../../options/command-line/options-file.ts'
import { isPathText } from '../../options/path-text.ts'
import { namesOf, OPTIONS } from '../../options/table.ts'
import { shownPath } from '../../problem/may-be-shown.ts'
import { readOptionsText } from './read-options-text.ts'

/** Reads the file that `--config` names. What is wrong with it becomes problems, all at once. */
export function readOptionsFile(file: string, standardInput: () => string): OptionsFile {
  const isInput = file === STANDARD_INPUT
  const name = isInput ? 'standard input' : shownPath(file)
  try {
    if (file.trim() === '') throw new Error('no file is named')
    const text = isInput ? standardInput() : textOfBytes(readRegularFile(file))
    const read = readOptionsText(name, text)
    return isInput ? read : { ...read, texts: inFolder(read.texts, path.dirname(file)) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    // As of `<(...)`, a pipe.
    const hint = / is not a regular file$/.test(why)
      ? ' To read standard input, use --config -.'
      : ''
    const problem = commandProblem(
      '--config',
      () => `${isInput ? name : '--config'} cannot be read: ${why}.${hint}`,
      CODE,
    )
    return { name, texts: new Map(), lines: new Map(), problems: [problem] }
  }
}

const CODE = 'ITS-CONFIG-UNREADABLE'

/** The same texts with paths in this folder, so that a file can be used from everywhere. */
function inFolder(texts: ReadonlyMap<string, string>, folder: string): ReadonlyMap<string, string> {
  const paths = new Set(OPTIONS.filter(({ shape }) => shape.path !== undefined).flatMap(namesOf))
  return new Map(
    [...texts].map(([name, text]) => [name, paths.has(name) ? placed(text, folder) : text]),
  )
}

/** What may be a text, such as a certificate, is left as it is. So is `~`, about which the error has a hint. */
function placed(text: string, folder: string): string {
  if (!isPathText(text) || path.isAbsolute(text.trim()) || text.startsWith('~')) return text
  return path.join(folder, text.trim())
}

import { printResult } from '../../host/print-result.ts'
import { shownInput } from '../../options/input-problem.ts'
import { nearest, suggestion } from '../../problem/suggestion.ts'
import type { Call } from '../command.ts'
import { completionScript } from './scripts.ts'
import { SHELLS } from './shells.ts'

/** Prints the completion script of the shell that the words name. */
export async function printScript({ words }: Pick<Call, 'words'>): Promise<number> {
  const [shell = '', ...others] = words
  const script = others.length === 0 ? completionScript(shell) : undefined
  if (script === undefined) {
    process.stderr.write(`${whyNot(words)}\n`)
    return 2
  }
  return printResult(script)
}

function whyNot(words: readonly string[]): string {
  const which = 'completion must be followed by bash, zsh, fish or kubectl'
  if (words.length === 0) return `${which}.`
  const [shell = ''] = words
  const meant = words.length === 1 ? suggestion(nearest(shell, SHELLS)) : ''
  return `${which}, not ${shownInput(words.join(' '), (text) => text)}.${meant}`
}

import { nearest, suggestion } from '../../problem/suggestion.ts'
import type { Call } from '../command.ts'
import { completionScript, SHELLS } from './scripts.ts'

/** Prints the completion script of the shell that the words name. */
export function printScript({ words }: Pick<Call, 'words'>): number {
  const [shell = '', ...others] = words
  const script = others.length === 0 ? completionScript(shell) : undefined
  if (script === undefined) {
    process.stderr.write(`${whyNot(words)}\n`)
    return 2
  }
  process.stdout.write(script)
  return 0
}

function whyNot(words: readonly string[]): string {
  const which = 'completion must be followed by bash, zsh or fish'
  if (words.length === 0) return `${which}.`
  const [shell = ''] = words
  const meant = words.length === 1 ? suggestion(nearest(shell, SHELLS)) : ''
  return `${which}, not ${JSON.stringify(words.join(' ').slice(0, 80))}.${meant}`
}

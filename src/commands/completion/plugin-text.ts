import type { Candidates } from './candidates.ts'

/**
 * The numbers by which kubectl tells a shell what else fits, sums of these: 2 no blank, 4 no files, 16 only folders.
 * Source: ShellCompDirective in github.com/spf13/cobra, completions.go.
 */
const DIRECTIVES = { more: 6, files: 0, folders: 16 } as const
const NOTHING_ELSE = 4

/** Characters that no shell gives a meaning in the middle of a word. */
const PLAIN = /^[\w.:/@+-][\w.:/@=,+%[\]-]*$/

/**
 * What kubectl reads of the program that completes a plugin: lines of a candidate, a tab and its description, and a last
 * line with a number. The completion of kubectl hands candidates to bash without quotes, and bash then runs what is
 * in `$(...)`. So names that need quotes are left out.
 *
 * kubectl takes only the value of `--option=value`, and offers files only where there is no candidate.
 */
export function pluginText({ candidates, rest }: Candidates): string {
  const lines = (rest === 'files' || rest === 'folders' ? [] : candidates)
    .map(({ text, about }) => ({ text: text.replace(/^--[\w-]+=/, ''), about }))
    .filter(({ text }) => PLAIN.test(text))
    .map(({ text, about }) => `${text}\t${about.replaceAll(/\s+/g, ' ') || 'value'}`)
  return [...lines, `:${rest === undefined ? NOTHING_ELSE : DIRECTIVES[rest]}`, ''].join('\n')
}

import { InitEnd, type InitTask } from '../init-task.ts'

/** Something to choose from: what people read, and the words that choose it on a command line. */
export type Choice<T> = { value: T; text: string; words: string }

/** The most choices that are listed one by one. */
const MOST_LISTED = 30

/**
 * The one that a person chooses by its number. Without a person, the only one; of several, all are listed with the command
 * that chooses each, and `init` ends with status 2.
 */
export async function choose<T>(
  task: Pick<InitTask, 'ask' | 'say' | 'print' | 'program'>,
  what: string,
  choices: readonly Choice<T>[],
): Promise<T> {
  const [first] = choices
  if (first === undefined) throw new RangeError('nothing to choose from')
  if (choices.length === 1) return first.value
  if (task.ask === undefined) {
    const shown = choices.slice(0, MOST_LISTED)
    task.say(`Several ${what} are possible. Run one of these commands:`)
    for (const { text, words } of shown) task.print(`# ${text}\n${task.program} init ${words}\n`)
    if (shown.length < choices.length)
      task.say(
        `${choices.length - shown.length} more are not listed. Name the object with KIND/NAME, or narrow the search with -n NAMESPACE.`,
      )
    throw new InitEnd(2)
  }
  for (const [index, { text }] of choices.entries()) task.say(`  ${index + 1}  ${text}`)
  for (;;) {
    const given = await task.ask(`Which of the ${what}? [1] `)
    if (given === undefined) throw new InitEnd(130)
    const answer = given.trim()
    const chosen = answer === '' ? first : choices[Number(answer) - 1]
    if (chosen !== undefined) return chosen.value
    task.say(`Enter a number from 1 to ${choices.length}.`)
  }
}

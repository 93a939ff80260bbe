import { printResult } from '../host/print-result.ts'
import { columnsOf } from '../host/terminal.ts'
import type { CommandLine } from '../options/arguments.ts'
import { completed, type InputProblem } from '../options/input-problem.ts'
import type { Redactor } from '../report/redact/redact.ts'
import type { Call } from './command.ts'
import { COMMANDS } from './commands.ts'

/** The exit status for words that cannot be used. */
const INVALID = 2

/** Runs a command that is no mode. Everything that is wrong with its words is reported at once, before it begins. */
export async function runCommand(
  { name, words }: { name: string; words: readonly string[] },
  { raw, flag, output, problems }: CommandLine,
  host: Omit<Call, 'words' | 'raw' | 'flag' | 'output'>,
): Promise<number> {
  const command = COMMANDS.find((one) => one.name === name)
  if (command === undefined) throw new Error(`there is no command ${name}`)
  if (problems.length > 0) return report(problems, host.redactor)
  return command.run({ ...host, words, raw, flag, output })
}

/** Prints the help of a mode or command, or what is wrong with the words that ask for it. */
export async function showHelp(
  { topic, wrong }: { topic: string | undefined; wrong: readonly InputProblem[] },
  redactor: Redactor,
  status = 0,
): Promise<number> {
  if (wrong.length > 0) return report(wrong, redactor)
  const { helpText } = await import('./help/help.ts')
  const text = helpText(topic, columnsOf(process.stdout, process.env), COMMANDS)
  return (await printResult(text)) || status
}

/** Prints problems to standard error. */
export function report(problems: readonly InputProblem[], redactor: Redactor): number {
  for (const problem of problems)
    process.stderr.write(`${completed(problem, redactor.redact).what}\n`)
  return INVALID
}

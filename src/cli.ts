import { randomUUID } from 'node:crypto'
import { COMMANDS, COMPLETE, COMPLETE_PLUGIN } from './commands/commands.ts'
import { runCommand, showHelp } from './commands/run-command.ts'
import { commandScreen } from './host/command-screen.ts'
import { startCancelClock } from './host/comment/cancel-clock.ts'
import { execute } from './host/execute.ts'
import { printReport, statusAfterReport } from './host/print-report.ts'
import { printResult } from './host/print-result.ts'
import { endWith } from './host/process-end.ts'
import { runProgram } from './host/run-program.ts'
import { loadParts } from './host/start/load-parts.ts'
import { VERSION } from './host/version.ts'
import { readStandardInput } from './kube/credentials/kubeconfig/read-kubeconfig.ts'
import { type CommandLine, fromArguments } from './options/arguments.ts'
import type { LogLine } from './report/log/log-line.ts'
import { startRedacting } from './report/redact/redact.ts'
import type { RunEvent } from './rollout/model/events.ts'
import { exitStatus } from './rollout/model/outcome.ts'

/** Starts the command line, for a terminal and for every other CI: the exit status is the outcome. */
export function startCommandLine(): void {
  const onFault = (text: string) => process.stderr.write(`${text}\n`)
  runProgram({ main, onFault, faultStatus: 4, lastly: statusAfterReport })
}

async function main(cancel: AbortController): Promise<number> {
  const { env } = process
  const words = process.argv.slice(2)
  if (words[0] === COMPLETE || words[0] === COMPLETE_PLUGIN) {
    const { completionText } = await import('./commands/completion/complete.ts')
    const reader = words[0] === COMPLETE ? 'shell' : 'kubectl'
    return printResult(await completionText(words.slice(1), COMMANDS, env, reader))
  }
  const given = await readWords(words)
  const { raw, asked, output, problems } = given
  if (asked.kind === 'version') return printResult(`${VERSION}\n`)
  const redactor = startRedacting()
  if (asked.kind === 'help') return showHelp(asked, redactor)
  if (words.length === 0) return showHelp({ topic: undefined, wrong: [] }, redactor, 2)
  const screen = commandScreen(given, redactor)
  const { print, isTerminal } = screen
  endWith(cancel, (text) => print({ level: 'error', text }))
  if (asked.kind === 'command')
    return runCommand(asked, given, {
      ...screen,
      environment: env,
      redactor,
      cancelled: cancel.signal,
    })
  const sinceCancelMs = startCancelClock(cancel.signal)
  const executed = await execute({
    raw,
    problems,
    isCommandLine: true,
    placeOf: given.placeOf,
    details: given.flag('verbose') === undefined ? undefined : await detailsOf(given),
    environment: env,
    cancelled: cancel.signal,
    run: { id: env.CI_JOB_ID ?? env.BUILD_TAG ?? randomUUID(), attempt: 1 },
    terminal: isTerminal,
    print,
    onSecret: redactor.add,
    redact: redactor.redact,
    // Nothing starts after a command line that is killed. The next run restores the weights.
    saveIntent: () => undefined,
    defaultReport: undefined,
  })
  const { outcome, record } = executed
  const { reportText, commentOfRun } = await loadParts()
  if (output === 'json') {
    printReport(reportText(record, outcome, redactor.redact), outcome.verdict, print)
  }
  const { redact, add: onSecret } = redactor
  await commentOfRun(executed, { environment: env, redact, onSecret, print, sinceCancelMs })
  return exitStatus(outcome)
}

/** The words of the command line, and the options file that they name. */
async function readWords(words: readonly string[]): Promise<CommandLine> {
  const given = fromArguments(words, readStandardInput, COMMANDS)
  const file = given.asked.kind === 'run' ? given.flag('config') : undefined
  if (file === undefined) return given
  const { readOptionsFile } = await import('./commands/config/read-options-file.ts')
  return fromArguments(words, readStandardInput, COMMANDS, readOptionsFile(file, readStandardInput))
}

async function detailsOf(given: CommandLine): Promise<(event: RunEvent) => LogLine[]> {
  const { startDetails } = await import('./commands/details.ts')
  return startDetails(given)
}

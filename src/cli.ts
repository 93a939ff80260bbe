import { randomUUID } from 'node:crypto'
import { execute, reportText } from './host/execute.ts'
import { endWith, leave } from './host/process-end.ts'
import { type Screen, terminalPrinter } from './host/terminal.ts'
import { VERSION } from './host/version.ts'
import { readStandardInput } from './kube/credentials/kubeconfig/read-kubeconfig.ts'
import { fromArguments } from './options/sources.ts'
import { helpText } from './report/help.ts'
import { bounded } from './report/log/bounded.ts'
import { wantsColour } from './report/log/colour.ts'
import type { LogLine } from './report/log/log-line.ts'
import { plainText } from './report/plain-text.ts'
import { startRedacting } from './report/redact/redact.ts'
import { exitStatus } from './rollout/model/outcome.ts'

/** The same for every other CI and for a terminal: the outcome is the exit status. */
async function main(cancel: AbortController): Promise<number> {
  const { env } = process
  const command = fromArguments(process.argv.slice(2), readStandardInput)
  if (command.asked !== 'run' || process.argv.length <= 2) {
    process.stdout.write(command.asked === 'version' ? `${VERSION}\n` : helpText())
    return command.asked === 'run' ? 2 : 0
  }
  const redactor = startRedacting()
  // With json the result alone is on standard output, for another program to read.
  const out = command.output === 'json' ? process.stderr : process.stdout
  const show = terminalPrinter(screenOf(out), screenOf(process.stderr))
  const print = ({ level, text }: LogLine) => {
    // A terminal that is stopped would get all of them later.
    if (level === 'live' && out.writableLength > 0) return
    show({ level, text: plainText(bounded(redactor.redact(text))) })
  }
  endWith(cancel, (text) => print({ level: 'error', text }))
  const { outcome, record, reportPath } = await execute({
    raw: command.raw,
    problems: command.problems,
    environment: env,
    cancelled: cancel.signal,
    run: { id: env.CI_JOB_ID ?? env.BUILD_TAG ?? randomUUID(), attempt: 1 },
    terminal: out.isTTY === true && env.TERM !== 'dumb' && !env.CI,
    print,
    onSecret: redactor.add,
    redact: redactor.redact,
    // Nothing starts after a command line that is killed: the next run puts things right.
    saveIntent: () => undefined,
    defaultReport: undefined,
  })
  if (reportPath !== undefined) print({ level: 'info', text: `report: ${reportPath}` })
  const status = exitStatus(outcome)
  if (command.output === 'json') {
    process.stdout.write(reportText(record, outcome, redactor.redact), (error) => {
      if (!error) return
      lostReport = true
      print({
        level: 'error',
        text: `The report could not be written to standard output (${error.message}). The verdict of the run is ${outcome.verdict}.`,
      })
    })
  }
  return status
}

function screenOf(stream: NodeJS.WriteStream): Screen {
  return {
    write: (text) => stream.write(text),
    columns: () => stream.columns,
    isColoured: wantsColour(process.env, stream.isTTY === true),
  }
}

/** A program that reads the report would take a status of 0 for a pass that it never got. */
let lostReport = false
const UNREPORTED = 4

/** Runs the command to the end of the process. */
export function startCommandLine(): void {
  const cancel = new AbortController()
  main(cancel).then(
    (status) =>
      leave(status, cancel.signal, () => (lostReport && status === 0 ? UNREPORTED : status)),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      return leave(4, cancel.signal)
    },
  )
}

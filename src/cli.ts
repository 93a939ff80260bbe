#!/usr/bin/env node
import { randomUUID } from 'node:crypto'
import { execute, reportText } from './execute.ts'
import { readStandardInput } from './mesh/read-kubeconfig.ts'
import { fromArguments } from './options/sources.ts'
import { endWith } from './process-end.ts'
import { wantsColour } from './report/colour.ts'
import { helpText } from './report/help.ts'
import type { LogLine } from './report/log-line.ts'
import { plainText } from './report/plain-text.ts'
import { startRedacting } from './report/redact.ts'
import { exitStatus } from './rollout/outcome.ts'
import { type Screen, terminalPrinter } from './terminal.ts'
import { VERSION } from './version.ts'

/** The same for every other CI and for a terminal: the outcome is the exit status. */
async function main(): Promise<number> {
  const { env } = process
  const command = fromArguments(process.argv.slice(2), readStandardInput)
  if (command.asked !== 'run' || process.argv.length <= 2) {
    process.stdout.write(command.asked === 'version' ? `${VERSION}\n` : helpText())
    return command.asked === 'run' ? 2 : 0
  }
  const redactor = startRedacting()
  const cancel = new AbortController()
  // With json the result alone is on standard output, for another program to read.
  const out = command.output === 'json' ? process.stderr : process.stdout
  const show = terminalPrinter(screenOf(out), screenOf(process.stderr))
  const print = ({ level, text }: LogLine) =>
    show({ level, text: plainText(redactor.redact(text)) })
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
  if (command.output === 'json') {
    const report = reportText(record, outcome, redactor.redact)
    // What is not written yet when the process exits would be lost.
    await new Promise((written) => process.stdout.write(report, written))
  }
  return exitStatus(outcome)
}

function screenOf(stream: NodeJS.WriteStream): Screen {
  return {
    write: (text) => stream.write(text),
    columns: () => stream.columns,
    isColoured: wantsColour(process.env, stream.isTTY === true),
  }
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(4)
  },
)

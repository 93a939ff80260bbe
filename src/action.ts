import { randomUUID } from 'node:crypto'
import path from 'node:path'
import * as core from '@actions/core'
import { startCancelClock } from './host/comment/cancel-clock.ts'
import { execute } from './host/execute.ts'
import { endWith } from './host/process-end.ts'
import { runProgram } from './host/run-program.ts'
import { masker, printer } from './host/runner-log.ts'
import { loadParts } from './host/start/load-parts.ts'
import { saveIntent, saveJobs } from './host/state.ts'
import { unknownInputs } from './options/action-inputs.ts'
import { fromInputs } from './options/inputs-of-step.ts'
import { startRedacting } from './report/redact/redact.ts'

/** Starts what the runner starts: the step's inputs, a run, the step's outputs and summary. */
export function startAction(): void {
  runProgram({ main, onFault: core.setFailed, faultStatus: 1 })
}

async function main(cancel: AbortController): Promise<number> {
  const { env } = process
  const redactor = startRedacting()
  const print = printer(redactor)
  endWith(cancel, (text) => print({ level: 'error', text }))
  const sinceCancelMs = startCancelClock(cancel.signal)
  const onSecret = masker(redactor)
  const executed = await execute({
    raw: fromInputs(env),
    problems: unknownInputs(env),
    isCommandLine: false,
    environment: env,
    cancelled: cancel.signal,
    run: {
      id: `${env.GITHUB_REPOSITORY ?? ''}/${env.GITHUB_RUN_ID ?? randomUUID()}`,
      attempt: Number(env.GITHUB_RUN_ATTEMPT) || 1,
    },
    terminal: false,
    print,
    onSecret,
    redact: redactor.redact,
    saveIntent,
    saveJobs,
    defaultReport:
      env.RUNNER_TEMP && path.join(env.RUNNER_TEMP, `istio-traffic-shift-${randomUUID()}`),
  })
  const { writeResults, commentOfRun } = await loadParts()
  const status = writeResults(executed, redactor, print)
  const { redact } = redactor
  // Last of all: another party may take its time for it.
  await commentOfRun(executed, { environment: env, redact, onSecret, print, sinceCancelMs })
  return status
}
